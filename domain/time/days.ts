import type { CivilDate, MonthStart } from './instant';
const DAY_MS = 86_400_000;

/** The day so many months later (YYYY-MM-DD), or the last day of that month if it is shorter. */
export function addMonths(day: string, months: number): CivilDate {
  const [year = 0, month = 1, dom = 1] = day.split('-').map(Number);
  const index = year * 12 + (month - 1) + months;
  const y = Math.floor(index / 12);
  const m = (index % 12) + 1;
  const last = new Date(Date.UTC(y, m, 0)).getUTCDate();
  const two = (number: number) => String(number).padStart(2, '0');
  return `${String(y).padStart(4, '0')}-${two(m)}-${two(Math.min(dom, last))}` as CivilDate;
}

/** The day so many days later (YYYY-MM-DD). */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** First day of the month of a day (YYYY-MM-DD). */
export const monthStart = (day: string): MonthStart => `${day.slice(0, 7)}-01` as MonthStart;
