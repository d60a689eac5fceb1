import { invalid } from '../errors';

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A moment in UTC in its one spelling, `2024-12-31T23:00:00.000Z`; two equal moments are equal texts. */
export type Instant = Branded<'Instant'>;
/** A day of the calendar, `2024-12-31`, in the payer's time zone. */
export type CivilDate = Branded<'CivilDate'>;
/** The first day of a month, `2024-12-01`; every one is a civil date too. */
export type MonthStart = Branded<'CivilDate'> & Branded<'MonthStart'>;

const INSTANT = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?(?:Z|[+-]\d{2}:\d{2})$/;
const DAY = /^(\d{4})-(\d{2})-(\d{2})$/;
/** Years that a fact of the register can lie in; anything else is a slip of the keyboard. */
const YEARS = { first: 1900, last: 2199 } as const;

/** Whether a text is an existing day of the calendar in the plausible range. */
function isDay(text: string): boolean {
  const [, year = 0, month = 0, day = 0] = DAY.exec(text)?.map(Number) ?? [];
  if (year < YEARS.first || year > YEARS.last || month < 1 || month > 12) return false;
  return day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate();
}

/**
 * Reads an instant at the edge of the system (a file, a command, a request) and gives its one spelling.
 * @param text ISO 8601 with an offset: `2025-01-01T00:00:00Z`, `2025-01-01T01:00+01:00`
 * @param what names the value in the error
 * @throws UtplukkError InvalidInput for anything else: no offset, no existing day, a day before 1900 or after 2199
 */
export function toInstant(text: string, what: string): Instant {
  const [, day, hour, minute, second = '0'] = INSTANT.exec(text) ?? [];
  const at =
    day && isDay(day) && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60 ? new Date(text) : undefined;
  if (at === undefined || Number.isNaN(at.getTime()))
    throw invalid(
      `${what} "${text}" is not an instant`,
      'Give a date, a time and an offset from UTC, such as 2025-01-01T00:00:00Z or 2025-01-01T01:00:00+01:00.',
    );
  return instantOf(at);
}

/** The text of a moment. */
export const instantOf = (at: Date): Instant => at.toISOString() as Instant;

/**
 * Reads a day at the edge of the system.
 * @throws UtplukkError InvalidInput for a text that is no existing day between 1900 and 2199
 */
export function toCivilDate(text: string, what: string): CivilDate {
  if (!isDay(text)) throw invalid(`${what} "${text}" is not a day`, 'Give one such as 2024-02-29.');
  return text as CivilDate;
}
