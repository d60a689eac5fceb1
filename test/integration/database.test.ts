import { randomUUID } from 'node:crypto';
import { connect } from '../../platform/postgres/connection';
import { auditContextFor, prepared, testDatabase, type TestDatabase } from '../support/environment';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.close());

const OURS = ['aud', 'core', 'rx', 'priv', 'ref', 'ctl', 'ml', 'sel', 'ops', 'truth'];
const asOwner = (database: TestDatabase) => connect(database.ownerUrl, 2);

test('every table has a primary key, and the migrations go down and up again', async () => {
  const { rows } = await t.db.raw<{ rows: { name: string }[] }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname = any(?)
        and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
    [OURS],
  );
  expect(rows).toEqual([]);
  const other = await testDatabase();
  const owner = asOwner(other);
  await owner.migrate.rollback(undefined, true);
  const left = await owner.raw<{ rows: unknown[] }>('select 1 from pg_namespace where nspname = any(?)', [OURS]);
  expect(left.rows).toEqual([]);
  await owner.migrate.latest();
  await owner.destroy();
  await other.close();
});

describe('the roles of the database', () => {
  test('the product has no special rights, and cannot read the ground truth in any way', async () => {
    const { rows } = await t.db.raw<{ rows: Record<string, unknown>[] }>(
      `select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls,
        (select count(*) from pg_auth_members where member = r.oid) as memberships,
        (select count(*) from pg_class where relowner = r.oid) as owned from pg_roles r where rolname = current_user`,
    );
    expect(rows).toEqual([
      {
        rolname: 'utplukk_product',
        rolsuper: false,
        rolcreaterole: false,
        rolcreatedb: false,
        rolbypassrls: false,
        memberships: 0,
        owned: 0,
      },
    ]);
    for (const sql of [
      'select * from truth.provider',
      'select * from truth.day',
      'set role utplukk_truth',
      'set role utplukk',
      'create schema mine',
      "copy truth.provider to program 'cat'",
      'alter table aud.entry disable trigger all',
      'set session_replication_role = replica',
    ])
      await expect(t.db.raw(sql)).rejects.toThrow(/permission denied|must be owner/);
  });
  test('the ground-truth role reads nothing else', async () => {
    const url = process.env['UTPLUKK_TRUTH_DATABASE_URL']!.replace(/\/utplukk$/, new URL(t.env.DATABASE_URL).pathname);
    const truth = connect(url, 1);
    expect((await truth.raw<{ rows: unknown[] }>('select * from truth.provider')).rows).toEqual([]);
    for (const table of ['core.bill', 'priv.vault', 'aud.entry', 'ml.champion'])
      await expect(truth.raw(`select * from ${table}`)).rejects.toThrow(/permission denied/);
    await truth.destroy();
  });
  test('the product can make the partitions of a new month', async () => {
    await t.db.raw("select core.ensure_month('2031-05-01')");
    expect(
      (await t.db.raw<{ rows: unknown[] }>("select from core.bill where received_month = '2031-05-01'")).rows,
    ).toEqual([]);
    expect((await t.db.raw<{ rows: unknown[] }>('select from core.bill_2031_05')).rows).toEqual([]);
  });
});

describe('four eyes in the database', () => {
  const ids = { version: 'f'.repeat(64), matrix: 'e'.repeat(64), run: randomUUID() };
  let kari: Awaited<ReturnType<typeof auditContextFor>>;
  let ola: Awaited<ReturnType<typeof auditContextFor>>;
  const statementId = 'a'.repeat(64);
  const request = async (days = 14, audit = kari, passed = true) => {
    const id = randomUUID();
    const at = new Date(Date.now() - 1000);
    await prepared(t, audit, async (tx) => {
      await tx('ml.promotion_request').insert({
        request_id: id,
        version_id: ids.version,
        slot: 's/all',
        action_id: audit.actionId,
        requested_at: at,
        expires_at: new Date(at.getTime() + days * 86_400_000),
      });
      await tx('ml.gate_result').insert({ request_id: id, gate: 'enough-outcomes', passed, reason: 'test' });
    });
    return id;
  };
  const decision = async (requestId: string, actionId: string, over: object = {}) => {
    const row = {
      decision_id: randomUUID(),
      request_id: requestId,
      verdict: 'approved',
      action_id: actionId,
      statement_id: statementId,
      decided_at: new Date(),
      ...over,
    };
    await prepared(t, ola, async (tx) => void (await tx('ml.decision').insert(row)));
    return row.decision_id;
  };
  const promoteChampion = (row: object) => prepared(t, ola, async (tx) => void (await tx('ml.champion').insert(row)));
  beforeAll(async () => {
    kari = await auditContextFor(t, 'kari', 'run.start');
    ola = await auditContextFor(t, 'ola', 'promotion.approve');
    await prepared(t, kari, async (tx) => {
      await tx('ml.matrix').insert({
        matrix_id: ids.matrix,
        recipe_sha256: 'r',
        recipe: '{}',
        file_sha256: 'f',
        meta: '{}',
        made_at: new Date(),
      });
      await tx('ml.training_run').insert({
        run_id: ids.run,
        action_id: kari.actionId,
        experiment: '{}',
        experiment_sha256: 'x',
        slot: 's/all',
        state: 'finished',
        started_at: new Date(),
      });
      await tx('ml.model_version').insert({
        version_id: ids.version,
        slot: 's/all',
        family: 'mlp',
        run_id: ids.run,
        matrix_id: ids.matrix,
        recipe: '{}',
        selectable: true,
        registered_at: new Date(),
      });
      await tx('ml.statement').insert({
        statement_id: statementId,
        version_id: ids.version,
        predicate_type: 'x',
        envelope: '{}',
        action_id: kari.actionId,
        made_at: new Date(),
      });
    });
  });

  test('raw SQL cannot approve for the person who requested or trained', async () => {
    await expect(decision(await request(), kari.actionId)).rejects.toThrow(/four eyes/);
    // Ola requests, Kari trained: Kari may not approve either.
    await expect(decision(await request(14, ola), kari.actionId)).rejects.toThrow(/four eyes/);
  });
  test('nor decide twice, nor after expiry, nor on a clock that was set back or forward', async () => {
    const id = await request();
    await decision(id, ola.actionId, { verdict: 'refused' });
    await expect(decision(id, ola.actionId)).rejects.toThrow(/decision_once/);
    await expect(decision(await request(0.000_001), ola.actionId)).rejects.toThrow(/expired/);
    await expect(
      decision(await request(0.000_001), ola.actionId, { decided_at: new Date(Date.now() - 3_600_000) }),
    ).rejects.toThrow(/clock was set back/);
    await expect(
      decision(await request(), ola.actionId, { decided_at: new Date(Date.now() + 3_600_000) }),
    ).rejects.toThrow(/clock was set/);
  });
  test('nor approve without a signed statement, or past gates that failed', async () => {
    await expect(decision(await request(), ola.actionId, { statement_id: null })).rejects.toThrow(
      /no signed statement/,
    );
    const failed = await request(14, kari, false);
    await expect(decision(failed, ola.actionId)).rejects.toThrow(/did not pass its gates/);
    const waive = (actionId: string, principalId: string) =>
      prepared(t, ola, async (tx) => {
        await tx('aud.reason').insert({
          reason_id: randomUUID(),
          reason_text: 'x',
          salt: Buffer.from('s'),
          digest: Buffer.from('d'),
        });
        const reason = await tx('aud.reason').first<{ reason_id: string }>('reason_id');
        await tx('ml.gate_waiver').insert({
          request_id: failed,
          gate: 'enough-outcomes',
          principal_id: principalId,
          action_id: actionId,
          reason_id: reason.reason_id,
          at: new Date(),
        });
      });
    await expect(waive(kari.actionId, kari.principalId)).rejects.toThrow(/four eyes/);
    await expect(waive(ola.actionId, kari.principalId)).rejects.toThrow(/not the one who acted/);
    await waive(ola.actionId, ola.principalId);
    await expect(decision(failed, ola.actionId)).rejects.toThrow(/did not pass its gates/);
    const ingrid = await auditContextFor(t, 'ingrid', 'promotion.approve');
    await waive(ingrid.actionId, ingrid.principalId);
    await decision(failed, ola.actionId);
  });
  test('nor make a champion without an approval for that version and slot, out of order, or back in time', async () => {
    const refused = await decision(await request(), ola.actionId, { verdict: 'refused' });
    const champion = { slot: 's/all', seq: 1, version_id: ids.version, action_id: ola.actionId };
    const now = () => new Date();
    await expect(promoteChampion({ ...champion, live_from: now(), decision_id: refused })).rejects.toThrow(
      /no approved decision/,
    );
    const approved = await decision(await request(), ola.actionId);
    await expect(
      promoteChampion({ ...champion, live_from: now(), slot: 'other/all', decision_id: approved }),
    ).rejects.toThrow(/no approved decision/);
    await expect(promoteChampion({ ...champion, live_from: now(), seq: 2, decision_id: approved })).rejects.toThrow(
      /follows 0/,
    );
    await expect(promoteChampion({ ...champion, live_from: new Date(0), decision_id: approved })).rejects.toThrow(
      /clock was set back/,
    );
    await promoteChampion({ ...champion, live_from: now(), decision_id: approved });
    await expect(t.db.raw("update ml.champion set slot = 'x'")).rejects.toThrow(/append-only/);
  });
});
