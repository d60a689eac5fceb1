import type { DuckDBConnection } from '@duckdb/node-api';
import { DATE_FORMATS, type DateFormat, type TableFormat, tableFormatSchema } from '../../domain/import/table-format';
import { type ColumnContent, MOST, type Spellings } from '../../domain/import/table-profile';
import { ident, quote } from '../duckdb/duckdb';
import { isAmount, isDateTime, isExcelError, isNumber, toCivilDay, toNumber, toPlainDay } from './grammar';
import { cell } from './open-table';

/** Texts that usually mean that a value is missing; listed in a mapping only where they stand among figures or days. */
const MISSING = [
  ...[
    'NA',
    'N/A',
    'n/a',
    'na',
    'NaN',
    'nan',
    'NULL',
    'Null',
    'null',
    '(null)',
    '\\N',
    'None',
    'none',
    '-',
    '--',
    '.',
    '?',
  ],
  ...['ukjent', 'Ukjent', 'mangler', 'Mangler', '9999-12-31', '31.12.9999'],
];
/** Rows that are looked at; the whole table is read when the mapping is tried. */
const SAMPLE = 50_000;
/** Different values up to which all of them are told. */
const FEW = 12;
const SPACE = '[ \\x{A0}\\x{202F}]';

const fits = (pattern: string) => `regexp_full_match(v, ${quote(pattern)})`;
const GROUPS = (sign: string) => `[+-]?[1-9]\\d{0,2}(${sign}\\d{3})+`;
const POINT_GROUPS = fits(GROUPS('\\.'));
const COMMA_GROUPS = fits(GROUPS(','));
/** Either sign between thousands, the other one as decimal sign. */
const [POINT_THEN_COMMA, COMMA_THEN_POINT] = [fits(`${GROUPS('\\.')},\\d+`), fits(`${GROUPS(',')}\\.\\d+`)];
const SPACED = fits(`${GROUPS(SPACE)}([.,]\\d+)?`);
const FIGURE = [
  fits('[+-]?\\d*[.,]?\\d+([eE][+-]?\\d{1,3})?'),
  ...[POINT_GROUPS, COMMA_GROUPS, POINT_THEN_COMMA, COMMA_THEN_POINT, SPACED],
].join(' or ');
/** Months of identity numbers; those of test numbers and help numbers have 20, 40, 60 or 80 added. */
const ID_MONTH = '([02468][1-9]|[13579][0-2])';
/** An identity number, maybe in two parts or without its first zero. A point may also be a decimal sign. */
const nationalId = (sign: string) => `([0-7]\\d|[1-9])${ID_MONTH}\\d\\d${sign}\\d{5}`;
const NATIONAL_ID = `${fits('[0-7]\\d{10}')} or ${fits(nationalId('[ \\x{A0}-]?'))}`;
const NATIONAL_ID_OR_FIGURE = fits(nationalId('\\.'));
const decimals = (sign: string) => fits(`[+-]?\\d*${sign}\\d+([eE][+-]?\\d{1,3})?`);
const formatOf = (date: DateFormat, zone?: 'UTC') => tableFormatSchema.parse({ date, ...(zone ? { zone } : {}) });
const asDay = (date: DateFormat) =>
  `(${toPlainDay('v', formatOf(date))} is not null or ${isDateTime('v', formatOf(date, 'UTC'))})`;
/** Days in spellings that no format has too, such as 1.2.24. */
const LOOSE_DAY = (() => {
  const [year, month, day, time] = ['(19|20|21)\\d{2}', '(0?[1-9]|1[0-2])', '(0?[1-9]|[12]\\d|3[01])', '([T ]\\d.*)?'];
  const parts = (first: string, second: string) => `${first}[./-]${second}[./-]((19|20|21)?\\d{2})`;
  return fits(`(${year}[./-]${month}[./-]${day}|${parts(day, month)}|${parts(month, day)})${time}`);
})();
const dateFormats = Object.keys(DATE_FORMATS) as DateFormat[];

const SPELLINGS: Record<string, string> = {
  values: 'true',
  figures: FIGURE,
  point: `${decimals('\\.')} and not ${POINT_GROUPS} or ${COMMA_THEN_POINT} or ${SPACED} and contains(v, '.')`,
  comma: `${decimals(',')} and not ${COMMA_GROUPS} or ${POINT_THEN_COMMA} or ${SPACED} and contains(v, ',')`,
  pointGroups: `${POINT_GROUPS} or ${POINT_THEN_COMMA}`,
  commaGroups: `${COMMA_GROUPS} or ${COMMA_THEN_POINT}`,
  spaceGroups: SPACED,
  bareTimes: `(${dateFormats.map((date) => isDateTime('v', formatOf(date, 'UTC'))).join(' or ')})
    and not (${dateFormats.map((date) => isDateTime('v', formatOf(date))).join(' or ')})`,
  looseDays: LOOSE_DAY,
  ...Object.fromEntries(dateFormats.map((date) => [date, asDay(date)])),
};

/** Creates temp table `sample` from view `source`: rows of the whole file, the same ones whenever it is read. */
export async function createSample(duck: DuckDBConnection, columns: readonly string[], rows: number): Promise<void> {
  const cells = columns.map((name) => `trim(${ident(name)}) as ${ident(name)}`);
  const some = rows > SAMPLE ? `using sample reservoir(${SAMPLE} rows) repeatable (1)` : '';
  await duck.run(`create temp table sample as select ${cells.join(', ')} from source ${some}`);
}

async function oneRow(duck: DuckDBConnection, query: string): Promise<Record<string, unknown>> {
  const reader = await duck.runAndReadAll(query);
  return Object.fromEntries(reader.columnNames().map((name, i) => [name, reader.getRows()[0]![i]]));
}

/** How the values of a column of table `sample` are spelled. */
export async function spellingsOf(duck: DuckDBConnection, name: string): Promise<Spellings> {
  const missing = MISSING.map(quote).join(', ');
  const counts = Object.entries(SPELLINGS).map(([key, when]) => `(count(*) filter (${when}))::int as ${ident(key)}`);
  const row = await oneRow(
    duck,
    `select ${counts.join(', ')} from (select ${ident(name)} as v from sample) where v <> '' and v not in (${missing})
      and not ${isExcelError('v')}`,
  );
  const found = await duck.runAndReadAll(
    `select distinct ${ident(name)} from sample where ${ident(name)} in (${missing})`,
  );
  const of = (key: string) => Number(row[key]);
  return {
    name,
    missing: found.getRows().map(([text]) => String(text)),
    days: Object.fromEntries(dateFormats.map((date) => [date, of(date)])) as Spellings['days'],
    values: of('values'),
    figures: of('figures'),
    point: of('point'),
    comma: of('comma'),
    pointGroups: of('pointGroups'),
    commaGroups: of('commaGroups'),
    spaceGroups: of('spaceGroups'),
    looseDays: of('looseDays'),
    bareTimes: of('bareTimes'),
  };
}

/** What a column of table `sample` holds when it is read by `format`, with the strict grammars of the readers. */
export async function contentOf(duck: DuckDBConnection, name: string, format: TableFormat): Promise<ColumnContent> {
  const zoned: TableFormat = { ...format, zone: format.zone ?? 'Europe/Oslo' };
  const good = `v is not null and not ${isExcelError('v')}`;
  const count = (when: string) => `(count(*) filter (${good} and coalesce(${when}, false)))::int`;
  const row = await oneRow(
    duck,
    `select ${count('true')} as n, count(*)::int as all_rows, (count(distinct v))::int as different,
      coalesce(avg(length(v)), 0)::double as mean_length, ${count(isNumber('v', format))} as numbers,
      ${count(`${toCivilDay('v', zoned)} is not null`)} as days, ${count(isAmount('v', format))} as amounts,
      ${count(fits('0\\d+'))} as leading_zeros, ${count(`(${NATIONAL_ID})`)} as national_ids,
      ${count(NATIONAL_ID_OR_FIGURE)} as ids_or_figures,
      (count(*) filter (${isExcelError('v')}))::int as errors
    from (select ${cell(name, format)} as v from sample)`,
  );
  const of = (key: string) => Number(row[key]);
  const few = of('different') > FEW ? [] : await valuesOf(duck, name, format);
  return {
    name,
    few,
    values: of('n'),
    rows: of('all_rows'),
    distinct: of('different'),
    meanLength: of('mean_length'),
    numbers: of('numbers'),
    days: of('days'),
    amounts: of('amounts'),
    leadingZeros: of('leading_zeros'),
    nationalIds: of('national_ids') + (of('ids_or_figures') >= MOST * of('n') ? of('ids_or_figures') : 0),
    errors: of('errors'),
  };
}

async function valuesOf(duck: DuckDBConnection, name: string, format: TableFormat): Promise<ColumnContent['few']> {
  const reader = await duck.runAndReadAll(
    `select v, count(*)::int as n from (select ${cell(name, format)} as v from sample) where v is not null
      and not ${isExcelError('v')} group by v order by n desc, v`,
  );
  return reader.getRows().map(([value, rows]) => ({ value: String(value), rows: Number(rows) }));
}

/** True where a column of money is empty or 0 wherever an outcome is not positive: what was found, known with it. */
export async function isFoundAmount(
  duck: DuckDBConnection,
  { amount, outcome, positive }: { amount: string; outcome: string; positive: readonly string[] },
  format: TableFormat,
): Promise<boolean> {
  const others = await oneRow(
    duck,
    `select (count(*) filter (${toNumber(cell(amount, format), format)} <> 0))::int as n from sample
      where coalesce(${cell(outcome, format)} not in ('', ${positive.map(quote).join(', ')}), true)`,
  );
  return Number(others['n']) === 0;
}
