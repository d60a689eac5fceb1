import { invalid } from '../errors';
import { civilTime, parseInstant } from './civil-time';
import { addDays } from './days';

/**
 * Times of a schedule: five fields in Norwegian civil time, read as Temporal reads them, so that what is shown here is
 * what happens there. A day must match the day of the month and the weekday, where both are given. Of a time that
 * occurs twice in autumn the second counts; a time that spring skips does not come.
 */
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
const FIELDS = [
  { name: 'minute', first: 0, last: 59, names: [] },
  { name: 'hour', first: 0, last: 23, names: [] },
  { name: 'day of the month', first: 1, last: 31, names: [] },
  { name: 'month', first: 1, last: 12, names: MONTHS },
  { name: 'weekday', first: 0, last: 7, names: WEEKDAYS },
] as const;
/** 29 February on a given weekday comes once in 28 years, or in 40 across a year such as 2100. */
const LONGEST_WAIT_YEARS = 41;
const HOUR_MS = 3_600_000;
const DAYS_A_YEAR = 366;

type Field = (typeof FIELDS)[number];

export interface ScheduleTimes {
  /** The first times after the start. */
  readonly next: readonly Date[];
  /** The first time that the clock of spring skips, as civil time (`2027-03-28T02:30`). */
  readonly skipped: string | undefined;
  /** The first time that occurs twice in autumn, as civil time. */
  readonly doubled: string | undefined;
}

/**
 * When a schedule of five cron fields runs.
 * @param after only times later than this count
 * @param count how many of the next times are given
 * @throws UtplukkError InvalidInput for fields that are none, or times that never come, such as 30 February
 */
export function scheduleTimes(cron: string, after: Date, count = 3): ScheduleTimes {
  const sets = readFields(cron);
  const next: Date[] = [];
  let [skipped, doubled]: (string | undefined)[] = [];
  const first = civilTime(after.getTime()).day;
  for (let i = 0; i < LONGEST_WAIT_YEARS * DAYS_A_YEAR; i++) {
    if (next.length === count && (i > 10 * DAYS_A_YEAR || (skipped && doubled))) break;
    const day = addDays(first, i);
    const isChange = changesClock(day);
    if (!matches(day, sets) || (next.length === count && !isChange)) continue;
    for (const text of timesOf(day, sets)) {
      const { at, twice } = occurrence(text);
      if (at !== undefined && at <= after.getTime()) continue;
      if (at === undefined) skipped ??= text;
      else if (next.length < count) next.push(new Date(at));
      if (twice) doubled ??= text;
      if (next.length === count && !isChange) break;
    }
  }
  if (next.length === 0)
    throw invalid(`the schedule "${cron}" never comes: no such day or time is in the calendar`, ADVICE);
  return { next, skipped, doubled };
}

const ADVICE =
  'Give minute, hour, day of the month, month and weekday, such as `0 0 1 * *` for midnight on the first of each ' +
  'month (Norwegian time).';

function readFields(cron: string): Set<number>[] {
  const texts = cron.split(' ');
  if (texts.length !== FIELDS.length)
    throw invalid(`the schedule "${cron}" has ${texts.length} fields where five are expected`, ADVICE);
  return FIELDS.map((field, i) => {
    const values = new Set(texts[i]!.split(',').flatMap((part) => readPart(part, field, cron)));
    if (field.name === 'weekday' && values.delete(7)) values.add(0);
    return values;
  });
}

/** Values of `*`, `3`, `1-5` or one of them with a step (`*` + `/15`, `3/2`: every second from 3 on). */
function readPart(part: string, field: Field, cron: string): number[] {
  const refuse = (): never => {
    const range = `${field.first} to ${field.last}`;
    throw invalid(`the schedule "${cron}" has the ${field.name} "${part}", expected ${range}`, ADVICE);
  };
  const [, from = '', to, step] = /^(\*|\w+)(?:-(\w+))?(?:\/(\d{1,2}))?$/.exec(part) ?? refuse();
  if (from === '*' && to !== undefined) refuse();
  const number = (text: string): number => {
    const named = (field.names as readonly string[]).indexOf(text.toLowerCase());
    const value = named >= 0 ? named + (field.name === 'month' ? 1 : 0) : /^\d{1,2}$/.test(text) ? Number(text) : -1;
    return value >= field.first && value <= field.last ? value : refuse();
  };
  const begin = from === '*' ? field.first : number(from);
  const end = to !== undefined ? number(to) : from === '*' || step !== undefined ? field.last : begin;
  const by = step === undefined ? 1 : Number(step);
  if (end < begin || by < 1) refuse();
  return Array.from({ length: Math.floor((end - begin) / by) + 1 }, (_, i) => begin + i * by);
}

function matches(day: string, [, , days, months, weekdays]: readonly Set<number>[]): boolean {
  return (
    months!.has(Number(day.slice(5, 7))) &&
    days!.has(Number(day.slice(8))) &&
    weekdays!.has(new Date(`${day}T00:00:00Z`).getUTCDay())
  );
}

function* timesOf(day: string, [minutes, hours]: readonly Set<number>[]): Generator<string> {
  const two = (value: number) => String(value).padStart(2, '0');
  const sorted = (values: ReadonlySet<number>) => [...values].sort((a, b) => a - b);
  for (const hour of sorted(hours!)) for (const minute of sorted(minutes!)) yield `${day}T${two(hour)}:${two(minute)}`;
}

/** Whether the clock changes on a day: the law knows Sundays at the end of March and October. */
function changesClock(day: string): boolean {
  const month = day.slice(5, 7);
  if (month !== '03' && month !== '10') return false;
  return parseInstant(`${day}T23:00`)! - parseInstant(`${day}T00:00`)! !== 23 * HOUR_MS;
}

/** The moment of a civil time; undefined where the clock skips it. */
function occurrence(text: string): { at: number | undefined; twice: boolean } {
  const shows = (ms: number) => {
    const { day, minuteOfDay } = civilTime(ms);
    return day === text.slice(0, 10) && minuteOfDay === Number(text.slice(11, 13)) * 60 + Number(text.slice(14));
  };
  const first = parseInstant(text)!;
  if (!shows(first)) return { at: undefined, twice: false };
  return shows(first + HOUR_MS) ? { at: first + HOUR_MS, twice: true } : { at: first, twice: false };
}

/** What a person must know of the times in the hours in which the clock changes. */
export function clockChangeNotes({ skipped, doubled }: ScheduleTimes): string[] {
  const said = (text: string) => `${text.slice(11)} on ${text.slice(0, 10)}`;
  return [
    ...(skipped === undefined
      ? []
      : [`${said(skipped)} does not exist, since the clock goes from 02:00 to 03:00: no run starts then`]),
    ...(doubled === undefined
      ? []
      : [`${said(doubled)} occurs twice, since the clock goes from 03:00 to 02:00: the run starts the second time`]),
  ];
}
