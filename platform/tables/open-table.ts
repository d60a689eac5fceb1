import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid, UtplukkError } from '../../domain/errors';
import { TABLE_FILE, type TableFormat } from '../../domain/import/table-format';
import { ident, quote } from '../duckdb/duckdb';
import { TABLE_LIMITS } from './limits';
import { scanText, separatorHint, type TextScan } from './scan-text';
import { writeSheet } from './xlsx/write-sheet';

/** A file to read as a table. */
export interface TableFile {
  readonly path: string;
  /** Its name as the user knows it; the ending says what it is. */
  readonly name: string;
}
/** A table that can be queried as view `source`: all columns as text, under the names of the header. */
export interface OpenTable {
  readonly columns: readonly string[];
  /** Rows by a count that does not depend on the reader that loads them. */
  readonly records: number;
}

/** @throws UtplukkError InvalidInput for a file that is missing or of another kind */
export function checkTableFile(file: string): string {
  if (!fs.existsSync(file)) throw invalid(`${file} does not exist`, 'Check the path.');
  const ending = TABLE_FILE.exec(file)?.[0];
  if (ending === undefined)
    throw invalid(
      `${path.basename(file)} is no table that can be read`,
      'Expected .csv, .tsv (also .gz), .xlsx or .parquet; save an older workbook as .xlsx.',
    );
  return ending;
}

/**
 * Creates view `source` over a delimited text, a workbook or a Parquet file, exactly as its format is stated.
 * @param temp folder for a text that is recoded; it must live as long as the view
 * @throws UtplukkError InvalidInput naming the line, the column or the setting that does not fit
 */
export async function openTable(
  duck: DuckDBConnection,
  { path: file, name }: TableFile,
  format: TableFormat,
  temp: string,
): Promise<OpenTable> {
  await duck.run("set TimeZone = 'UTC'");
  const title = path.basename(name);
  const opened = title.endsWith('.parquet')
    ? await openParquet(duck, file, title, format)
    : title.endsWith('.xlsx')
      ? await openWorkbook(duck, file, title, format, temp)
      : await openText(duck, file, title, format, temp);
  checkNames(opened.columns, title);
  return opened;
}

function checkNames(columns: readonly string[], title: string): void {
  if (columns.length > TABLE_LIMITS.columns)
    throw invalid(
      `${title} has ${columns.length} columns; at most ${TABLE_LIMITS.columns} can be read`,
      'Leave columns out that are not needed.',
    );
  const seen = new Set<string>();
  columns.forEach((column, i) => {
    if (column === '')
      throw invalid(`${title}: column ${i + 1} has no name`, 'Give every column a name in the header.');
    const folded = column.toLowerCase();
    if (seen.has(folded))
      throw invalid(
        `${title} has two columns called ${column}`,
        'Names must differ by more than upper and lower case.',
      );
    seen.add(folded);
  });
}

async function openText(
  duck: DuckDBConnection,
  file: string,
  title: string,
  format: TableFormat,
  temp: string,
): Promise<OpenTable> {
  const gzip = title.endsWith('.gz');
  const stated = format.separator ?? (/\.tsv(\.gz)?$/.test(title) ? 'tab' : ',');
  const separator = stated === 'tab' ? '\t' : stated;
  const recoded = path.join(temp, 'recoded.csv');
  fs.mkdirSync(temp, { recursive: true });
  const { header, records }: TextScan = await scanText({ path: file, name: title, gzip }, format, separator, recoded);
  const hint = header.length === 1 ? separatorHint(header[0]!, separator) : undefined;
  if (hint) throw invalid(`${title}: ${hint.problem}`, hint.advice);
  checkNames(header, title);
  const utf8 = format.encoding === 'utf-8';
  const text = { file: utf8 ? file : recoded, separator, quote: format.quote, gzip: gzip && utf8 };
  await createTextView(duck, title, header, text);
  return { columns: header, records };
}

async function openWorkbook(
  duck: DuckDBConnection,
  file: string,
  title: string,
  format: TableFormat,
  temp: string,
): Promise<OpenTable> {
  const text = path.join(temp, 'sheet.csv');
  fs.mkdirSync(temp, { recursive: true });
  const { header, records } = await writeSheet(file, title, format, text);
  checkNames(header, title);
  await createTextView(duck, title, header, { file: text, separator: ',', quote: '"', gzip: false });
  return { columns: header, records };
}

function createTextView(
  duck: DuckDBConnection,
  title: string,
  header: readonly string[],
  text: { file: string; separator: string; quote: string; gzip: boolean },
) {
  const columns = header.map((_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  const source = `read_csv(${quote(text.file)}, auto_detect = false, header = true, delim = ${quote(text.separator)},
    quote = ${quote(text.quote)}, escape = ${quote(text.quote)}, comment = '',
    compression = '${text.gzip ? 'gzip' : 'none'}', columns = {${columns}})`;
  const named = header.map((name, i) => `c${i} as ${ident(name)}`);
  return createView(duck, title, `select ${named.join(', ')} from ${source}`);
}

async function openParquet(
  duck: DuckDBConnection,
  file: string,
  title: string,
  format: TableFormat,
): Promise<OpenTable> {
  const source = `read_parquet(${quote(file)})`;
  const described = await reading(title, async () => {
    const counted = await duck.runAndReadAll(`select num_rows::double from parquet_file_metadata(${quote(file)})`);
    const types = await duck.runAndReadAll(`describe select * from ${source}`);
    return { records: Number(counted.getRows()[0]![0]), types: types.getRows() };
  });
  const columns = described.types.map(([name, type]) => ({ name: String(name), type: String(type) }));
  const nested = columns.filter(({ type }) => /\[|STRUCT|MAP|UNION|BLOB|BIT|INTERVAL/.test(type));
  if (nested.length > 0)
    throw invalid(
      `${title}: ${nested.map(({ name, type }) => `${name} is ${type.slice(0, 40)}`).join(', ')}`,
      'Expected columns of text, numbers, days or instants.',
    );
  const cells = columns.map(({ name, type }) => `${asText(ident(name), type, format)} as ${ident(name)}`);
  await createView(duck, title, `select ${cells.join(', ')} from ${source}`);
  return { columns: columns.map(({ name }) => name), records: described.records };
}

const STRFTIME: Record<TableFormat['date'], string> = {
  'yyyy-mm-dd': '%Y-%m-%d',
  'dd.mm.yyyy': '%d.%m.%Y',
  'dd/mm/yyyy': '%d/%m/%Y',
  'mm/dd/yyyy': '%m/%d/%Y',
  yyyymmdd: '%Y%m%d',
};

/** A typed value as the text that the format would have it written. */
function asText(column: string, type: string, { date, decimal }: TableFormat): string {
  const text = `cast(${column} as varchar)`;
  const day = quote(STRFTIME[date]);
  if (date !== 'yyyy-mm-dd') {
    if (type === 'DATE') return `strftime(${column}, ${day})`;
    const clock = `${day} || ' %H:%M:%S.%f'`;
    if (type === 'TIMESTAMP WITH TIME ZONE') return `strftime(timezone('UTC', ${column}), ${clock}) || '+00'`;
    if (type.startsWith('TIMESTAMP')) return `strftime(cast(${column} as timestamp), ${clock})`;
  }
  if (!/^(DOUBLE|FLOAT|DECIMAL)/.test(type)) return text;
  if (!type.startsWith('DECIMAL')) {
    // A whole number is written without a decimal, as an id is.
    const shortest = `regexp_replace(${text}, '\\.0$', '')`;
    return decimal === '.' ? shortest : `replace(${shortest}, '.', ',')`;
  }
  // The zeros behind a decimal are its type's, not the value's.
  const number = /^DECIMAL\(\d+,0\)|^DECIMAL.*,[12]\)$/.test(type)
    ? text
    : `case when contains(${text}, '.') then rtrim(rtrim(${text}, '0'), '.') else ${text} end`;
  return decimal === '.' ? number : `replace(${number}, '.', ',')`;
}

const createView = (duck: DuckDBConnection, title: string, query: string) =>
  reading(title, () => duck.run(`create or replace temp view source as ${query}`));

/**
 * Runs a query that reads the file.
 * @throws UtplukkError InvalidInput, for a file that is cut off or larger than memory too, without values of its rows
 */
export async function reading<T>(title: string, query: () => Promise<T>): Promise<T> {
  try {
    return await query();
  } catch (error) {
    if (error instanceof UtplukkError) throw error;
    const text = String((error as Error).message);
    if (/Out of Memory|failed to (pin|allocate)|could not allocate/i.test(text))
      throw invalid(`${title} is larger than the memory for one table`, 'Leave out columns, or split the table.');
    if (/IO Error|Invalid Input|CSV Error|Parquet|Snappy|ZSTD|thrift|magic bytes|Conversion Error/i.test(text))
      throw invalid(
        `${title} cannot be read as ${title.endsWith('.parquet') ? 'Parquet' : 'a table'}: ${firstSentence(text)}`,
        'Was it copied whole, and does its ending say what it is?',
      );
    throw error;
  }
}

/** DuckDB's first sentence without paths and without the row that it shows. */
const firstSentence = (text: string) =>
  text
    .split('\n')[0]!
    .replace(/'[^']*'|"[^"]*"/g, '…')
    .slice(0, 200);

/**
 * Creates temp table `raw(line, …)` from view `source`, and compares its rows with the independent count.
 * @param cells SQL of the columns after `line`
 * @throws UtplukkError InvalidInput where the two counts differ
 */
export async function createRawTable(
  duck: DuckDBConnection,
  title: string,
  cells: readonly string[],
  { records }: OpenTable,
): Promise<void> {
  // Line 1 is the header; rows are numbered in the order of the file.
  const query = `create temp table raw as select row_number() over () + 1 as line, ${cells.join(', ')} from source`;
  await reading(title, () => duck.run(query));
  const loaded = Number((await duck.runAndReadAll('select count(*)::double from raw')).getRows()[0]![0]);
  if (loaded !== records)
    throw invalid(
      `${title}: the reader found ${loaded} rows, a separate count ${records}`,
      'No row may be lost, so the file is refused; save it again with one record a line.',
    );
}

/** A cell of view `source`: trimmed, and null where it is empty or a text that means missing. */
export function cell(name: string, { missing }: TableFormat): string {
  const text = `trim(${ident(name)})`;
  return missing.length === 0
    ? `nullif(${text}, '')`
    : `case when ${text} in ('', ${missing.map(quote).join(', ')}) then null else ${text} end`;
}

/** @throws UtplukkError InvalidInput naming columns that are lacking, or that `user` does not mention */
export function checkColumns(
  title: string,
  found: readonly string[],
  used: readonly string[],
  user: string,
  ignored?: readonly string[],
): void {
  const missing = used.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw invalid(
      `${title} lacks the columns ${listed(missing)} that ${user} names; it has: ${listed(found)}`,
      `Correct ${user}, or the header of the file.`,
    );
  if (ignored === undefined) return;
  const unknown = found.filter((name) => !used.includes(name) && !ignored.includes(name));
  if (unknown.length > 0)
    throw invalid(
      `${user} does not say what ${listed(unknown)} ${unknown.length > 1 ? 'are' : 'is'}`,
      'Give each column a role, or list it under `ignore`.',
    );
}

const LISTED = 30;
const listed = (names: readonly string[]) =>
  names.length <= LISTED ? names.join(', ') : `${names.slice(0, LISTED).join(', ')} and ${names.length - LISTED} more`;
