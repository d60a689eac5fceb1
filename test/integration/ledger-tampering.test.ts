import fs from 'node:fs';
import path from 'node:path';
import { connect, type Db, type Tx } from '../../platform/postgres/connection';
import { type AuditContext, append, type EntryInput } from '../../platform/ledger/append';
import { verifyLedger } from '../../platform/ledger/verify';
import { anchorsOf } from '../../platform/signing/anchors';
import { otherValue } from '../support/mutations';
import { auditContextFor, testDatabase, type TestDatabase, testNotary, type TestNotary } from '../support/environment';

/** A change with its entry in one transaction, as every service does it. */
const changing = (
  db: Db,
  audit: AuditContext,
  change: (tx: Tx, log: (entry: EntryInput) => Promise<void>) => Promise<void>,
) => db.transaction((tx) => change(tx, (entry) => append(tx, audit, entry, new Date())));
const asOwner = (database: TestDatabase) => connect(database.ownerUrl, 2);

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
  /** Runs SQL with triggers off, as the owner of the server can always do. */
  const tamper = async (sql: string) => {
    const superuser = asOwner(victim);
    await superuser.raw(`set session_replication_role = replica; ${sql}; set session_replication_role = default`);
    await superuser.destroy();
  };
  const REHASH = `do $$ declare e record; h bytea := sha256(''::bytea); begin
    for e in select c.seq, n.bytes from aud.chain c join aud.entry n using (entry_id) order by c.seq loop
      update aud.entry set leaf_hash = sha256('\\x00'::bytea || bytes)
        where entry_id = (select entry_id from aud.chain where seq = e.seq);
      h := sha256(h || sha256('\\x00'::bytea || e.bytes));
      update aud.chain set leaf_hash = sha256('\\x00'::bytea || e.bytes), chain_hash = h where seq = e.seq;
    end loop;
    update aud.chain_head set chain_hash = h, size = (select max(seq) from aud.chain);
  end $$`;
  const entryAt = (seq: number) => `(select entry_id from aud.chain where seq = ${seq})`;
  const CUT_AFTER_4 = `delete from aud.entry where entry_id in (select entry_id from aud.chain where seq > 4);
    delete from aud.chain where seq > 4`;
  const edit = (seq: number) =>
    `update aud.entry set event = 'test.wrotten',
        bytes = convert_to(replace(convert_from(bytes, 'UTF8'), 'test.written', 'test.wrotten'), 'UTF8')
      where entry_id = ${entryAt(seq)}`;

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
      () => `update aud.entry set subject_kind = 'z' where entry_id = ${entryAt(4)}`,
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
      () => `update aud.entry set bytes = 'no json' where entry_id = ${entryAt(3)}; ${REHASH}`,
      /entry .* is not canonical JSON/,
      3,
    ],
    [
      'takes an entry out',
      () => `delete from aud.entry where entry_id = ${entryAt(2)}; delete from aud.chain where seq = 2`,
      /entry 2 is missing/,
      2,
    ],
    [
      'takes one out, renumbers and hashes anew',
      () =>
        `delete from aud.entry where entry_id = ${entryAt(2)}; delete from aud.chain where seq = 2;
         update aud.chain set seq = -(seq - 1) where seq > 2; update aud.chain set seq = -seq where seq < 0; ${REHASH}`,
      /entry 2 is not the one/,
      2,
    ],
    [
      'swaps two entries and hashes anew',
      () =>
        `update aud.chain set seq = -4 where seq = 4; update aud.chain set seq = 4 where seq = 3;
         update aud.chain set seq = 3 where seq = -4; ${REHASH}`,
      /entry 3 is not the one/,
      3,
    ],
    [
      'cuts the tail under a checkpoint and mends the head',
      () => `${CUT_AFTER_4}; ${REHASH}`,
      /a checkpoint of .* covers \d+ entries, the ledger holds 4: entry 5 and later ones are gone/,
      5,
    ],
  ] as readonly (readonly [string, () => string, RegExp, number])[])(
    'who %s is found out, with the number of the first bad entry',
    async (_what, sql, problem, seq) => {
      await tamper(sql());
      const found = await problems();
      expect(found.find((p) => problem.test(p.problem))?.seq).toBe(seq);
      expect(found[0]!.seq).toBe(seq);
    },
  );

  test('who repeats an entry in the tail, and hashes it on, is found out by the key that had to go', async () => {
    await tamper(
      `alter table aud.chain drop constraint chain_entry;
       insert into aud.chain select max(seq) + 1, ${entryAt(3)}, '\\x00', '\\x00' from aud.chain; ${REHASH}`,
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
      `insert into aud.principal (principal_id, issuer, subject, kind, first_seen)
        values (gen_random_uuid(), 'i', 's', 'person', now())`,
    );
    expect((await problems())[0]!.problem).toMatch(/aud.principal .* is in the table, and no entry names it/);
    await tamper("delete from aud.principal where issuer = 'i'; delete from aud.action");
    expect((await problems())[0]!.problem).toMatch(/aud.action .* is missing; entry \d+ names it/);
  });

  test('who changes any column of the ledger itself is found out', async () => {
    const owner = asOwner(victim);
    const { rows: columns } = await owner.raw<{ rows: { tab: string; name: string; type: string }[] }>(
      `select table_name as tab, column_name as name, data_type as type from information_schema.columns
        where table_schema = 'aud' and table_name in ('entry', 'chain', 'chain_head')`,
    );
    expect(columns.length).toBe(8 + 4 + 4);
    await owner.raw(
      `create table public.kept_entry as table aud.entry; create table public.kept_chain as table aud.chain;
       create table public.kept_chain_head as table aud.chain_head`,
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
    await tamper(`${CUT_AFTER_4}; ${REHASH}`);
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
