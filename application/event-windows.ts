import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../domain/errors';
import { type EventWindows, eventWindowsSchema } from '../domain/import/event-windows';
import { parseOrExplain } from '../domain/schemas/parse';
import { ident, PARQUET, quote, withDuckDb } from '../platform/duckdb/duckdb';
import { makeEventWindows } from '../platform/features/event-windows';
import { createTableView } from '../platform/duckdb/table-view';

/**
 * Makes a Parquet table of window features from a table of dated events. The file appears whole or not at all.
 * @param file the events: .csv, .csv.gz or .parquet
 * @param rawSpec the windows file, as parsed YAML
 * @param out path of the table, ending in .parquet
 * @throws UtplukkError InvalidInput naming the column, or the line of the first value that is no day or no number
 */
export async function writeEventWindows(
  file: string,
  rawSpec: unknown,
  out: string,
): Promise<{ rows: number; columns: number }> {
  const hint = 'docs/examples/windows holds a commented one.';
  const spec = parseOrExplain(eventWindowsSchema, rawSpec, 'the windows file', hint);
  if (!out.endsWith('.parquet')) throw invalid(`--out ${out}: expected a name that ends in .parquet`);
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-windows-'));
  const unfinished = `${out}.part`;
  try {
    return await withDuckDb(temp, async (duck) => {
      await makeTable(duck, file, spec);
      await duck.run(`copy made to ${quote(unfinished)} ${PARQUET}`);
      const counted = await duck.runAndReadAll(
        'select (select count(*) from made)::int, (select count(*) from (describe made))::int',
      );
      fs.renameSync(unfinished, out);
      const [rows = 0, columns = 0] = counted.getRows()[0]!.map(Number);
      return { rows, columns };
    });
  } finally {
    fs.rmSync(unfinished, { force: true });
    fs.rmSync(temp, { recursive: true, force: true });
  }
}

/** Leaves the features in the table `made`. */
async function makeTable(duck: DuckDBConnection, file: string, spec: EventWindows): Promise<void> {
  const { entity, day, counts, amounts } = spec;
  const columns = [entity, day, ...counts, ...amounts.map(({ column }) => column)];
  await createTableView(duck, file, columns, 'the windows file');
  await checkValues(duck, file, spec);
  const numbers = amounts.map(({ column }) => `cast(${ident(column)} as decimal(18, 6)) as ${ident(column)}`);
  const source = numbers.length === 0 ? 'source' : `(select * replace (${numbers.join(', ')}) from source)`;
  await makeEventWindows(duck, spec, source, 'made');
}

/** @throws UtplukkError InvalidInput naming the first line whose value is missing, no day or no number */
async function checkValues(
  duck: DuckDBConnection,
  file: string,
  { entity, day, amounts }: EventWindows,
): Promise<void> {
  const checks = [
    { column: entity, bad: `${ident(entity)} is null`, expected: 'the entity that the event belongs to' },
    { column: day, bad: `try_cast(${ident(day)} as date) is null`, expected: 'a day such as 2024-03-01' },
    ...amounts.map(({ column }) => ({
      column,
      bad: `${ident(column)} is not null and try_cast(${ident(column)} as decimal(18, 6)) is null`,
      expected: 'a number with at most six decimals, or nothing',
    })),
  ];
  for (const { column, bad, expected } of checks) {
    const numbered = `select row_number() over () + 1 as line, ${ident(column)} as value, ${bad} as bad from source`;
    const found = await duck.runAndReadAll(
      `select line, cast(value as varchar) from (${numbered}) where bad order by line limit 1`,
    );
    const [row] = found.getRows();
    if (row)
      throw invalid(
        `${path.basename(file)} line ${String(row[0])}, ${column}: ${JSON.stringify(row[1])}; expected ${expected}`,
      );
  }
}
