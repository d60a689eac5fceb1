import { DATE_FORMATS, type TableFormat } from '../../domain/import/table-format';
import { quote } from '../duckdb/duckdb';

/**
 * Strict grammars of the values of tables, as SQL over a text that is trimmed and null where it is missing. All readers
 * share them; DuckDB's own casts are more lenient (`24-03-01` is a day of the year 24, `2.5` the count 3).
 */

/** Largest figure: squares and sums of it stay finite in double precision. */
export const LARGEST_FIGURE = 1e30;
const YEAR = '(19|20|21)\\d{2}';
const MONTH = '(0[1-9]|1[0-2])';
const DAY = '(0[1-9]|[12]\\d|3[01])';
const TIME = '([01]\\d|2[0-3]):[0-5]\\d(:[0-5]\\d(\\.\\d{1,9})?)?';
const OFFSET = '(Z|[+-](0\\d|1[0-4])(:?[0-5]\\d)?)';
/** Texts that Excel shows for a formula that failed, in English and Norwegian: an error, never a value. */
const EXCEL_ERROR =
  '#(N/A|I/T|DIV/0!|REF!|VALUE!|VERDI!|NAME\\?|NAVN\\?|NUM!|TALL!|NULL!|CALC!|SPILL!|GETTING_DATA|' +
  'FIELD!|FELT!|BLOCKED!|CONNECT!|BUSY!|UNKNOWN!|EXTERNAL!|PYTHON!)';

type Sql = string;
const matches = (text: Sql, pattern: string): Sql => `regexp_full_match(${text}, ${quote(pattern)})`;
/** Pattern of the whole part of a number: groups of three digits only where the format states their sign. */
function wholePart({ thousands }: TableFormat, digits = '+'): string {
  if (thousands === undefined) return `\\d${digits}`;
  const sign = thousands === ' ' ? '[ \\x{A0}\\x{202F}]' : `\\${thousands}`;
  return `(\\d{1,3}(${sign}\\d{3})+|\\d${digits})`;
}

const fraction = ({ decimal }: TableFormat) => `\\${decimal}\\d+`;

/** A number's text as SQL can cast it. */
function plain(text: Sql, { decimal, thousands }: TableFormat): Sql {
  const digits =
    thousands === undefined
      ? text
      : `regexp_replace(${text}, ${quote(thousands === ' ' ? '[ \\x{A0}\\x{202F}]' : `\\${thousands}`)}, '', 'g')`;
  return decimal === '.' ? digits : `replace(${digits}, ',', '.')`;
}

export const isExcelError = (text: Sql): Sql => matches(text, EXCEL_ERROR);

/** True for a number that is finite and not larger than `LARGEST_FIGURE`. */
export const isNumber = (text: Sql, format: TableFormat): Sql =>
  `(${matches(text, `[+-]?(${wholePart(format)}(${fraction(format)})?|${fraction(format)})([eE][+-]?\\d{1,3})?`)}
    and coalesce(abs(try_cast(${plain(text, format)} as double)) <= ${LARGEST_FIGURE}, false))`;
export const toNumber = (text: Sql, format: TableFormat): Sql => `try_cast(${plain(text, format)} as double)`;

/** True for an amount that is not negative, in kroner with at most two decimals. */
export const isAmount = (text: Sql, format: TableFormat): Sql =>
  `(${matches(text, `${wholePart(format, '{1,13}')}(\\${format.decimal}\\d{1,2})?`)}
    and try_cast(${plain(text, format)} as decimal(15, 2)) is not null)`;
/** Integer øre of an amount, through decimals, never floating point. */
export const toOre = (text: Sql, format: TableFormat): Sql =>
  `cast(cast(${plain(text, format)} as decimal(18, 2)) * 100 as bigint)`;

/** True for a number with a sign and at most so many decimals, which fits `decimal(18, 6)`. */
export const isDecimal = (text: Sql, format: TableFormat, decimals: number): Sql =>
  matches(
    text,
    `[+-]?${wholePart(format, '{1,12}')}${decimals === 0 ? '' : `(\\${format.decimal}\\d{1,${decimals}})?`}`,
  );
export const toDecimal = (text: Sql, format: TableFormat): Sql => `try_cast(${plain(text, format)} as decimal(18, 6))`;

/** A whole number from 1 on, without a sign, a decimal or an exponent. */
export const isCount = (text: Sql, digits: number): Sql => matches(text, `[1-9]\\d{0,${digits - 1}}`);

const datePattern = ({ date }: TableFormat) =>
  DATE_FORMATS[date].pattern.replace('YYYY', YEAR).replace('MM', MONTH).replace('DD', DAY);
const dateLength = ({ date }: TableFormat) => date.length;

function isoDay(text: Sql, { date }: TableFormat): Sql {
  if (date === 'yyyy-mm-dd') return `substr(${text}, 1, 10)`;
  const { year, month, day } = DATE_FORMATS[date];
  return `substr(${text}, ${year}, 4) || '-' || substr(${text}, ${month}, 2) || '-' || substr(${text}, ${day}, 2)`;
}

/** An existing day of the years 1900 to 2199, otherwise null. */
export const toPlainDay = (text: Sql, format: TableFormat): Sql =>
  `case when ${matches(text, datePattern(format))} then try_cast(${isoDay(text, format)} as date) end`;

const timeOf = (text: Sql, format: TableFormat) => `substr(${text}, ${dateLength(format) + 2})`;

/** True for a date and time, with an offset unless the format states the zone of those without. */
export const isDateTime = (text: Sql, format: TableFormat): Sql =>
  `(${matches(text, `${datePattern(format)}[T ]${TIME}( ?${OFFSET})${format.zone === undefined ? '' : '?'}`)}
    and try_cast(${isoDay(text, format)} as date) is not null)`;

/** The clock's date and time as written, of a text for which `isDateTime` holds. */
export const toClockTime = (text: Sql, format: TableFormat): Sql =>
  `try_cast(${isoDay(text, format)} || ' ' || regexp_extract(${timeOf(text, format)}, '^[0-9:.]+') as timestamp)`;

/** Minutes east of UTC as written; null for a date-time without an offset that stands for Norwegian civil time. */
export function toOffsetMinutes(text: Sql, format: TableFormat): Sql {
  const offset = `regexp_extract(${timeOf(text, format)}, ${quote(`${OFFSET}$`)})`;
  const minutes = `coalesce(try_cast(regexp_extract(${offset}, '^...:?(..)$', 1) as integer), 0)`;
  return `case when ${offset} = 'Z' then 0
    when ${offset} <> '' then (case when ${offset}[1] = '-' then -1 else 1 end)
      * (60 * cast(substr(${offset}, 2, 2) as integer) + ${minutes})
    ${format.zone === 'UTC' ? 'else 0' : ''} end`;
}

/**
 * The payer's civil day of a day or a date-time, otherwise null. Norwegian civil time without an offset has its day as
 * written.
 */
export function toCivilDay(text: Sql, format: TableFormat): Sql {
  const clock = toClockTime(text, format);
  const minutes = toOffsetMinutes(text, format);
  return `case when length(${text}) = ${dateLength(format)} then ${toPlainDay(text, format)}
    when ${isDateTime(text, format)} then case when ${minutes} is null then cast(${clock} as date)
      else cast(timezone('Europe/Oslo', timezone('UTC', ${clock} - to_minutes(${minutes}))) as date) end end`;
}

/** What a day and a date-time are expected to look like, for messages. */
export const expectedDay = ({ date, zone }: TableFormat): string =>
  `expected an existing day written ${date}, or a date-time with its offset` +
  (zone === undefined ? '' : ` or in ${zone}`);
export const expectedDateTime = ({ date, zone }: TableFormat): string =>
  zone === undefined
    ? `expected an existing date (${date}) and time with its offset, such as 2024-03-01T10:15:00+01:00; ` +
      'without one, state `format.zone`'
    : `expected an existing date (${date}) and time, such as 2024-03-01T10:15:00`;
