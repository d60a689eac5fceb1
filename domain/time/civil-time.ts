import type { CivilDate } from './instant';
/**
 * Civil time in Norway. Instants are UTC everywhere; the civil day and minute of the day are derived once, at load, and
 * stored. Offsets come from Intl, asked once for each hour that occurs.
 */
const OSLO = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Oslo',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const HOUR_MS = 3_600_000;
const offsets = new Map<number, number>();

function offsetMs(instantMs: number): number {
  const hour = Math.floor(instantMs / HOUR_MS);
  let offset = offsets.get(hour);
  if (offset === undefined) {
    const at = hour * HOUR_MS;
    const part = Object.fromEntries(OSLO.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
    offset = Date.UTC(part.year!, part.month! - 1, part.day, part.hour, part.minute, part.second) - at;
    offsets.set(hour, offset);
  }
  return offset;
}

export interface CivilTime {
  /** ISO day in Europe/Oslo. */
  readonly day: CivilDate;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
}

const DAY_MS = 24 * HOUR_MS;
const dayTexts = new Map<number, CivilDate>();

export function civilTime(instantMs: number): CivilTime {
  const local = instantMs + offsetMs(instantMs);
  const dayNumber = Math.floor(local / DAY_MS);
  let day = dayTexts.get(dayNumber);
  if (day === undefined) dayTexts.set(dayNumber, (day = new Date(local).toISOString().slice(0, 10) as CivilDate));
  return { day, minuteOfDay: Math.floor((local - dayNumber * DAY_MS) / 60_000) };
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:(Z)|([+-])(\d{2}):(\d{2}))?$/;

/** Days and instants of other years are slips of the pen: 0022 for 2022, 9999 for no end. */
export const [FIRST_YEAR, LAST_YEAR] = [1900, 2199] as const;

/**
 * Parses an ISO instant; a text without an offset is Norwegian civil time, as practices write it. In the hour that
 * occurs twice in autumn the first (summer time) reading is taken; in the hour that spring skips, the clock runs on.
 * @returns milliseconds since 1970 UTC, or undefined when the text is no existing date and time of the years
 *   1900 to 2199, or its offset is beyond 14:59
 */
export function parseInstant(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second = '0', fraction = '', zulu, sign, offsetHours, offsetMinutes] = match;
  const [mo, d, h, mi, s] = [Number(month), Number(day), Number(hour), Number(minute), Number(second)];
  if (
    Number(year) < FIRST_YEAR ||
    Number(year) > LAST_YEAR ||
    mo < 1 ||
    mo > 12 ||
    d < 1 ||
    d > new Date(Date.UTC(Number(year), mo, 0)).getUTCDate() ||
    h > 23 ||
    mi > 59 ||
    s > 59
  )
    return undefined;
  const local = Date.UTC(Number(year), mo - 1, d, h, mi, s, Number(fraction.slice(0, 3).padEnd(3, '0')));
  if (zulu) return local;
  if (sign) {
    if (Number(offsetHours) > 14 || Number(offsetMinutes) > 59) return undefined;
    const offset = (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
    return sign === '+' ? local - offset : local + offset;
  }
  return local - offsetMs(local - 2 * HOUR_MS);
}

/**
 * When the offset from UTC changed in Norway, for set-based reading: UTC instants as text and minutes from then on, the
 * first one holding from long before.
 */
export function offsetChanges(fromYear: number, untilYear: number): { since: string; minutes: number }[] {
  const text = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
  const changes = [{ since: '0001-01-01 00:00:00', minutes: offsetMs(Date.UTC(fromYear, 0, 1)) / 60_000 }];
  for (let at = Date.UTC(fromYear, 0, 1); at < Date.UTC(untilYear, 0, 1); at += HOUR_MS) {
    const month = new Date(at).getUTCMonth();
    if (month !== 2 && month !== 9) continue; // the law knows only the last Sundays of March and October
    const minutes = offsetMs(at) / 60_000;
    if (minutes !== changes.at(-1)!.minutes) changes.push({ since: text(at), minutes });
  }
  return changes;
}
