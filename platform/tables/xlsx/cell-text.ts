import type { DateFormat, TableFormat } from '../../../domain/import/table-format';
import type { NumberStyle } from './workbook';

const DAY_MS = 86_400_000;
/** Days from Excel's day 0 to 1 January 1970. Before day 61 Excel counts a 29 February 1900 that never was. */
const EPOCH_DAY = 25_569;
const [FIRST_DAY, LAST_DAY] = [61, 2_958_465];
const DAYS_TO_1904 = 1462;
/** What Excel shows for a date that is none: an error, so that readers refuse it. */
const NO_DATE = '#NUM!';

/** A number of a workbook as the text that `format` would have it written. */
export function numberText(
  raw: string,
  style: NumberStyle,
  { from1904, decimal, date }: Pick<TableFormat, 'decimal' | 'date'> & { readonly from1904: boolean },
): string {
  const number = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(number)) return raw;
  if (style === 'day') return dayText(number + (from1904 ? DAYS_TO_1904 : 0), date);
  if (style === 'time') return number >= 0 && number < 1 ? timeText(Math.round(number * DAY_MS)) : NO_DATE;
  // An id that a number cannot hold is kept as it stands.
  if (style === 'number' && /^-?\d+$/.test(raw) && !Number.isSafeInteger(number)) return raw;
  // The shortest text of the same number: Excel writes 3.14 as 3.1400000000000001.
  const text = String(number === 0 ? 0 : number);
  if (typeof style === 'object') return /^\d+$/.test(text) ? text.padStart(style.digits, '0') : text;
  return decimal === '.' ? text : text.replace('.', ',');
}

function dayText(serial: number, date: DateFormat): string {
  if (serial < FIRST_DAY || serial >= LAST_DAY + 1) return NO_DATE;
  const ms = Math.round((serial - EPOCH_DAY) * DAY_MS);
  const written = writtenDay(new Date(ms).toISOString().slice(0, 10), date);
  const time = ((ms % DAY_MS) + DAY_MS) % DAY_MS;
  return time === 0 ? written : `${written} ${timeText(time)}`;
}

/** A day written yyyy-mm-dd in another format. */
export function writtenDay(iso: string, date: DateFormat): string {
  const [year = '', month = '', day = ''] = iso.split('-');
  return date.replace('yyyy', year).replace('mm', month).replace('dd', day);
}

function timeText(ms: number): string {
  const text = new Date(ms).toISOString().slice(11, 23);
  return text.endsWith('.000') ? text.slice(0, 8) : text;
}

/** A date cell of ISO 8601 text (`2024-03-01T00:00:00`), which few programs write. */
export function isoText(raw: string, date: DateFormat): string {
  const [day = '', time = ''] = raw.split('T');
  if (!/^\d{4}-\d\d-\d\d$/.test(day)) return raw;
  return time === '' || /^00:00(:00(\.0+)?)?$/.test(time) ? writtenDay(day, date) : `${writtenDay(day, date)} ${time}`;
}
