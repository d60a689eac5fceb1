import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../domain/errors';
import { type EventWindows, eventWindowsSchema } from '../domain/import/event-windows';
import { parseOrExplain } from '../domain/schemas/parse';
import { ident, PARQUET, quote, withDuckDb } from '../platform/duckdb/duckdb';
import { makeEventWindows } from '../platform/features/event-windows';
import { expectedDay, isDecimal, isExcelError, toCivilDay, toDecimal } from '../platform/tables/grammar';
import { cell, checkColumns, checkTableFile, createRawTable, openTable } from '../platform/tables/open-table';

/**
 * Makes a Parquet table of window features from a table of dated events. The file appears whole or not at all.
 * @param file the events: .csv, .tsv (also .gz), .xlsx or .parquet
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
      await makeTable(duck, file, spec, temp);
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
async function makeTable(duck: DuckDBConnection, file: string, spec: EventWindows, temp: string): Promise<void> {
  const { entity, day, counts, amounts, format } = spec;
  checkTableFile(file);
  const title = path.basename(file);
  const columns = [...new Set([entity, day, ...counts, ...amounts.map(({ column }) => column)])];
  const table = await openTable(duck, { path: file, name: file }, format, temp);
  checkColumns(title, table.columns, columns, 'the windows file');
  const cells = columns.map((name) => `${cell(name, format)} as ${ident(`c:${name}`)}`);
  await createRawTable(duck, title, cells, table);
  await checkValues(duck, title, spec);
  const values = columns.map((name) => {
    const text = ident(`c:${name}`);
    const amount = amounts.some(({ column }) => column === name);
    return `${name === day ? toCivilDay(text, format) : amount ? toDecimal(text, format) : text} as ${ident(name)}`;
  });
  await makeEventWindows(duck, spec, `(select ${values.join(', ')} from raw)`, 'made');
}

/** @throws UtplukkError InvalidInput naming the first line whose value is missing, no day or no number */
async function checkValues(
  duck: DuckDBConnection,
  title: string,
  { entity, day, counts, amounts, format }: EventWindows,
): Promise<void> {
  const text = (name: string) => ident(`c:${name}`);
  const checks = [
    {
      column: entity,
      bad: `${text(entity)} is null or ${isExcelError(text(entity))}`,
      expected: 'expected the entity that the event belongs to',
    },
    { column: day, bad: `${toCivilDay(text(day), format)} is null`, expected: expectedDay(format) },
    ...counts.map((column) => ({
      column,
      bad: `${isExcelError(text(column))}`,
      expected: 'expected a value, not the error of a formula',
    })),
    ...amounts.map(({ column, decimals }) => ({
      column,
      bad: `${text(column)} is not null and not ${isDecimal(text(column), format, decimals)}`,
      expected: `expected a number with at most ${decimals} decimals, or nothing`,
    })),
  ];
  for (const { column, bad, expected } of checks) {
    const found = await duck.runAndReadAll(
      `select line, ${text(column)}, count(*) over () from raw where ${bad} order by line limit 1`,
    );
    const [row] = found.getRows();
    if (!row) continue;
    // The entity may be a person, so its value is not told.
    const value = column === entity || row[1] === null ? '' : ` ${JSON.stringify(String(row[1]).slice(0, 40))};`;
    const more = Number(row[2]) > 1 ? ` (and ${Number(row[2]) - 1} more lines)` : '';
    throw invalid(
      `${title} line ${String(row[0])}, ${column}:${value} ${expected}${more}`,
      'Correct the file, or state under `format` how it is written.',
    );
  }
}
