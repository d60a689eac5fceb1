import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { from as copyFrom } from 'pg-copy-streams';
import { type BillTable, billTableSchema } from '../../domain/import/bill-table';
import { parseOrExplain } from '../../domain/schemas/parse';
import { digestOf, sha256File } from '../artifacts/hash';
import type { Db, Tx } from '../postgres/connection';
import type { AuditContext } from '../ledger/append';
import { quote, withDuckDb } from '../duckdb/duckdb';
import { checkColumns, checkTableFile, createRawTable, openTable } from '../tables/open-table';
import { type Batch, runInBatch, type LoadReport } from './import-batch';
import { findBadRows, refuseReceivedTooEarly } from './check-bill-table';
import { billsSql, linesSql, namedColumns, osloTable } from './bill-table-sql';
import { rawConnection } from '../postgres/copy-writer';
import { BillNumbers, PartitionCreator } from './id-allocators';
import type { Vault } from './vault';

/**
 * Loads a table of bills (one row per tariff line) by its mapping. DuckDB reads and
 * checks it with set operations, so no row passes through JavaScript. A row with a bad cell is quarantined, and with
 * it the whole bill, because part of a bill would be a different bill.
 * @throws UtplukkError InvalidInput for a file or mapping that cannot be used
 */
export async function loadBillTable(
  db: Db,
  audit: AuditContext,
  vault: Vault,
  file: string,
  rawMapping: unknown,
  retry = false,
): Promise<LoadReport> {
  checkTableFile(file);
  const mapping = parseOrExplain(
    billTableSchema,
    rawMapping,
    'the mapping',
    'docs/examples/bills holds a commented one.',
  );
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-bills-'));
  try {
    return await runInBatch(
      db,
      audit,
      file,
      { kind: 'bills', content: async () => digestOf([await sha256File(file), mapping]), retry },
      (batch) =>
        withDuckDb(temp, async (duck) => {
          await createBillLines(duck, file, mapping, temp);
          await createProviderTable(duck, batch.tx);
          await findBadRows(duck, mapping);
          await duck.run(osloTable());
          await duck.run(billsSql(mapping));
          await refuseReceivedTooEarly(duck, mapping);
          const csv = (name: string) => path.join(temp, `${name}.csv`);
          // The vault uses a connection of its own, so both run at the same time.
          const ids = (await duck.runAndReadAll('select distinct patient from bills order by 1'))
            .getRows()
            .map(([id]) => String(id));
          const [keys] = await Promise.all([vault.pseudonyms(ids), reserveBillIds(duck, batch, csv('identity'))]);
          await countRows(duck, batch);
          await createPersonTable(duck, ids, keys, csv('people'));
          await writeBills(duck, batch, mapping, new PartitionCreator(db), csv);
        }),
    );
  } finally {
    fs.rmSync(temp, { recursive: true, force: true });
  }
}

/** Creates table `raw`: line numbers, and the columns by role as text. */
async function createBillLines(duck: DuckDBConnection, file: string, mapping: BillTable, temp: string): Promise<void> {
  const table = await openTable(duck, { path: file, name: file }, mapping.format, temp);
  const title = path.basename(file);
  const used = Object.values(mapping.columns).filter((name) => name !== undefined);
  checkColumns(title, table.columns, used, 'the mapping', mapping.ignore);
  await createRawTable(duck, title, namedColumns(mapping), table);
}

/** Creates table `provider(practice_no, provider_id)` from the register. */
async function createProviderTable(duck: DuckDBConnection, tx: Tx): Promise<void> {
  await duck.run('create temp table provider (practice_no varchar, provider_id integer)');
  const { rows } = await tx.raw<{ rows: { practice_no: string; provider_id: number }[] }>(
    'select practice_no, provider_id from core.provider',
  );
  const appender = await duck.createAppender('provider', null, 'temp');
  for (const row of rows) {
    appender.appendVarchar(row.practice_no);
    appender.appendInteger(row.provider_id);
    appender.endRow();
  }
  appender.closeSync();
}

/**
 * Gives every new bill an id and stores that it was sent; bills that were loaded before go to quarantine.
 * Creates table `fresh(guid, bill_id)`.
 */
async function reserveBillIds(duck: DuckDBConnection, batch: Batch, file: string): Promise<void> {
  const total = Number((await duck.runAndReadAll('select count(*)::int from bills')).getRows()[0]![0]);
  const numbers = await new BillNumbers().takeRanges(batch.tx, total);
  await duck.run('create temp table range_of (first bigint, offset_from bigint, n bigint)');
  let offset = 0;
  for (const { first, n } of numbers) {
    await duck.run(`insert into range_of values (${first}, ${offset}, ${n})`);
    offset += n;
  }
  await duck.run(`create temp table numbered as
    with ordered as (select guid, row_number() over (order by received_month, provider_id, started_at, guid) - 1 as nr
      from bills)
    select o.guid, r.first + o.nr - r.offset_from as bill_id from ordered o asof
      join range_of r on o.nr >= r.offset_from`);
  await batch.tx.raw(
    'create temp table incoming_bill (bill_guid uuid, bill_id bigint, known_from timestamptz, submission_id uuid) ' +
      'on commit drop',
  );
  await toPostgres(
    duck,
    batch.tx,
    `select n.guid, n.bill_id, b.received_at || 'Z', b.submission_id from numbered n join bills b using (guid)
      order by n.bill_id`,
    'incoming_bill (bill_guid, bill_id, known_from, submission_id)',
    file,
  );
  await duck.run('create temp table known (guid varchar)');
  const { rows } = await batch.tx.raw<{ rows: { bill_guid: string }[] }>(
    'select distinct bill_guid from incoming_bill join core.bill_step using (bill_guid)',
  );
  for (let i = 0; i < rows.length; i += 2000)
    await duck.run(
      `insert into known values ${rows
        .slice(i, i + 2000)
        .map((row) => `(${quote(row.bill_guid)})`)
        .join(', ')}`,
    );
  if (rows.length > 0)
    await duck.run(
      `insert into bad select line, 'guid', guid, 'duplicate bill: this guid was loaded before' from raw
        where cast(guid as uuid) in (select cast(guid as uuid) from known) and line not in (select line from bad)`,
    );
  await batch.tx.raw(
    `insert into core.bill_step (bill_guid, known_from, submission_id, step, bill_id, batch_id)
     select bill_guid, known_from, submission_id, 'sent', bill_id, ? from incoming_bill i
     where not exists (select from core.bill_step k where k.bill_guid = i.bill_guid)`,
    [batch.batchId],
  );
  await duck.run(
    `create temp table fresh as select * from numbered where cast(guid as uuid) not in (select cast(guid as uuid)
      from known)`,
  );
}

/** Counts rows of the file, and quarantines each bad row with its first bad cell. */
async function countRows(duck: DuckDBConnection, batch: Batch): Promise<void> {
  const [read, quarantined] = (
    await duck.runAndReadAll('select (select count(*) from raw)::int, (select count(distinct line) from bad)::int')
  )
    .getRows()[0]!
    .map(Number);
  const cells = await duck.runAndReadAll(
    `select line::int, min_by(field, rowid), min_by(value, rowid), min_by(reason, rowid) from bad group by line
      order by line`,
  );
  for (const [line, field, value, reason] of cells.getRows()) {
    const patient = String(reason).startsWith('expected an identity number');
    batch.quarantine(Number(line), 'row', patient ? 'pasient.id' : String(field), value ?? undefined, String(reason));
  }
  batch.read = read!;
  batch.loaded = read! - quarantined!;
}

/**
 * Creates table `person(patient, patient_key)`, through a file that only its owner can read and that is deleted at
 * once.
 */
async function createPersonTable(
  duck: DuckDBConnection,
  ids: readonly string[],
  keys: readonly number[],
  file: string,
): Promise<void> {
  fs.writeFileSync(file, ids.map((id, i) => `${id},${keys[i]}\n`).join(''), { mode: 0o600 });
  await duck.run(
    `create temp table person as select * from read_csv(${quote(file)}, auto_detect = false, header = false,
      delim = ',', columns = {'patient': 'VARCHAR', 'patient_key': 'BIGINT'})`,
  );
  fs.rmSync(file);
}

async function writeBills(
  duck: DuckDBConnection,
  batch: Batch,
  mapping: BillTable,
  months: PartitionCreator,
  csv: (name: string) => string,
): Promise<void> {
  const b = batch.batchId;
  const found = (
    await duck.runAndReadAll(
      `select distinct cast(received_month as varchar), epoch_ms(min(received_at) over ()),
        epoch_ms(max(received_at) over ()) from bills join fresh using (guid) order by 1`,
    )
  ).getRows();
  for (const [month, first, last] of found) {
    batch.months.add(String(month));
    batch.noteKnownFrom(Number(first));
    batch.noteKnownFrom(Number(last));
  }
  await months.ensure(batch.months);
  await batch.tx.raw('create temp table incoming_submission (like core.submission) on commit drop');
  await toPostgres(
    duck,
    batch.tx,
    `select submission_id, min(provider_id), min(received_at) || 'Z', count(*), ${b} from bills
      join fresh using (guid) group by 1`,
    'incoming_submission (submission_id, provider_id, received_at, bill_count, batch_id)',
    csv('submission'),
  );
  await batch.tx.raw('insert into core.submission select * from incoming_submission on conflict do nothing');
  const bills = `select b.received_month, f.bill_id, b.guid, b.submission_id, b.provider_id, b.bill_no, p.patient_key,
    b.performed_by, b.started_at || 'Z', b.civil_day, b.minute_of_day, b.received_at || 'Z', b.amount_ore, b.amount_ore,
    b.copay_ore > 0, b.diagnosis, case when b.sent_late then '{sent-late}' end, ${b}
    from bills b join fresh f using (guid) join person p using (patient) order by b.received_month, f.bill_id`;
  const lines = `select received_month, bill_id, line_no, provider_id, tariff, repetitions, amount_ore,
    received_at || 'Z', ${b} from (${linesSql(mapping, 'fresh')}) order by received_month, bill_id, line_no`;
  await toCsv(duck, bills, csv('bill'));
  // DuckDB writes the lines while PostgreSQL reads the bills.
  await Promise.all([copyIn(batch.tx, `core.bill (${BILL_COLUMNS})`, csv('bill')), toCsv(duck, lines, csv('line'))]);
  await copyIn(batch.tx, `core.bill_line (${LINE_COLUMNS})`, csv('line'));
}

const BILL_COLUMNS =
  'received_month, bill_id, bill_guid, submission_id, provider_id, bill_no, patient_key, performed_by, started_at, ' +
  'civil_day, minute_of_day, known_from, amount_ore, lines_ore, copay_paid, diagnosis, flags, batch_id';
const LINE_COLUMNS =
  'received_month, bill_id, line_no, provider_id, tariff, repetitions, amount_ore, known_from, batch_id';

async function toPostgres(duck: DuckDBConnection, tx: Tx, query: string, into: string, file: string): Promise<void> {
  await toCsv(duck, query, file);
  await copyIn(tx, into, file);
}

const toCsv = (duck: DuckDBConnection, query: string, file: string) =>
  duck.run(`copy (${query}) to ${quote(file)} (format csv, header false)`);

/** Sends a CSV file to a table and deletes it. */
async function copyIn(tx: Tx, into: string, file: string): Promise<void> {
  const client = await rawConnection(tx);
  await pipeline(
    fs.createReadStream(file, { highWaterMark: 1 << 20 }),
    client.query(copyFrom(`copy ${into} from stdin (format csv)`)),
  );
  fs.rmSync(file);
}
