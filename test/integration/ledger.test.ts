import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { canonical } from '../../platform/artifacts/hash';
import { connect, type Db, type Tx } from '../../platform/postgres/connection';
import { ledgerEntries, type LedgerQuery } from '../../platform/db/read-models/ledger-entries';
import { AUDITED_TABLES } from '../../platform/ledger/audited-tables';
import { type AuditContext, append, type EntryInput, storeReason } from '../../platform/ledger/append';
import { verifyLedger } from '../../platform/ledger/verify';
import { anchorsOf } from '../../platform/signing/anchors';
import { otherValue } from '../support/mutations';
import {
  auditContextFor,
  prepared,
  testDatabase,
  type TestDatabase,
  testNotary,
  type TestNotary,
} from '../support/environment';

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
  test('the triggers cover just the tables that are said to be covered', async () => {
    const { rows } = await t.db.raw<{ rows: { name: string; args: string }[] }>(
      `select c.oid::regclass::text as name, encode(g.tgargs, 'escape') as args from pg_trigger g join pg_class c on c.oid = g.tgrelid
        join pg_proc p on p.oid = g.tgfoid where p.proname = 'record_change' order by 1`,
    );
    const said = AUDITED_TABLES.map(({ table, key, without = [] }) => ({
      name: table,
      args: `${key.join(',')}\\000${without.join(',')}\\000`,
    }));
    expect(rows).toEqual(said.sort((a, b) => (a.name < b.name ? -1 : 1)));
  });
  test('a covered row that changes without an entry is refused at commit, whoever writes it', async () => {
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
  test('words can be erased, and the ledger still holds; words put in their place are found', async () => {
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
      { seq: expect.any(Number) as number, problem: `aud.reason ${ids[1]!}: the words are not those that were given` },
    ]);
    await t.db('aud.reason').where({ reason_id: ids[1]! }).update({ reason_text: 'two' });
  });
});

describe('a superuser of the database', () => {
  let victim: TestDatabase;
  let notary: TestNotary;
  let entries: number;
  const anchors = () => anchorsOf({ UTPLUKK_ANCHORS: notary.anchors, UTPLUKK_TRUST: notary.trustFile });
  const more = async (database: Pick<TestDatabase, 'env' | 'db'>, ids: readonly string[]) => {
    const audit = await auditContextFor(database, 'kari', 'run.start');
    for (const id of ids)
      await changing(database.db, audit, (_tx, log) => log({ event: 'test.written', subject: { kind: 'test', id } }));
  };
  /** Triggers off: what the owner of the server can always do. */
  const tamper = async (sql: string) => {
    const superuser = asOwner(victim);
    await superuser.raw(`set session_replication_role = replica; ${sql}; set session_replication_role = default`);
    await superuser.destroy();
  };
  const REHASH = `do $$ declare e record; h bytea := sha256(''::bytea); begin
    for e in select c.seq, n.bytes from aud.chain c join aud.entry n using (entry_id) order by c.seq loop
      update aud.entry set leaf_hash = sha256('\\x00'::bytea || bytes) where entry_id = (select entry_id from aud.chain where seq = e.seq);
      h := sha256(h || sha256('\\x00'::bytea || e.bytes));
      update aud.chain set leaf_hash = sha256('\\x00'::bytea || e.bytes), chain_hash = h where seq = e.seq;
    end loop;
    update aud.chain_head set chain_hash = h, size = (select max(seq) from aud.chain);
  end $$`;
  const edit = (seq: number) =>
    `update aud.entry set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'test.written', 'test.wrotten'), 'UTF8'), event = 'test.wrotten' where entry_id = (select entry_id from aud.chain where seq = ${seq})`;

  beforeEach(async () => {
    victim = await testDatabase();
    notary = await testNotary(victim);
    await more(victim, ['1', '2', '3', '4', '5']);
    await notary.client.checkpoint();
    await more(victim, ['6']);
    const verdict = await verifyLedger(victim.db, anchors());
    entries = verdict.entries;
    expect(verdict).toMatchObject({ problems: [], anchored: { size: entries - 2, uncovered: 2, checkpoints: 1 } });
  });
  afterEach(async () => {
    await notary.stop('SIGKILL');
    await victim.close();
    fs.rmSync(path.dirname(notary.home), { recursive: true, force: true });
  });
  const problems = async () => (await verifyLedger(victim.db, anchors())).problems;

  test.each([
    ['edits an entry', () => edit(3), /entry .* were changed/, 3],
    [
      'edits a query column',
      () => `update aud.entry set subject_kind = 'z' where entry_id = (select entry_id from aud.chain where seq = 4)`,
      /query columns/,
      4,
    ],
    [
      'edits an entry and hashes the whole chain anew',
      () => `${edit(3)}; ${REHASH}`,
      /entry 3 is not the one that was there when it was anchored/,
      3,
    ],
    [
      'writes what is no entry and hashes the whole chain anew',
      () =>
        `update aud.entry set bytes = 'no json' where entry_id = (select entry_id from aud.chain where seq = 3); ${REHASH}`,
      /entry .* is not canonical JSON/,
      3,
    ],
    [
      'takes an entry out',
      () =>
        'delete from aud.entry where entry_id = (select entry_id from aud.chain where seq = 2); delete from aud.chain where seq = 2',
      /entry 2 is missing/,
      2,
    ],
    [
      'takes one out, renumbers and hashes anew',
      () =>
        `delete from aud.entry where entry_id = (select entry_id from aud.chain where seq = 2); delete from aud.chain where seq = 2; update aud.chain set seq = -(seq - 1) where seq > 2; update aud.chain set seq = -seq where seq < 0; ${REHASH}`,
      /entry 2 is not the one/,
      2,
    ],
    [
      'swaps two entries and hashes anew',
      () =>
        `update aud.chain set seq = -4 where seq = 4; update aud.chain set seq = 4 where seq = 3; update aud.chain set seq = 3 where seq = -4; ${REHASH}`,
      /entry 3 is not the one/,
      3,
    ],
    [
      'cuts the tail under a checkpoint and mends the head',
      () =>
        `delete from aud.entry where entry_id in (select entry_id from aud.chain where seq > 4); delete from aud.chain where seq > 4; ${REHASH}`,
      /a checkpoint of .* covers \d+ entries, the ledger holds 4: entry 5 and later ones are gone/,
      5,
    ],
  ] as readonly (readonly [string, () => string, RegExp, number])[])(
    'who %s is found out, and the first bad entry has its number',
    async (_what, sql, problem, seq) => {
      await tamper(sql());
      const found = await problems();
      expect(found.find((p) => problem.test(p.problem))?.seq).toBe(seq);
      expect(found[0]!.seq).toBe(seq);
    },
  );

  test('who repeats an entry in the tail, and hashes it on, is found out by the key that had to go', async () => {
    await tamper(
      `alter table aud.chain drop constraint chain_entry; insert into aud.chain select max(seq) + 1, (select entry_id from aud.chain where seq = 3), '\\x00', '\\x00' from aud.chain; ${REHASH}`,
    );
    expect(await problems()).toContainEqual({
      seq: entries + 1,
      problem: expect.stringMatching(/aud.chain has lost its UNIQUE \(entry_id\)/) as string,
    });
  });

  test('entries that lie in another order than they were chained are found, and a changed one among them', async () => {
    await tamper(
      'update aud.entry set event = event where entry_id in (select entry_id from aud.chain where seq % 2 = 1)',
    );
    expect(await problems()).toEqual([]);
    await tamper(edit(4));
    expect((await problems())[0]).toMatchObject({ seq: 4, problem: expect.stringMatching(/were changed/) as string });
  });

  test('who changes, adds or takes away a row past the ledger is found out', async () => {
    await tamper("update aud.action set purpose = purpose || '.'");
    expect((await problems())[0]!.problem).toMatch(/aud.action .* is not what entry \d+ says it is/);
    await tamper('update aud.action set purpose = left(purpose, -1)');
    expect(await problems()).toEqual([]);
    await tamper(
      "insert into aud.principal (principal_id, issuer, subject, kind, first_seen) values (gen_random_uuid(), 'i', 's', 'person', now())",
    );
    expect((await problems())[0]!.problem).toMatch(/aud.principal .* stands in the table, and no entry knows it/);
    await tamper("delete from aud.principal where issuer = 'i'; delete from aud.action");
    expect((await problems())[0]!.problem).toMatch(/aud.action .* is gone; entry \d+ knows it/);
  });

  test('who changes any column of the ledger itself is found out', async () => {
    const owner = asOwner(victim);
    const { rows: columns } = await owner.raw<{ rows: { tab: string; name: string; type: string }[] }>(
      "select table_name as tab, column_name as name, data_type as type from information_schema.columns where table_schema = 'aud' and table_name in ('entry', 'chain', 'chain_head')",
    );
    expect(columns.length).toBe(8 + 4 + 4);
    await owner.raw(
      'create table public.kept_entry as table aud.entry; create table public.kept_chain as table aud.chain; create table public.kept_chain_head as table aud.chain_head',
    );
    await owner.raw('alter table aud.chain_head drop constraint chain_head_one');
    const missed: string[] = [];
    for (const { tab, name, type } of columns) {
      await tamper(
        `update aud.${tab} set ${name} = ${otherValue(name, type)} where ctid = (select min(ctid) from aud.${tab})`,
      );
      if ((await problems()).length === 0) missed.push(`${tab}.${name}`);
      await tamper(`delete from aud.${tab}; insert into aud.${tab} select * from public.kept_${tab}`);
    }
    await owner.destroy();
    // That there is one head is said by its key alone; its value means nothing.
    expect(missed).toEqual(['chain_head.only_one']);
    expect(await problems()).toEqual([]);
  });

  test('a notary that starts again goes on, and signs nothing over a ledger that was cut', async () => {
    await notary.client.checkpoint();
    await notary.stop('SIGKILL');
    const dir = path.dirname(notary.home);
    notary = await testNotary(victim, dir);
    await more(victim, ['7']);
    await notary.client.checkpoint();
    expect((await verifyLedger(victim.db, anchors())).anchored).toMatchObject({
      size: entries + 2,
      uncovered: 0,
      checkpoints: 3,
    });
    await tamper(
      `delete from aud.entry where entry_id in (select entry_id from aud.chain where seq > 4); delete from aud.chain where seq > 4; ${REHASH}`,
    );
    await expect(notary.client.checkpoint()).rejects.toThrow(
      /the ledger holds 4 entries, a checkpoint of \d+ was signed: its tail was cut/,
    );
  });

  test('forged, foreign and missing anchors are named', async () => {
    const latest = path.join(notary.anchors, 'checkpoint');
    const note = fs.readFileSync(latest, 'utf8');
    const size = note.split('\n')[1]!;
    fs.writeFileSync(latest, note.replace(`\n${size}\n`, `\n${Number(size) - 1}\n`));
    expect((await problems())[0]!.problem).toMatch(/signature of the checkpoint .* is forged/);
    const other = await testNotary(victim);
    fs.copyFileSync(path.join(other.anchors, '..', 'trust.json'), notary.trustFile);
    fs.writeFileSync(latest, note);
    expect((await problems())[0]!.problem).toMatch(/signed by no key that is trusted here/);
    await other.stop();
    fs.writeFileSync(latest, 'nonsense');
    expect((await problems())[0]!.problem).toMatch(/not a checkpoint of a ledger/);
  });

  test('a tile that was changed or taken away is named', async () => {
    const tile = path.join(notary.anchors, 'tile/0/000.p', String(entries - 2));
    const bytes = fs.readFileSync(tile);
    bytes[70]! ^= 1;
    fs.writeFileSync(tile, bytes);
    expect((await problems()).map((p) => p.problem).join('; ')).toMatch(
      /entry 3 is not the one.*tiles do not have the root that was signed/,
    );
    fs.rmSync(tile);
    expect((await problems()).map((p) => p.problem).join('; ')).toMatch(/tile\/0\/000.p\/\d+ is missing/);
  });
});
