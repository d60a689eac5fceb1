import { type DateFormat, DATE_FORMATS, type TableFormat } from './table-format';

/** Share of the values of a column that must be of a kind for the column to be of that kind; the others are refused. */
export const MOST = 0.95;

/** How the values of one column are written, before decimal sign and date format are chosen: counts of spellings. */
export interface Spellings {
  readonly name: string;
  /** Values that are neither empty nor a text that means missing. */
  readonly values: number;
  /** Texts found that usually mean missing. */
  readonly missing: readonly string[];
  /** Numbers in any spelling. */
  readonly figures: number;
  /** Numbers whose point, or comma, can only be a decimal sign. */
  readonly point: number;
  readonly comma: number;
  /** Numbers such as 89.640 or 1.234.567: groups of three digits after a point, or a comma. */
  readonly pointGroups: number;
  readonly commaGroups: number;
  readonly spaceGroups: number;
  /** Days, alone or with a time, by format. */
  readonly days: Readonly<Record<DateFormat, number>>;
  /** Days in any spelling but eight digits, those of no format among them. */
  readonly looseDays: number;
  /** Date-times without an offset. */
  readonly bareTimes: number;
}

/** What one column holds, read by a format. */
export interface ColumnContent {
  readonly name: string;
  readonly values: number;
  readonly rows: number;
  readonly distinct: number;
  readonly meanLength: number;
  readonly numbers: number;
  readonly days: number;
  readonly amounts: number;
  /** Whole numbers that begin with a zero, as ids and codes do. */
  readonly leadingZeros: number;
  /** Identity numbers of persons, however they are spelled. */
  readonly nationalIds: number;
  /** Errors of formulas. */
  readonly errors: number;
  /** The values with their rows, most frequent first, where there are few. */
  readonly few: readonly { readonly value: string; readonly rows: number }[];
}

type Chosen = Pick<TableFormat, 'decimal' | 'date' | 'missing'> & Partial<Pick<TableFormat, 'thousands'>>;
/** A format of the values, and what a person must decide about it. */
export interface FormatSuggestion {
  readonly format: Chosen;
  readonly undecided: readonly string[];
}

const most = (n: number, of: number) => of > 0 && n >= MOST * of;
const DATE_NAME = /dato|date|dag|day|fra|til|from|until|tid|time/i;

/** The decimal sign, date format and missing texts that fit the columns of a table. */
export function suggestFormat(columns: readonly Spellings[]): FormatSuggestion {
  const undecided: string[] = [];
  const days = columns.filter(({ values, days: counts }) => Object.values(counts).some((n) => most(n, values)));
  const { date, both } = dateFormatOf(days);
  if (both) undecided.push('format.date: all days could be dd/mm/yyyy or mm/dd/yyyy; state the right one');
  const others = columns.filter((column) => isOtherDay(column, date));
  if (others.length > 0)
    undecided.push(
      `format.date: ${listed(others)} ${others.length > 1 ? 'hold' : 'holds'} days that are not written ${date}; a ` +
        'table has one format, so correct the file, or list them under `ignore`',
    );
  const figures = columns.filter(({ figures: n, values }) => most(n, values));
  const [points, commas] = [figures.filter((c) => c.point > 0), figures.filter((c) => c.comma > 0)];
  const decimal = commas.length > points.length ? ',' : '.';
  if (points.length > 0 && commas.length > 0)
    undecided.push(
      `format.decimal: a point in ${listed(points)}, a comma in ${listed(commas)}; a table has one decimal sign, ` +
        'so correct the file',
    );
  const sign = decimal === ',' ? '.' : ',';
  const groups = (column: Spellings, of: string) => (of === '.' ? column.pointGroups : column.commaGroups);
  const sure = points.length + commas.length > 0;
  const unclear = figures.filter(
    (column) =>
      (groups(column, decimal) > 0 && (decimal === ',' ? column.comma : column.point) === 0) ||
      (!sure && groups(column, sign) > 0),
  );
  if (unclear.length > 0)
    undecided.push(
      `format.thousands: every sign in the numbers of ${listed(unclear)} has three digits behind it; is it the ` +
        'decimal sign, or does it stand between thousands (then it is `thousands`, and `decimal` the other sign)?',
    );
  const grouped = sure && figures.some((column) => groups(column, sign) > 0);
  const spaced = figures.some(({ spaceGroups }) => spaceGroups > 0);
  if (grouped && spaced) undecided.push('format.thousands: both blanks and other signs stand between thousands');
  const thousands = grouped ? sign : spaced ? ' ' : undefined;
  const missing = [...new Set([...figures, ...days].flatMap((column) => column.missing))].sort();
  return { format: { decimal, date, missing, ...(thousands === undefined ? {} : { thousands }) }, undecided };
}

const LISTED = 5;
const listed = (columns: readonly { readonly name: string }[]) => {
  const names = columns.slice(0, LISTED).map(({ name }) => name);
  return names.join(', ') + (columns.length > LISTED ? ` and ${columns.length - LISTED} more` : '');
};

function dateFormatOf(columns: readonly Spellings[]): { date: DateFormat; both: boolean } {
  const formats = Object.keys(DATE_FORMATS) as DateFormat[];
  const counts = formats.map((format) => ({
    format,
    // Eight digits are a day only where the column's name says so.
    columns: columns.filter(
      ({ name, values, days }) => most(days[format], values) && (format !== 'yyyymmdd' || DATE_NAME.test(name)),
    ).length,
  }));
  const best = counts.reduce((a, b) => (b.columns > a.columns ? b : a));
  const us = counts.find(({ format }) => format === 'mm/dd/yyyy')!;
  return { date: best.format, both: best.format === 'dd/mm/yyyy' && us.columns === best.columns };
}

/** Whether a column holds days, but not in the format that was chosen. */
function isOtherDay({ name, values, days, looseDays }: Spellings, date: DateFormat): boolean {
  if (most(days[date], values)) return false;
  return most(looseDays, values) || (DATE_NAME.test(name) && most(days.yyyymmdd, values));
}

export type Kind = 'numeric' | 'categorical' | 'date' | 'empty' | 'ids' | 'text';
/** Names of columns whose digits are a code and no figure. */
const CODE_NAME = /(nr|nummer|kode|code|_?id|postnr|kommune|orgnr|hpr|license|takst|tariff)$/i;
const FREE_TEXT_LENGTH = 30;
const MANY_VALUES = 200;

/** What a column is by its values and, where digits can be a code, by its name. */
export function kindOf(column: ColumnContent): Kind {
  const { values, distinct, meanLength } = column;
  if (values === 0) return 'empty';
  if (column.nationalIds > 0) return 'ids';
  if (most(column.days, values) && (!most(column.numbers, values) || DATE_NAME.test(column.name))) return 'date';
  const code = column.leadingZeros > 0 || CODE_NAME.test(column.name);
  if (most(column.numbers, values) && !code) return 'numeric';
  if (distinct > 0.5 * values && meanLength > FREE_TEXT_LENGTH) return 'text';
  return distinct > MANY_VALUES && distinct > 0.2 * values ? 'ids' : 'categorical';
}
