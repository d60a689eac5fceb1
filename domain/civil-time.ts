/**
 * Civil time in Norway. Instants are UTC everywhere; the civil day and minute of the day are derived once, at load, and
 * stored. Offsets come from Intl, asked once for each hour that occurs.
 */
const OSLO = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Oslo',
  year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
}); // prettier-ignore
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
  readonly day: string;
  /** 0 to 1439. */
  readonly minuteOfDay: number;
}

export function civilTime(instantMs: number): CivilTime {
  const local = new Date(instantMs + offsetMs(instantMs));
  return { day: local.toISOString().slice(0, 10), minuteOfDay: local.getUTCHours() * 60 + local.getUTCMinutes() };
}

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2})?$/;

/**
 * Parses an ISO instant; a text without an offset is Norwegian civil time, as practices write it. In the hour that
 * occurs twice in autumn the first (summer time) reading is taken; in the hour that spring skips, the clock runs on.
 * @returns milliseconds since 1970 UTC, or undefined when the text is no existing date and time
 */
export function parseInstant(text: string): number | undefined {
  const match = ISO.exec(text);
  if (!match) return undefined;
  const day = text.slice(0, 10);
  const ms = Date.parse(match[3] ? text : `${text}Z`);
  if (Number.isNaN(ms) || Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return undefined;
  if (new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day) return undefined; // 30 February rolls over
  if (match[3]) return ms;
  const summer = ms - offsetMs(ms - 2 * HOUR_MS);
  return summer + offsetMs(summer) === ms ? summer : ms - offsetMs(ms - HOUR_MS);
}
