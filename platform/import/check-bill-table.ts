import type { DuckDBConnection } from '@duckdb/node-api';
import type { BillTable } from '../../domain/import/bill-table';
import { quote } from '../duckdb/duckdb';
import { checksOf, INCONSISTENT_BILLS, RECEIVED_TOO_EARLY } from './bill-table-sql';

/** Creates table `bad(line, field, value, reason)`. */
export async function findBadRows(duck: DuckDBConnection, mapping: BillTable): Promise<void> {
  await duck.run('create temp table bad (line bigint, field varchar, value varchar, reason varchar)');
  for (const [role, bad, expected] of checksOf(mapping)) {
    const name = mapping.columns[role];
    if (name !== undefined)
      await duck.run(`insert into bad select line, ${quote(name)}, ${role}, ${quote(expected)} from raw where ${bad}`);
  }
  const guid = quote(mapping.columns.guid);
  await duck.run(
    `insert into bad select line, ${guid}, guid,
      'the lines of this bill disagree on practice, patient, time, number or co-payment' from raw
      where guid in (${INCONSISTENT_BILLS}) and line not in (select line from bad)`,
  );
  await duck.run(
    `insert into bad select line, ${guid}, guid, 'another line of this bill was quarantined' from raw
      where guid in (select guid from raw where line in (select line from bad)) and line not in (select line from bad)`,
  );
}

/** Moves bills that were received before their contact to table `bad`: they would be known before they happened. */
export async function refuseReceivedTooEarly(duck: DuckDBConnection, mapping: BillTable): Promise<void> {
  await duck.run(
    `insert into bad select line, ${quote(mapping.columns.received)}, received,
      'received before the contact began; a bill cannot be known before it' from raw
      where guid in (${RECEIVED_TOO_EARLY})`,
  );
  await duck.run(`delete from bills where guid in (${RECEIVED_TOO_EARLY})`);
}
