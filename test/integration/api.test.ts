import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { ACCESS, type Operation, OPERATIONS } from '../../domain/rules/permissions';
import { stepUpTokenAs } from '../../platform/auth/sign-in';
import { ROOT } from '../../platform/config/env';
import { connect } from '../../platform/postgres/connection';
import { type TestProduct, testProduct } from '../support/environment';
import { recordGates, signedTestVersion } from '../support/promotions';
import { apiDatabase, type TestApi, testApi } from '../support/api';

let t: TestProduct;
let api: TestApi;
beforeAll(async () => {
  t = await testProduct();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.close();
});

const openapi = JSON.parse(fs.readFileSync(path.join(ROOT, 'docs/openapi.json'), 'utf8')) as {
  paths: Record<string, Record<string, { operationId: Operation; responses: Record<string, object> }>>;
};
const CALLS = Object.entries(openapi.paths).flatMap(([url, methods]) =>
  Object.entries(methods).map(([method, { operationId }]) => ({
    operation: operationId,
    method: method.toUpperCase(),
    url,
  })),
);
/** One person of each role; `mona` has two roles and is tried elsewhere. */
const PEOPLE: Readonly<Record<string, string>> = {
  'data-scientist': 'kari',
  analyst: 'knut',
  approver: 'ingrid',
  'control-leader': 'per',
  caseworker: 'nils',
  auditor: 'anne',
  'privacy-officer': 'liv',
  admin: 'admin',
};
const SAMPLE: Readonly<Record<string, string>> = {
  runId: randomUUID(),
  key: randomUUID(),
  requestId: 'abcdef12',
  versionId: 'abcdef12',
  evaluationId: 'abcdef12',
  listId: 'abcdef12',
  provider: 'P1',
  day: '2024-01-05',
  seq: '1',
  id: 'abcdef12',
  instant: 'now',
  gate: 'x',
};
const concrete = (url: string) => url.replace(/\{(\w+)\}/g, (_, name: string) => SAMPLE[name] ?? 'x');

test('the access table and the OpenAPI document name the same operations', () =>
  expect(CALLS.map(({ operation }) => operation).sort()).toEqual([...OPERATIONS].sort()));

test.each(CALLS)('$operation: exactly the roles of the access table are let in', async ({ operation, method, url }) => {
  const call = (user?: string) =>
    api.call<{ code?: string }>(user, method, concrete(url), method === 'POST' ? {} : undefined);
  expect(await call()).toMatchObject({
    status: 401,
    type: expect.stringContaining('problem+json') as string,
    body: { code: 'SignInNeeded' },
  });
  for (const [role, user] of Object.entries(PEOPLE)) {
    const allowed = (ACCESS[operation] as readonly string[]).includes(role);
    const { status, body } = await call(user);
    const refused = status === 403 && body.code === 'RoleNeeded';
    expect({ role, refused }).toEqual({ role, refused: !allowed });
    expect(status).toBeLessThan(500);
  }
});

test('every operation documents exactly one successful response', () => {
  for (const methods of Object.values(openapi.paths))
    for (const { operationId, responses } of Object.values(methods))
      expect({ operationId, good: Object.keys(responses).filter((status) => status.startsWith('2')).length }).toEqual({
        operationId,
        good: 1,
      });
});

test.each([
  ['GET', '/v1/lineage-graph/abcdef%00gh'],
  ['GET', '/v1/lineage/abcdef%00gh'],
  ['GET', '/v1/ledger/entries?subject=a%00b'],
  ['POST', '/v1/reproductions'],
])('%s %s: a NUL in a call is the caller’s mistake, not the server’s', async (method, url) => {
  const answer = await api.call<{ code: string }>(
    'kari',
    method,
    url,
    method === 'POST' ? { id: 'abcdef\u0000gh' } : undefined,
  );
  expect(answer).toMatchObject({ status: 400, body: { code: 'InvalidInput' } });
});

test('invalid input is answered with the fault, and nothing is changed', async () => {
  const bad = [
    ['GET', '/v1/training-runs/x', undefined, /runId/],
    ['GET', '/v1/training-runs?limit=0', undefined, /limit/],
    ['GET', '/v1/training-runs?cursor=abc', undefined, /cursor "abc"/],
    ['GET', '/v1/live-at/yesterday', undefined, /"yesterday" is not an instant/],
    ['GET', '/v1/live-at/2024-02-30T00:00:00Z', undefined, /"2024-02-30T00:00:00Z" is not an instant/],
    ['GET', '/v1/live-at/2025', undefined, /"2025" is not an instant/],
    ['GET', '/v1/live-at/9999-12-31T00:00:00Z', undefined, /is not an instant/],
    ['POST', '/v1/training-runs', { text: 'version: 1\nname: x\nsource: 3' }, /line 3: .*source|line 3/],
    ['POST', '/v1/training-runs', { text: 'a: [1' }, /line 1/],
    ['POST', '/v1/training-runs', {}, /text/],
  ] as const;
  for (const [method, url, body, expected] of bad) {
    const answer = await api.call<{ code: string; title: string }>('kari', method, url, body);
    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'InvalidInput', title: expect.stringMatching(expected) as string },
    });
  }
  expect(await t.db('ml.training_run').count<{ count: number }[]>('* as count')).toEqual([{ count: 0 }]);
  expect(await api.call('kari', 'GET', '/v1/nothing')).toMatchObject({
    status: 404,
    type: expect.stringContaining('problem+json') as string,
  });
});

test('an experiment is validated line by line while it is typed', async () => {
  const shipped = await api.call<{ name: string; text: string }[]>('kari', 'GET', '/v1/experiments');
  const demo = shipped.body.find(({ name }) => name === 'demo-register')!;
  const check = (text: string) =>
    api.call<{ valid: boolean; problems: { line: number; path: string }[] }>(
      'kari',
      'POST',
      '/v1/experiments/validations',
      { text },
    );
  expect((await check(demo.text)).body).toEqual({ valid: true, problems: [] });
  const line = demo.text.split('\n').findIndex((text) => text.startsWith('  folds: 3')) + 1;
  expect((await check(demo.text.replace('folds: 3', 'folds: many'))).body).toMatchObject({
    valid: false,
    problems: [{ line, path: 'split.folds' }],
  });
  expect((await check(demo.text.replace('asOf: 2025-01-01', 'asOf: 2023-02-01'))).body.problems[0]).toMatchObject({
    path: 'split',
  });
});

test('a POST with an idempotency key runs once; the same key with other content is refused', async () => {
  const slot = 'idempotency/all';
  const versionId = await signedTestVersion(t, slot);
  const requestId = randomUUID();
  const { body } = await api.call<{ nonce: string }>(
    'kari',
    'GET',
    `/v1/nonces?permission=promotion.request&version=${versionId}&requestId=${requestId}`,
  );
  const headers = { 'idempotency-key': randomUUID() };
  const ask = async (id = requestId) =>
    api.call<{ requestId: string }>(
      'kari',
      'POST',
      `/v1/model-versions/${versionId}/promotions`,
      { requestId: id, idToken: await stepUpTokenAs(t.env, 'kari')(body.nonce) },
      headers,
    );
  const first = await ask();
  expect(first).toMatchObject({ status: 201, body: { requestId, versionId } });
  const again = await ask();
  expect(again).toMatchObject({ status: 201, body: first.body });
  expect(again.headers.get('idempotency-replayed')).toBe('true');
  expect(await ask(randomUUID())).toMatchObject({ status: 409, body: { code: 'Conflict' } });
  expect(
    await t.db('ml.promotion_request').where({ version_id: versionId }).count<{ count: number }[]>('* as count'),
  ).toEqual([{ count: 1 }]);
});

test('four eyes at the API: nobody who requested or trained approves, and no token for another action', async () => {
  // No worker runs: the gates are the test's, and nothing decides in the meantime.
  const slot = 'api-four-eyes/all';
  const versionId = await signedTestVersion(t, slot, 'mona');
  const requestId = randomUUID();
  const tokenFor = async (user: string, event: string) => {
    const { body } = await api.call<{ nonce: string }>(
      user,
      'GET',
      `/v1/nonces?permission=${event}&version=${versionId}&requestId=${requestId}`,
    );
    return stepUpTokenAs(t.env, user)(body.nonce);
  };
  const ask = { requestId, idToken: await tokenFor('mona', 'promotion.request') };
  expect(await api.call('mona', 'POST', `/v1/model-versions/${versionId}/promotions`, ask)).toMatchObject({
    status: 201,
  });
  await recordGates(t, requestId);
  expect(await api.call('mona', 'GET', `/v1/promotions/${requestId}`)).toMatchObject({
    body: { state: 'open', problem: expect.stringMatching(/four eyes/) as string },
  });
  expect(await api.call('ola', 'GET', `/v1/promotions/${requestId}`)).toMatchObject({ body: { problem: null } });
  const approve = (user: string, idToken: string) =>
    api.call(user, 'POST', `/v1/promotions/${requestId}/approval`, { reason: 'looked at it', idToken });
  expect(await approve('mona', await tokenFor('mona', 'promotion.approve'))).toMatchObject({
    status: 403,
    body: { title: expect.stringMatching(/four eyes/) as string },
  });
  expect(await approve('ola', await tokenFor('ola', 'promotion.refuse'))).toMatchObject({
    status: 403,
    body: { title: expect.stringMatching(/another action/) as string },
  });
  expect(await approve('ola', await tokenFor('mona', 'promotion.approve'))).toMatchObject({ status: 403 });
  expect(await t.db('ml.decision').where({ request_id: requestId })).toHaveLength(0);
});

test("the API's database role cannot read the vault or the ground truth, nor change the ledger", async () => {
  const db = connect(apiDatabase(t), 1);
  const refused = [
    'select * from priv.vault',
    'select * from truth.provider',
    'update aud.entry set event = $$x$$',
    'delete from aud.entry',
    'update aud.chain_head set size = 0',
    'insert into aud.chain values (1, gen_random_uuid(), $$x$$, $$x$$)',
    'update aud.access set purpose = $$x$$',
    'delete from aud.access',
    'update ml.decision set verdict = $$approved$$',
    'insert into ml.champion select * from ml.champion',
    'insert into core.bill select * from core.bill',
    'truncate aud.action',
    'update ml.training_run set state = $$finished$$',
  ];
  for (const sql of refused) await expect(db.raw(sql)).rejects.toMatchObject({ code: '42501' });
  await db.destroy();
});
