import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { ACCESS, type Operation, OPERATIONS } from '../../domain/rules/permissions';
import { stepUpTokenAs } from '../../platform/auth/sign-in';
import { ROOT } from '../../platform/config/env';
import { connect } from '../../platform/postgres/connection';
import { rankHistory } from '../../platform/db/read-models/selection';
import { verifyLedger } from '../../platform/ledger/verify';
import { recordAccess, writeDeferredAccesses } from '../../application/access-log';
import { auditContextFor, prepared, type TestProduct, testProduct, tokenOf } from '../support/environment';
import { judged, signedTestVersion } from '../support/promotions';
import { apiDatabase, bearerOf, type TestApi, testApi } from '../support/api';
import { until } from '../support/until';

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
/** Somebody of each role; `mona` has two and is tried elsewhere. */
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

test('every operation of the access table is a call of the document, and the other way round', () =>
  expect(CALLS.map(({ operation }) => operation).sort()).toEqual([...OPERATIONS].sort()));

test.each(CALLS)(
  '$operation: every role that the table does not name is refused, the others are not',
  async ({ operation, method, url }) => {
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
  },
);

test('every operation says what it answers when all is well', () => {
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

test('tokens that are forged, expired, of another issuer or unsigned are refused', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const make = (issuer: string, expires: string) =>
    new SignJWT({ roles: ['auditor'], jti: 'x' })
      .setProtectedHeader({ alg: 'ES256', kid: 'x' })
      .setSubject('anne')
      .setIssuer(issuer)
      .setAudience(t.env.OIDC_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey);
  const real = await bearerOf(t, 'anne');
  const [, body = ''] = real.split('.');
  const tokens = [
    await make(t.env.OIDC_ISSUER, '1h'),
    await make(t.env.OIDC_ISSUER, '-1h'),
    await make('https://elsewhere.example', '1h'),
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`,
    `${real.slice(0, -4)}AAAA`,
    'x',
  ];
  for (const token of tokens)
    expect(await api.call(undefined, 'GET', '/v1/me', undefined, { authorization: `Bearer ${token}` })).toMatchObject({
      status: 401,
      body: { code: 'SignInNeeded' },
    });
  expect(await exportJWK(privateKey)).toHaveProperty('d');
  expect(await api.call('anne', 'GET', '/v1/me')).toMatchObject({
    status: 200,
    body: { subject: 'anne', roles: ['auditor'], csrf: null },
  });
});

test('bad input is answered with what was wrong, and nothing is done', async () => {
  const bad = [
    ['GET', '/v1/training-runs/x', undefined, /runId/],
    ['GET', '/v1/training-runs?limit=0', undefined, /limit/],
    ['GET', '/v1/training-runs?cursor=abc', undefined, /cursor "abc"/],
    ['GET', '/v1/live-at/yesterday', undefined, /"yesterday" is not an instant/],
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

test('an experiment is diagnosed line by line while it is typed', async () => {
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

test('a POST with a key is done once; the same key with another content is refused', async () => {
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

test('four eyes hold at the API: who asked or trained may not approve, and a sign-in for another action does nothing', async () => {
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
  await judged(t, requestId);
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

describe('providers and lists', () => {
  const listId = 'a'.repeat(64);
  const scoringId = 'b'.repeat(64);
  beforeAll(async () => {
    const audit = await auditContextFor(t, 'per', 'rescore.start');
    const versionId = await signedTestVersion(t, 'lists/all');
    const { matrix_id: matrixId } = await t
      .db('ml.model_version')
      .where({ version_id: versionId })
      .first<{ matrix_id: string }>();
    await prepared(t, audit, async (tx) => {
      const at = new Date();
      const batch = await tx.raw<{ rows: { batch_id: number }[] }>(
        "insert into core.load_batch (kind, file_name, content_sha256, rows_read, rows_loaded, rows_quarantined, loaded_at, action_id) values ('provider', 'x', ?, 0, 0, 0, now(), ?) returning batch_id",
        [randomUUID(), audit.actionId],
      );
      await tx.raw("insert into core.provider (practice_no) select 'PR' || n from generate_series(1, 301) n");
      await tx.raw(
        "insert into core.provider_fact (provider_id, known_from, valid_from, practice_type, field, municipality, batch_id) select provider_id, '2020-01-01', '2020-01-01', case when provider_id % 3 = 0 then 'TANN' else 'FALE' end, 'LE', '0301', ? from core.provider",
        [batch.rows[0]!.batch_id],
      );
      await tx('sel.scoring_run').insert({
        scoring_id: scoringId,
        slot: 'lists/all',
        version_id: versionId,
        matrix_id: matrixId,
        as_of: '2024-01-01',
        scores_sha256: 'x',
        rows: 300,
        action_id: audit.actionId,
        scored_at: at,
      });
      await tx('sel.list').insert({
        list_id: listId,
        scoring_id: scoringId,
        slot: 'lists/all',
        as_of: '2024-01-01',
        capacity: 200,
        seed: 1,
        policy: 'x',
        drafted_at: at,
        expires_at: new Date(at.getTime() + 1e9),
      });
      await tx.raw(
        "insert into sel.line select ?, row_number() over (order by provider_id), 'P' || provider_id, case when provider_id % 3 = 0 then 'TANN' else 'FALE' end, -provider_id, 0.5, 'exploit', row_number() over (order by provider_id) <= 200, 1 from core.provider where practice_no <> 'PR301'",
        [listId],
      );
    });
  });

  interface Line {
    rank: number;
    entity: string;
    group: string;
  }
  const lines = async (user: string, query = '') =>
    (
      await api.call<{ rows: Line[]; next: string | null }>(
        user,
        'GET',
        `/v1/selection-lists/${listId}/lines?limit=150${query}`,
      )
    ).body;

  test('pages follow each other by rank, each put on record; a caseworker sees the groups of the team only', async () => {
    const first = await lines('anne', '&selected=false');
    const second = await lines('anne', `&selected=false&cursor=${first.next}`);
    expect([...first.rows, ...second.rows].map(({ rank }) => rank)).toEqual(
      Array.from({ length: 300 }, (_, i) => i + 1),
    );
    expect(second.next).toBeNull();
    const seen = await lines('nils', '&selected=false');
    expect(new Set(seen.rows.map(({ group }) => group))).toEqual(new Set(['FALE']));
    const looks = await t
      .db('aud.access')
      .where({ kind: 'list', subject_id: listId })
      .orderBy('at')
      .select<{ first_row: number; last_row: number }[]>('first_row', 'last_row');
    expect(looks.slice(0, 2)).toEqual([
      { first_row: 1, last_row: 150 },
      { first_row: 151, last_row: 300 },
    ]);
    const csv = await api.call<string>('anne', 'GET', `/v1/selection-lists/${listId}/lines.csv`);
    expect(csv.type).toContain('text/csv');
    expect(csv.body.split('\n')).toHaveLength(202);
  });

  test('some providers are assessed before their rank is shown, once each; then they appear', async () => {
    const blind = (
      await api.call<{ entity: string; group: string }[]>('nils', 'GET', `/v1/selection-lists/${listId}/blind-lines`)
    ).body;
    expect(blind.length).toBeGreaterThan(3);
    expect(blind.every(({ group }) => group === 'FALE')).toBe(true);
    const [one] = blind;
    const ranks = async () => (await lines('nils')).rows.some(({ entity }) => entity === one!.entity);
    expect(await ranks()).toBe(false);
    expect(await api.call('nils', 'GET', `/v1/selection-lists/${listId}/lines.csv`)).toMatchObject({ status: 409 });
    const assess = (entity: string) =>
      api.call('nils', 'POST', `/v1/selection-lists/${listId}/assessments`, { entity, verdict: 'unsure' });
    expect(await assess(one!.entity)).toMatchObject({ status: 201 });
    expect(await ranks()).toBe(true);
    expect(await assess(one!.entity)).toMatchObject({ status: 409 });
    const outside = (
      await api.call<{ entity: string; group: string }[]>('per', 'GET', `/v1/selection-lists/${listId}/blind-lines`)
    ).body.find(({ group }) => group === 'TANN')!;
    expect(await assess(outside.entity)).toMatchObject({ status: 403 });
  });

  test('nothing but the list says who stands where: no lineage of a line, no rank or reason to whoever is to assess first', async () => {
    for (const user of ['admin', 'kari', 'anne'])
      expect(await api.call(user, 'GET', `/v1/lineage/${listId}%231`)).toMatchObject({ status: 400 });
    const [first] = (await api.call<{ entity: string }[]>('siri', 'GET', `/v1/selection-lists/${listId}/blind-lines`))
      .body;
    const ranked = await t
      .db('sel.line')
      .where({ list_id: listId, entity: first!.entity })
      .first<{ rank: number }>('rank');
    expect(ranked.rank).toBeGreaterThan(0);
    const token = await tokenOf(t.env, 'siri');
    const judge = async () =>
      (await t.db('aud.principal').where({ subject: 'siri' }).first<{ principal_id: string } | undefined>())
        ?.principal_id;
    await recordAccess(t.db, token, { kind: 'provider', subjectId: first!.entity, purpose: 'triage' }, new Date());
    expect(await rankHistory(t.db, first!.entity, await judge())).toEqual([]);
    await api.call('siri', 'POST', `/v1/selection-lists/${listId}/assessments`, {
      entity: first!.entity,
      verdict: 'control',
    });
    expect(await rankHistory(t.db, first!.entity, await judge())).toMatchObject([{ rank: ranked.rank }]);
  });

  test('a provider opens with a purpose only, is on record once, and stays open for that person alone', async () => {
    interface Opening {
      opening: string;
      ownCase: boolean;
    }
    const open = (user: string, provider: string, body: unknown) =>
      api.call<Opening>(user, 'POST', `/v1/providers/${provider}/openings`, body);
    const see = (user: string, provider: string, opening: string) =>
      api.call<{ practice: string }>(user, 'GET', `/v1/providers/${provider}?opening=${opening}`);
    expect(await open('nils', 'P1', {})).toMatchObject({ status: 400 });
    expect(await open('nils', 'P1', { purpose: 'curiosity' })).toMatchObject({ status: 400 });
    expect(await open('nils', 'P3', { purpose: 'triage' })).toMatchObject({ status: 403 }); // a dentist: not the team's
    expect(await open('nils', 'P999999', { purpose: 'triage' })).toMatchObject({ status: 404 });
    const before = await t.db('aud.access').where({ kind: 'provider' }).count<{ count: number }[]>('* as count');
    // In the register and on no list, so that there is nothing to compute.
    const opened = await open('nils', 'P301', { purpose: 'triage' });
    expect(opened).toMatchObject({ status: 201, body: { ownCase: false } });
    expect(await see('nils', 'P301', opened.body.opening)).toMatchObject({
      status: 200,
      body: { practice: 'PR301', reasons: null },
    });
    expect(await see('nils', 'P2', opened.body.opening)).toMatchObject({ status: 403 });
    expect(await see('per', 'P301', opened.body.opening)).toMatchObject({ status: 403 });
    expect(await see('nils', 'P301', 'forged')).toMatchObject({ status: 403 });
    const after = await t.db('aud.access').where({ kind: 'provider' }).count<{ count: number }[]>('* as count');
    expect(Number(after[0]!.count) - Number(before[0]!.count)).toBe(1);
    expect(await t.db('aud.entry').where({ event: 'provider.opened', subject_id: 'P301' })).toHaveLength(1);
    // Who looked at whom is for those who oversee look-ups: the ledger's search shows it to nobody else.
    const seen = async (user: string) =>
      (await api.call<{ rows: { event: string; seq: number }[] }>(user, 'GET', '/v1/ledger/entries?event=provider.'))
        .body.rows;
    expect((await seen('anne')).length).toBeGreaterThan(0);
    expect(await seen('kari')).toEqual([]);
    await t.notary.client.checkpoint();
    const proof = (user: string, seq: number) => api.call(user, 'GET', `/v1/ledger/entries/${seq}/proof`);
    const { seq } = (await seen('anne'))[0]!;
    expect(await proof('anne', seq)).toMatchObject({ status: 200 });
    expect(await proof('kari', seq)).toMatchObject({ status: 403 });
    const report = await api.call<{ rows: { by: string; subjectId: string; purpose: string; ownCase: boolean }[] }>(
      'liv',
      'GET',
      '/v1/access?outside=true',
    );
    expect(report.body.rows).toContainEqual(
      expect.objectContaining({ by: 'nils', subjectId: 'P301', purpose: 'triage', ownCase: false }),
    );
  });

  test('a look-up does not wait for a busy ledger: it is put aside, and in the ledger once that is free', async () => {
    const token = await tokenOf(t.env, 'per');
    await recordAccess(t.db, token, { kind: 'provider', subjectId: 'P4', purpose: 'triage' }, new Date()); // the principal is known
    const owner = connect(t.ownerUrl, 1);
    const holding = await owner.transaction();
    await holding.raw('select * from aud.chain_head for update');
    const began = performance.now();
    const accessId = await recordAccess(
      t.db,
      token,
      { kind: 'provider', subjectId: 'P5', purpose: 'triage' },
      new Date(),
    );
    expect(performance.now() - began).toBeLessThan(500);
    expect(await t.db('aud.access').where({ access_id: accessId })).toHaveLength(0);
    await holding.rollback();
    await owner.destroy();
    await writeDeferredAccesses(t.db); // the API does the same every two seconds
    expect(
      await until('the look-up in the ledger', () =>
        t.db('aud.access').where({ access_id: accessId }).first<object | undefined>(),
      ),
    ).toBeDefined();
    expect((await verifyLedger(t.db)).problems).toEqual([]);
  });
});

test("the API's role in the database can neither read the vault or the truth nor change what the ledger holds", async () => {
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

test('answers carry a tag, and a second look that would be the same is a short answer', async () => {
  const first = await api.call('anne', 'GET', '/v1/features');
  const tag = first.headers.get('etag')!;
  expect(tag).toMatch(/^W\/|^"/);
  expect(await api.call('anne', 'GET', '/v1/features', undefined, { 'if-none-match': tag })).toMatchObject({
    status: 304,
  });
  expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(first.headers.get('x-content-type-options')).toBe('nosniff');
});

test('calls that nobody is signed in for end too', async () => {
  const besieged = await testApi(t);
  const statuses: number[] = [];
  for (let n = 0; n < 13; n++)
    statuses.push(
      ...(await Promise.all(
        Array.from(
          { length: 50 },
          async (_, i) =>
            (await besieged.call(undefined, 'GET', '/v1/me', undefined, { authorization: `Bearer guess-${n}-${i}` }))
              .status,
        ),
      )),
    );
  expect(statuses.filter((status) => status === 401)).toHaveLength(600);
  expect(statuses.filter((status) => status === 429)).toHaveLength(50);
  expect((await besieged.call('anne', 'GET', '/v1/me')).status).toBe(200);
  await besieged.stop();
});

test('what is not HTTP is told so in the form of every other problem', async () => {
  const { hostname, port } = new URL(api.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () =>
      socket.write('GET /v1/me HTTP/1.1\r\nhost: x\r\nauthorization: \x01\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.once('close', () => resolve(text));
    socket.once('error', reject);
  });
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1.1 400 [\s\S]*application\/problem\+json/);
  expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status: 400, code: 'InvalidInput' });
});

test('one principal that calls too often is asked to wait, another is not', async () => {
  const slow = await testApi(t, { UTPLUKK_RATE_LIMIT: '10' });
  const statuses = await Promise.all(
    Array.from({ length: 14 }, async () => (await slow.call('anne', 'GET', '/v1/me')).status),
  );
  expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  expect((await slow.call('liv', 'GET', '/v1/me')).status).toBe(200);
  await slow.stop();
});

test('a proxy that is named says who calls; what anybody else writes into that header does not count', async () => {
  const refused = async (extra: Record<string, string>) => {
    const api = await testApi(t, extra);
    let tooMany = 0;
    for (let n = 0; n < 13; n++) {
      const calls = Array.from({ length: 50 }, (_, i) =>
        api.call(undefined, 'GET', '/v1/me', undefined, {
          'x-forwarded-for': `192.0.2.${(n * 50 + i) % 250}`,
          authorization: 'Bearer guess',
        }),
      );
      tooMany += (await Promise.all(calls)).filter(({ status }) => status === 429).length;
    }
    await api.stop();
    return tooMany;
  };
  expect(await refused({ UTPLUKK_TRUST_PROXY: '127.0.0.0/8,::1' })).toBe(0);
  expect(await refused({})).toBe(50);
  await expect(testApi(t, { UTPLUKK_TRUST_PROXY: 'everybody' })).rejects.toThrow(
    /UTPLUKK_TRUST_PROXY[\s\S]*expected addresses or ranges/,
  );
});
