import { randomUUID } from 'node:crypto';
import { canonical } from '../../platform/artifacts/hash';
import { connect, type Db, type Tx } from '../../platform/postgres/connection';
import { ledgerEntries, type LedgerQuery } from '../../platform/db/read-models/ledger-entries';
import { AUDITED_TABLES } from '../../platform/ledger/audited-tables';
import { type AuditContext, append, type EntryInput, storeReason } from '../../platform/ledger/append';
import { verifyLedger } from '../../platform/ledger/verify';
import { auditContextFor, prepared, testDatabase, type TestDatabase } from '../support/environment';

/** A change with its entry in one transaction, as every service does it. */
const changing = (
  db: Db,
  audit: AuditContext,
  change: (tx: Tx, log: (entry: EntryInput) => Promise<void>) => Promise<void>,
) => db.transaction((tx) => change(tx, (entry) => append(tx, audit, entry, new Date())));
const asOwner = (database: TestDatabase) => connect(database.ownerUrl, 2);

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.close());

const write = async (subject: string) => {
  const audit = await auditContextFor(t, 'kari', 'run.start');
  await changing(t.db, audit, (_tx, log) => log({ event: 'test.written', subject: { kind: 'test', id: subject } }));
};
const count = async () => (await verifyLedger(t.db)).entries;

test('an entry commits with its change or not at all', async () => {
  const audit = await auditContextFor(t, 'kari', 'run.start');
  const before = await count();
  const failing = changing(t.db, audit, async (_tx, log) => {
    await log({ event: 'test.undone', subject: { kind: 'test', id: 'x' } });
    throw new Error('the change failed');
  });
  await expect(failing).rejects.toThrow('the change failed');
  expect(await count()).toBe(before);
  await write('a');
  expect(await count()).toBe(before + 2); // the event, and what was done
});

test('a search by subject, event and person gives what each names, newest first, a page at a time', async () => {
  for (const subject of ['find-1', 'find-2', 'other']) await write(subject);
  const ola = await auditContextFor(t, 'ola', 'promotion.approve');
  await changing(t.db, ola, (_tx, log) => log({ event: 'test.seen', subject: { kind: 'test', id: 'find-1' } }));
  const found = async (query: LedgerQuery) =>
    (await ledgerEntries(t.db, query)).map(({ event, subject, by }) => `${by} ${event} ${subject.id}`);
  const all = ['ola test.seen find-1', 'kari test.written find-2', 'kari test.written find-1'];
  expect(await found({ subject: 'find-' })).toEqual(all);
  expect(await found({ subject: 'find-', limit: 2 })).toEqual(all.slice(0, 2));
  const [, second] = await ledgerEntries(t.db, { subject: 'find-' });
  expect(await found({ subject: 'find-', before: second!.seq })).toEqual(all.slice(2));
  expect(await found({ subject: 'find-', by: 'ola' })).toEqual(all.slice(0, 1));
  expect(await found({ subject: 'find-1', event: 'test.w' })).toEqual(all.slice(2));
  expect(await found({ subject: 'find-', without: ['test.seen'] })).toEqual(all.slice(1));
  expect(await found({ by: 'ola', event: 'test.' })).toEqual(all.slice(0, 1));
  expect(await found({ by: 'nobody' })).toEqual([]);
});

test('a raw insert chains too; changing, deleting and writing the chain by hand are refused', async () => {
  await write('b');
  const owner = asOwner(t);
  const before = await count();
  const body = {
    v: 2,
    entry: randomUUID(),
    at: '2024-01-01T00:00:00.000000Z',
    event: 'test.raw',
    subject: { kind: 'test', id: 'raw' },
  };
  await t.db.raw('insert into aud.entry (bytes) values (?)', [Buffer.from(canonical(body))]);
  expect(await verifyLedger(t.db)).toMatchObject({ entries: before + 1, problems: [] });
  for (const sql of [
    "update aud.entry set event = 'x'",
    'delete from aud.entry',
    'truncate aud.entry cascade',
    'update aud.chain set seq = seq + 1',
    'delete from aud.chain',
    "update aud.action set purpose = 'x'",
  ]) {
    await expect(t.db.raw(sql)).rejects.toThrow(/permission denied/);
    await expect(owner.raw(sql)).rejects.toThrow(/append-only/);
  }
  await expect(t.db.raw('update aud.chain_head set size = 0')).rejects.toThrow(/permission denied/);
  await expect(owner.raw('update aud.chain_head set size = 0')).rejects.toThrow(/written by the ledger only/);
  await owner.destroy();
});

test('eight writers at once make one unbroken chain', async () => {
  const audit = await auditContextFor(t, 'kari', 'run.start');
  const before = await count();
  const db = connect(t.env.DATABASE_URL, 8);
  await Promise.all(
    Array.from({ length: 40 }, (_, i) =>
      db.transaction((tx) =>
        append(tx, audit, { event: 'test.many', subject: { kind: 'test', id: String(i) } }, new Date()),
      ),
    ),
  );
  await db.destroy();
  expect(await verifyLedger(t.db)).toMatchObject({ entries: before + 40, problems: [] });
});

describe('no change without an entry, no entry without a change', () => {
  test('exactly the audited tables have the audit trigger', async () => {
    const { rows } = await t.db.raw<{ rows: { name: string; args: string }[] }>(
      `select c.oid::regclass::text as name, encode(g.tgargs, 'escape') as args
        from pg_trigger g join pg_class c on c.oid = g.tgrelid
        join pg_proc p on p.oid = g.tgfoid where p.proname = 'record_change' order by 1`,
    );
    const expected = AUDITED_TABLES.map(({ table, key, without = [] }) => ({
      name: table,
      args: `${key.join(',')}\\000${without.join(',')}\\000`,
    }));
    expect(rows).toEqual(expected.sort((a, b) => (a.name < b.name ? -1 : 1)));
  });
  test('an audited row that changes without an entry is refused at commit, whoever writes it', async () => {
    const row = {
      principal_id: randomUUID(),
      issuer: 'i',
      subject: randomUUID(),
      kind: 'person',
      first_seen: new Date(),
    };
    await expect(t.db('aud.principal').insert(row)).rejects.toThrow(
      /aud.principal .* was changed without a ledger entry/,
    );
    const owner = asOwner(t);
    await expect(owner('aud.principal').insert(row)).rejects.toThrow(/was changed without a ledger entry/);
    await owner.destroy();
    expect(await t.db('aud.principal').where({ principal_id: row.principal_id })).toEqual([]);
  });
  test('an entry about a change that was not made is refused', async () => {
    const body = {
      v: 2,
      entry: randomUUID(),
      at: '2024-01-01T00:00:00.000000Z',
      event: 'test.lied',
      subject: { kind: 'test', id: 'x' },
      changes: [{ t: 'ml.champion', k: 's/all/1', a: 'ab'.repeat(32) }],
    };
    await expect(t.db.raw('insert into aud.entry (bytes) values (?)', [Buffer.from(canonical(body))])).rejects.toThrow(
      /names changes that this transaction did not make: ml.champion s\/all\/1/,
    );
  });
  test('a reason can be erased and the ledger still verifies; another text in its place is found', async () => {
    const audit = await auditContextFor(t, 'kari', 'run.start');
    const ids: string[] = [];
    await prepared(t, audit, async (tx) => {
      for (const words of ['one', 'two']) ids.push(await storeReason(tx, words));
    });
    await t
      .db('aud.reason')
      .where({ reason_id: ids[0]! })
      .update({ reason_text: null, salt: Buffer.alloc(0) });
    expect((await verifyLedger(t.db)).problems).toEqual([]);
    await t.db('aud.reason').where({ reason_id: ids[1]! }).update({ reason_text: 'other words' });
    expect((await verifyLedger(t.db)).problems).toEqual([
      { seq: expect.any(Number) as number, problem: `aud.reason ${ids[1]!}: the text was changed` },
    ]);
    await t.db('aud.reason').where({ reason_id: ids[1]! }).update({ reason_text: 'two' });
  });
});
