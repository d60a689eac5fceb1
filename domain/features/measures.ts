import type { Measure } from './types';

const sum = (name: string, sql: string): Measure => ({ name, sql, combine: 'sum' });
const lines = (kind: string) => `coalesce(sum(b.n_${kind}), 0)`;

/** Largest believable working day in minutes; more is counted, not judged. */
export const LONG_DAY_MINUTES = 12 * 60;

export const MEASURES: readonly Measure[] = [
  sum('bills', 'count(*)'),
  sum('credits', 'count(*) filter (b.is_credit)'),
  sum('amount_ore', 'sum(b.amount_ore)'),
  sum('copay_ore', 'sum(b.copay_ore)'),
  sum('lines', 'sum(b.n_lines)'),
  sum('minutes', 'sum(b.minutes)'),
  sum('patients', 'count(distinct b.patient_key)'),
  sum('days', 'count(distinct b.civil_day)'),
  sum('weekend_bills', 'count(*) filter (isodow(b.civil_day) >= 6)'),
  sum('evening_bills', 'count(*) filter (b.minute_of_day >= 1080 or b.minute_of_day < 360)'),
  sum('stamps_2359', 'count(*) filter (b.minute_of_day = 1439)'),
  sum('diagnoses', 'count(distinct b.diagnosis)'),
  sum('lag_days', "sum(date_diff('day', b.civil_day, cast(b.known_from as date)))"),
  sum('simple_contacts', lines('simple_contact')),
  sum('consultations', lines('consultation')),
  sum('e_consultations', lines('e_consultation')),
  sum('visits', lines('visit')),
  sum('time_add_ons', lines('time_add_on')),
  sum('add_on_repetitions', 'coalesce(sum(b.add_on_repetitions), 0)'),
  sum('procedures', lines('procedure')),
  sum('labs', lines('lab')),
  sum('group_lines', lines('group')),
  sum('overlaps', 'count(*) filter (b.overlaps)'),
  sum('rule_hits', 'coalesce(sum(b.rule_hits), 0)'),
  sum('rejections', 'coalesce(sum(b.rejections), 0)'),
  sum('rejected_ore', 'coalesce(sum(b.rejected_ore), 0)'),
];

/** Measures of days, joined to the monthly ones. */
export const DAY_MEASURES: readonly Measure[] = [
  { name: 'max_day_minutes', sql: 'max(d.minutes)', combine: 'max' },
  { name: 'max_day_bills', sql: 'max(d.bills)', combine: 'max' },
  sum('long_days', `count(*) filter (d.minutes > ${LONG_DAY_MINUTES})`),
];
