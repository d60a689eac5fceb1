import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { stepUpTokenAs, signInAsService } from '../../platform/auth/sign-in';
import { connect } from '../../platform/postgres/connection';
import { getRequest } from '../../platform/db/stores/promotions';
import { signedVersion, statementById, statementsOf } from '../../platform/signing/statement-store';
import { verifyLedger } from '../../platform/ledger/verify';
import { decide } from '../../application/promotion';
import type { Envelope } from '../../platform/signing/dsse';
import { nonceOf } from '../../platform/signing/step-up-token';
import { anchorsOf } from '../../platform/signing/anchors';
import { auditContextFor, prepared, type TestNotary } from '../support/environment';
import { type PromotionHarness, promotionHarness } from '../support/promotion-harness';

let h: PromotionHarness;
let t: PromotionHarness['t'];
beforeAll(async () => {
  h = await promotionHarness();
  ({ t } = h);
});
afterAll(() => h.close());
const as = (user: string) => h.as(user);
const live = (slot: string) => h.live(slot);
const ask = (slot: string) => h.ask(slot);
let slots = 0;
const newSlot = () => `trust-${++slots}/all`;
const champion = async (slot: string) => {
  const asked = await ask(slot);
  await decide(await as('ola'), asked.requestId, 'approved', 'looked at it');
  return asked;
};

test('two people make a champion, and what scoring loads is checked down to their tokens', async () => {
  const { slot, versionId } = await champion(newSlot());
  expect((await live(slot)).versionId).toBe(versionId);
  const kinds = (await statementsOf(t.db, versionId)).map(({ predicateType }) => predicateType);
  expect(kinds).toEqual([
    'urn:utplukk:model-version:v1',
    'urn:utplukk:promotion-request:v1',
    'urn:utplukk:promotion-decision:v1',
  ]);
  expect(
    (await verifyLedger(t.db, anchorsOf({ UTPLUKK_ANCHORS: t.notary.anchors, UTPLUKK_TRUST: t.notary.trustFile })))
      .problems,
  ).toEqual([]);
  // Tokens and names stand in the statements, never in an entry.
  const { rows } = await t.db.raw<{ rows: { text: string }[] }>(
    "select convert_from(bytes, 'UTF8') as text from aud.entry",
  );
  for (const { text } of rows) expect(text).not.toMatch(/eyJ|looked at it|"kari"|"ola"/);
});

describe('bad input to the notary, each refused with its own sentence', () => {
  const decision = async (over: Partial<Parameters<TestNotary['client']['decision']>[0]> & { user?: string } = {}) => {
    const { user = 'ola', ...rest } = over;
    const asked = await ask(newSlot());
    const request = await getRequest(t.db, asked.requestId);
    return {
      ...asked,
      verdict: 'approved' as const,
      idToken: await stepUpTokenAs(t.env, user)(nonceOf({ permission: 'promotion.approve', ...asked })),
      request: await statementById(t.db, request.statementId!),
      version: await signedVersion(t.db, asked.versionId),
      ...rest,
    };
  };
  const refused = async (input: Awaited<ReturnType<typeof decision>>, why: RegExp) =>
    expect(t.notary.client.decision(input)).rejects.toThrow(why);
  const forged = (envelope: unknown): Envelope => {
    const made = envelope as Envelope;
    const payload = Buffer.from(made.payload, 'base64').toString().replace('"slot":"trust', '"slot":"tryst');
    return { ...made, payload: Buffer.from(payload).toString('base64') };
  };

  test('a good one is signed', async () =>
    expect((await t.notary.client.decision(await decision())).signatures).toHaveLength(1));
  test('approver = requester under another session', async () =>
    refused(await decision({ user: 'kari' }), /the one who asks may not approve/));
  test('no approver', async () => refused(await decision({ user: 'per' }), /does not carry the role approver/));
  test('a forged signature under the request', async () => {
    const input = await decision();
    await refused({ ...input, request: forged(input.request) }, /signature of the statement is forged/);
  });
  test('an approval replayed for another request', async () => {
    const [one, other] = [await decision(), await decision()];
    await refused({ ...other, idToken: one.idToken }, /made for another action than promotion.approve/);
    await refused({ ...other, request: one.request }, /about version .*, not|belongs to request/);
  });
  test('an approval replayed as a refusal, and a request as an approval', async () => {
    const input = await decision();
    await refused({ ...input, verdict: 'refused' }, /made for another action than promotion.refuse/);
    const idToken = await stepUpTokenAs(
      t.env,
      'ola',
    )(
      nonceOf({
        permission: 'promotion.request',
        slot: input.slot,
        versionId: input.versionId,
        requestId: input.requestId,
      }),
    );
    await refused({ ...input, idToken }, /made for another action/);
  });
  test('a token of another house, of nobody, of an unknown key, without signature', async () => {
    const input = await decision();
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    expect(await exportJWK(publicKey)).toHaveProperty('x');
    const nonce = nonceOf({
      permission: 'promotion.approve',
      slot: input.slot,
      versionId: input.versionId,
      requestId: input.requestId,
    });
    const make = (issuer: string, kid?: string) =>
      new SignJWT({ nonce, roles: ['approver'] })
        .setProtectedHeader({ alg: 'ES256', ...(kid ? { kid } : {}) })
        .setSubject('ola')
        .setIssuer(issuer)
        .setAudience('utplukk-cli')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
    await refused({ ...input, idToken: await make('http://elsewhere') }, /not pinned here/);
    await refused(
      { ...input, idToken: await make(t.env.OIDC_ISSUER, 'unknown') },
      /signed by a key that is not pinned/,
    );
    await refused({ ...input, idToken: await make(t.env.OIDC_ISSUER) }, /signature is forged/);
    await refused({ ...input, idToken: 'nonsense' }, /not a token/);
    const [, body] = input.idToken.split('.');
    await refused(
      { ...input, idToken: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.` },
      /token was refused/,
    );
  });
  test('an unsigned version, and a version that a person registers', async () => {
    const input = await decision();
    await refused(
      { ...input, version: { ...(input.version as Envelope), signatures: [{ keyid: 'f'.repeat(16), sig: 'AAAA' }] } },
      /key that is not trusted/,
    );
    const token = await stepUpTokenAs(t.env, 'kari')('x');
    await expect(
      t.notary.client.version({
        slot: 's/all',
        versionId: 'a'.repeat(64),
        runId: randomUUID(),
        trainer: { issuer: 'i', subject: 's' },
        recipe: {},
        runtime: {},
        serviceToken: token,
      }),
    ).rejects.toThrow(/token was refused|service account/);
  });
  test('a body that is none', async () => {
    const response = await fetch(`${t.notary.url}/v1/decisions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.status).toBe(422);
    expect(await response.text()).toMatch(/decision to sign is not valid.*slot/s);
  });
});

describe('any one layer switched off', () => {
  const forgeRows = async (
    slot: string,
    versionId: string,
    requestId: string,
    statementId: string | null,
    by = 'kari',
  ) => {
    const audit = await auditContextFor(t, by, by === 'kari' ? 'run.start' : 'promotion.approve');
    const decisionId = randomUUID();
    await prepared(t, audit, async (tx) => {
      await tx('ml.decision').insert({
        decision_id: decisionId,
        request_id: requestId,
        verdict: 'approved',
        action_id: audit.actionId,
        statement_id: statementId,
        decided_at: new Date(),
      });
      await tx('ml.champion').insert({
        slot,
        seq: 1,
        version_id: versionId,
        decision_id: decisionId,
        action_id: audit.actionId,
        live_from: new Date(),
      });
    });
  };
  test('without workflow and service: the database refuses one person, scoring an unsigned row', async () => {
    const { slot, versionId, requestId } = await ask(newSlot());
    const request = await getRequest(t.db, requestId);
    await expect(forgeRows(slot, versionId, requestId, request.statementId!)).rejects.toThrow(/four eyes/);
    await expect(forgeRows(slot, versionId, requestId, null, 'ola')).rejects.toThrow(/no signed statement/);
    // Rows that the database accepts: a second person's action, and a statement that is no decision.
    await forgeRows(slot, versionId, requestId, request.statementId!, 'ola');
    await expect(live(slot)).rejects.toThrow(/expected a statement of kind urn:utplukk:promotion-decision/);
  });
  test('triggers off: a superuser writes a champion, and scoring refuses it', async () => {
    const { slot, versionId, requestId } = await ask(newSlot());
    const good = await champion(newSlot());
    const [, , decision] = await statementsOf(t.db, good.versionId);
    const owner = connect(t.ownerUrl, 1);
    const audit = await auditContextFor(t, 'kari', 'run.start');
    const decisionId = randomUUID();
    await owner.transaction(async (tx) => {
      await tx.raw('set local session_replication_role = replica');
      await tx('ml.decision').insert({
        decision_id: decisionId,
        request_id: requestId,
        verdict: 'approved',
        action_id: audit.actionId,
        statement_id: decision!.statementId,
        decided_at: new Date(),
      });
      await tx('ml.champion').insert({
        slot,
        seq: 1,
        version_id: versionId,
        decision_id: decisionId,
        action_id: audit.actionId,
        live_from: new Date(),
      });
    });
    await expect(live(slot)).rejects.toThrow(/statement is about version/);
    expect((await verifyLedger(t.db)).problems.map((p) => p.problem).join()).toMatch(
      /ml.champion .* is in the table, and no entry names it/,
    );
    await owner.transaction(async (tx) => {
      await tx.raw('set local session_replication_role = replica');
      await tx('ml.champion').where({ slot }).delete();
      await tx('ml.decision').where({ decision_id: decisionId }).delete();
    });
    await owner.destroy();
  });
  test('a notary that signs anything: the database still refuses one person', async () => {
    const { slot, versionId, requestId } = await ask(newSlot());
    const { envelope } = (await statementsOf(t.db, (await champion(newSlot())).versionId))[2]!;
    const kari = await as('kari');
    const careless = {
      ...kari,
      token: { ...kari.token, roles: ['approver'] },
      notary: { ...t.notary.client, decision: () => Promise.resolve(envelope) } as never,
    };
    await expect(decide(careless, requestId, 'approved', 'I trust myself')).rejects.toThrow(
      /the one who asks may not approve/,
    );
    await expect(
      forgeRows(slot, versionId, requestId, (await getRequest(t.db, requestId)).statementId!),
    ).rejects.toThrow(/four eyes/);
  });
  test('a version whose bytes were changed in the store is not scored with', async () => {
    const { slot, versionId } = await champion(newSlot());
    const file = t.store.path(versionId);
    const bytes = fs.readFileSync(file);
    fs.chmodSync(file, 0o644);
    fs.writeFileSync(file, Buffer.concat([bytes, Buffer.from(' ')]));
    await expect(live(slot)).rejects.toThrow(/ContentMismatch|bytes|hash/);
    fs.writeFileSync(file, bytes);
    expect((await live(slot)).versionId).toBe(versionId);
  });
});

test('the key is out of reach of the product', async () => {
  expect(fs.statSync(path.join(t.notary.home, 'key.pem')).mode & 0o077).toBe(0);
  expect(fs.statSync(t.notary.home).mode & 0o077).toBe(0);
  for (const name of Object.values(t.env)) expect(String(name)).not.toContain(t.notary.home);
  const url = process.env['UTPLUKK_NOTARY_DATABASE_URL']!.replace(/\/utplukk$/, new URL(t.env.DATABASE_URL).pathname);
  const reader = connect(url, 1);
  await reader.raw('select seq, leaf_hash from aud.chain');
  for (const sql of [
    'select chain_hash from aud.chain',
    'select bytes from aud.entry',
    'select * from ml.champion',
    'select * from aud.principal',
  ])
    await expect(reader.raw(sql)).rejects.toThrow(/permission denied/);
  await reader.destroy();
  await expect(signInAsService(t.env, 'service-schedule')).resolves.toBeTruthy();
});
