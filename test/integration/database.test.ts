import { randomUUID } from 'node:crypto';
import { canonical } from '../../platform/artifacts/hash';
import { type ActRef, append, type EntryInput } from '../../platform/ledger/ledger';
import { verifyLedger } from '../../platform/ledger/verify';
import { connect, type Db, type Tx } from '../../platform/db/connection';
import { actAs, testDatabase, type TestDatabase } from '../support/environment';

/** A change with its entry in one transaction, as every service does it. */
const changing = (db: Db, actor: ActRef, change: (tx: Tx, log: (entry: EntryInput) => Promise<void>) => Promise<void>) =>
  db.transaction((tx) => change(tx, (entry) => append(tx, actor, entry, new Date())));

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.close());

const OURS = ['aud', 'core', 'rx', 'priv', 'ref', 'ctl', 'ml', 'sel', 'truth'];
const asOwner = (database: TestDatabase) => connect(database.ownerUrl, 2);

test('every table has a primary key, and the migrations go down and up again', async () => {
  const { rows } = await t.db.raw<{ rows: { name: string }[] }>(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and n.nspname = any(?) and not exists (select 1 from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
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

describe('the ledger', () => {
  const write = async (subject: string) => {
    const actor = await actAs(t, 'kari', 'run.start');
    await changing(t.db, actor, (_tx, log) => log({ act: 'test.written', subject: { kind: 'test', id: subject } }));
  };
  const count = async () => (await verifyLedger(t.db)).entries;

  test('an entry commits with its change or not at all', async () => {
    const actor = await actAs(t, 'kari', 'run.start');
    const before = await count();
    const failing = changing(t.db, actor, async (_tx, log) => {
      await log({ act: 'test.undone', subject: { kind: 'test', id: 'x' } });
      throw new Error('the change failed');
    });
    await expect(failing).rejects.toThrow('the change failed');
    expect(await count()).toBe(before);
    await write('a');
    expect(await count()).toBe(before + 1);
  });

  test('a raw insert chains too; changing, deleting and writing the chain by hand are refused', async () => {
    await write('b');
    const owner = asOwner(t);
    const before = await count();
    const body = { v: 1, entry: randomUUID(), at: '2024-01-01T00:00:00.000000Z', act: 'test.raw', subject: { kind: 'test', id: 'raw' } };
    await t.db.raw('insert into aud.entry (bytes) values (?)', [Buffer.from(canonical(body))]);
    expect(await verifyLedger(t.db)).toMatchObject({ entries: before + 1, problems: [] });
    for (const sql of [
      "update aud.entry set act = 'x'",
      'delete from aud.entry',
      'truncate aud.entry cascade',
      'update aud.chain set seq = seq + 1',
      'delete from aud.chain',
      "update aud.act set purpose = 'x'",
    ]) {
      await expect(t.db.raw(sql)).rejects.toThrow(/permission denied/);
      await expect(owner.raw(sql)).rejects.toThrow(/append-only/);
    }
    await expect(t.db.raw('update aud.chain_head set size = 0')).rejects.toThrow(/permission denied/);
    await expect(owner.raw('update aud.chain_head set size = 0')).rejects.toThrow(/written by the ledger only/);
    await owner.destroy();
  });

  test('eight writers at once make one unbroken chain', async () => {
    const before = await count();
    const actor = await actAs(t, 'kari', 'run.start');
    const db = connect(t.env.DATABASE_URL, 8);
    await Promise.all(
      Array.from({ length: 40 }, (_, i) =>
        db.transaction((tx) => append(tx, actor, { act: 'test.many', subject: { kind: 'test', id: String(i) } }, new Date())),
      ),
    );
    await db.destroy();
    expect(await verifyLedger(t.db)).toMatchObject({ entries: before + 40, problems: [] });
  });

  test.each([
    [
      'bytes',
      `update aud.entry set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'test.written', 'test.wrotten'), 'UTF8') where act = 'test.written'`,
      /bytes of entry .* were changed/,
    ],
    ['a query column', `update aud.entry set subject_id = 'z' where act = 'test.written'`, /query columns/],
    [
      'an entry taken out',
      `delete from aud.chain where seq = 2; delete from aud.entry e where not exists (select 1 from aud.chain c where c.entry_id = e.entry_id)`,
      /entry 2 is missing/,
    ],
    ['the tail cut', 'delete from aud.chain where seq = (select max(seq) from aud.chain)', /tail was cut|stand outside/],
  ])('a superuser who edits %s is found out', async (_what, sql, problem) => {
    const victim = await testDatabase();
    const actor = await actAs(victim, 'kari', 'run.start');
    for (const id of ['1', '2', '3'])
      await changing(victim.db, actor, (_tx, log) => log({ act: 'test.written', subject: { kind: 'test', id } }));
    const superuser = asOwner(victim);
    await superuser.raw(`set session_replication_role = replica; ${sql}; set session_replication_role = default`);
    await superuser.destroy();
    const verdict = await verifyLedger(victim.db);
    expect(verdict.problems.map((p) => p.problem).join('; ')).toMatch(problem);
    await victim.close();
  });
});

describe('the roles of the database', () => {
  test('the product is nobody special, and what was planted is barred to it in every way', async () => {
    const { rows } = await t.db.raw<{ rows: Record<string, unknown>[] }>(
      `select rolname, rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, (select count(*) from pg_auth_members where member = r.oid) as memberships,
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
      'select * from truth.actor',
      'select * from truth.day',
      'set role utplukk_truth',
      'set role utplukk',
      'create schema mine',
      "copy truth.actor to program 'cat'",
      'alter table aud.entry disable trigger all',
      'set session_replication_role = replica',
    ])
      await expect(t.db.raw(sql)).rejects.toThrow(/permission denied|must be owner/);
  });
  test('the role of the truth reads nothing else', async () => {
    const url = process.env['UTPLUKK_TRUTH_DATABASE_URL']!.replace(/\/utplukk$/, new URL(t.env.DATABASE_URL).pathname);
    const truth = connect(url, 1);
    expect((await truth.raw<{ rows: unknown[] }>('select * from truth.actor')).rows).toEqual([]);
    for (const table of ['core.bill', 'priv.vault', 'aud.entry', 'ml.champion'])
      await expect(truth.raw(`select * from ${table}`)).rejects.toThrow(/permission denied/);
    await truth.destroy();
  });
  test('a month that nobody billed in yet can be opened by the product', async () => {
    await t.db.raw("select core.ensure_month('2031-05-01')");
    expect((await t.db.raw<{ rows: unknown[] }>("select from core.bill where received_month = '2031-05-01'")).rows).toEqual([]);
    expect((await t.db.raw<{ rows: unknown[] }>('select from core.bill_2031_05')).rows).toEqual([]);
  });
});

describe('four eyes in the database', () => {
  const ids = { version: 'f'.repeat(64), matrix: 'e'.repeat(64), run: randomUUID() };
  let kari: Awaited<ReturnType<typeof actAs>>;
  let ola: Awaited<ReturnType<typeof actAs>>;
  const request = async (days = 14, act = kari) => {
    const id = randomUUID();
    const at = new Date(Date.now() - 1000);
    await t.db('ml.promotion_request').insert({
      request_id: id,
      version_id: ids.version,
      slot: 's/all',
      act_id: act.actId,
      requested_at: at,
      expires_at: new Date(at.getTime() + days * 86_400_000),
    });
    return id;
  };
  const decision = async (requestId: string, actId: string, verdict = 'approved') => {
    const id = randomUUID();
    await t.db('ml.decision').insert({ decision_id: id, request_id: requestId, verdict, act_id: actId, decided_at: new Date() });
    return id;
  };
  beforeAll(async () => {
    kari = await actAs(t, 'kari', 'run.start');
    ola = await actAs(t, 'ola', 'promotion.approve');
    await t
      .db('ml.matrix')
      .insert({ matrix_id: ids.matrix, recipe_sha256: 'r', recipe: '{}', file_sha256: 'f', meta: '{}', made_at: new Date() });
    await t.db('ml.training_run').insert({
      run_id: ids.run,
      act_id: kari.actId,
      experiment: '{}',
      experiment_sha256: 'x',
      slot: 's/all',
      state: 'finished',
      started_at: new Date(),
    });
    await t.db('ml.model_version').insert({
      version_id: ids.version,
      slot: 's/all',
      family: 'mlp',
      run_id: ids.run,
      matrix_id: ids.matrix,
      recipe: '{}',
      selectable: true,
      registered_at: new Date(),
    });
  });

  test('raw SQL cannot approve for the one who asked or trained', async () => {
    await expect(decision(await request(), kari.actId)).rejects.toThrow(/four eyes/);
    // Ola asks, Kari trained: Kari may not approve either.
    await expect(decision(await request(14, ola), kari.actId)).rejects.toThrow(/four eyes/);
  });
  test('nor decide twice, nor after expiry', async () => {
    const id = await request();
    await decision(id, ola.actId, 'refused');
    await expect(decision(id, ola.actId)).rejects.toThrow(/decision_once/);
    await expect(decision(await request(0.000_001), ola.actId)).rejects.toThrow(/expired/);
  });
  test('nor make a champion without an approval for that version and slot', async () => {
    const refused = await decision(await request(), ola.actId, 'refused');
    const champion = { slot: 's/all', seq: 1, version_id: ids.version, act_id: ola.actId, live_from: new Date() };
    await expect(t.db('ml.champion').insert({ ...champion, decision_id: refused })).rejects.toThrow(/no approved decision/);
    const approved = await decision(await request(), ola.actId);
    await expect(t.db('ml.champion').insert({ ...champion, slot: 'other/all', decision_id: approved })).rejects.toThrow(
      /no approved decision/,
    );
    await t.db('ml.champion').insert({ ...champion, decision_id: approved });
    await expect(t.db.raw("update ml.champion set slot = 'x'")).rejects.toThrow(/append-only/);
  });
});
