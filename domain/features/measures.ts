import { TARIFF_KINDS } from '../reference/tariffs';
import type { Measure, MeasureTable } from './types';

const sum = (name: string, sql: string): Measure => ({ name, sql, combine: 'sum' });
const when = (name: string, condition: string): Measure =>
  sum(name, `count(*) filter (not b.is_credit and (${condition}))`);
const max = (name: string, sql: string): Measure => ({ name, sql, combine: 'max' });
export const kindColumn = (kind: string): string => kind.replaceAll('-', '_');

/** Working day in minutes beyond which a day counts as long. Counting it says nothing of whether it was right. */
export const LONG_DAY_MINUTES = 12 * 60;
/** Days from treatment to submission beyond which a bill counts as late; six months are allowed (§ 22-13). */
export const LATE_DAYS = 60;

const LINE_COUNTS_OF: readonly Measure[] = TARIFF_KINDS.map((kind) =>
  sum(`${kindColumn(kind)}_lines`, `coalesce(sum(b.n_${kindColumn(kind)}), 0)`),
);
const AMOUNTS_OF: readonly Measure[] = (['consultation', 'time-add-on', 'procedure', 'lab', 'visit'] as const).map(
  (kind) => sum(`${kindColumn(kind)}_ore`, `coalesce(sum(b.ore_${kindColumn(kind)}), 0)`),
);

/**
 * Measures of a provider, month of service and month of receipt. `b` is a bill joined with sums of its lines and rule
 * hits, and with what was known of the patient when the bill was received.
 */
export const BILL_MEASURES: readonly Measure[] = [
  when('bills', 'true'),
  sum('credits', 'count(*) filter (b.is_credit)'),
  sum('amount_ore', 'coalesce(sum(case when b.is_credit then -b.amount_ore else b.amount_ore end), 0)'),
  sum('credited_ore', 'coalesce(sum(b.amount_ore) filter (b.is_credit), 0)'),
  sum('copay_ore', 'coalesce(sum(b.copay_ore) filter (not b.is_credit), 0)'),
  when('copay_free_bills', 'b.copay_ore = 0'),
  sum('lines', 'coalesce(sum(b.n_lines), 0)'),
  sum('minutes', 'coalesce(sum(b.minutes) filter (not b.is_credit), 0)'),
  ...LINE_COUNTS_OF,
  ...AMOUNTS_OF,
  sum('add_on_repetitions', 'coalesce(sum(b.add_on_repetitions), 0)'),
  sum('excess_repetition_lines', 'coalesce(sum(b.excess_repetitions), 0)'),
  when('e_consultations_with_time', 'b.n_e_consultation > 0 and b.n_time_add_on > 0'),
  when('many_line_bills', 'b.n_lines >= 5'),
  when('weekend_bills', 'isodow(b.civil_day) >= 6'),
  when('evening_bills', 'b.minute_of_day >= 1080 or b.minute_of_day < 360'),
  when('stamps_2359', 'b.minute_of_day = 1439'),
  when('stamps_on_the_hour', 'b.minute_of_day % 60 = 0'),
  when('substitute_bills', 'b.performed_by is not null'),
  when('dead_patient_bills', 'b.died < b.civil_day'),
  when('abroad_patient_bills', 'b.emigrated < b.civil_day'),
  when('own_list_bills', 'b.list_provider = b.provider_id'),
  when('other_list_bills', 'b.list_provider <> b.provider_id'),
  when('other_municipality_bills', 'b.patient_municipality <> b.provider_municipality'),
  when('no_diagnosis_bills', 'b.diagnosis is null'),
  when('mental_bills', "b.diagnosis like 'P%'"),
  when('same_day_contacts', 'b.same_day_nth > 1'),
  when('simple_after_consultation', 'b.n_simple_contact > 0 and b.same_day_consultation'),
  sum(
    'lag_days',
    "coalesce(sum(date_diff('day', b.civil_day, cast(b.known_from as date))) filter (not b.is_credit), 0)",
  ),
  when('late_bills', `date_diff('day', b.civil_day, cast(b.known_from as date)) > ${LATE_DAYS}`),
  sum('rule_hits', 'coalesce(sum(b.rule_hits), 0)'),
  sum('rejections', 'coalesce(sum(b.rejections), 0)'),
  sum('curtailments', 'coalesce(sum(b.curtailments), 0)'),
  sum('rejected_ore', 'coalesce(sum(b.rejected_ore), 0)'),
  max('largest_bill_ore', 'coalesce(max(b.amount_ore) filter (not b.is_credit), 0)'),
];

/**
 * Measures of days: `d` is a day of one performer, as known in the month of receipt. Each is one aggregate, so that it
 * can be kept to the days of a window.
 */
export const DAY_MEASURES: readonly Measure[] = [
  sum('days', 'count(*)'),
  max('max_day_minutes', 'coalesce(max(d.minutes), 0)'),
  max('max_day_bills', 'coalesce(max(d.bills), 0)'),
  sum('long_days', `count(*) filter (d.minutes > ${LONG_DAY_MINUTES})`),
  sum('overlap_minutes', 'coalesce(sum(d.overlap_minutes), 0)'),
  sum('overlap_days', 'count(*) filter (d.overlap_minutes >= 30)'),
  sum('overlapping_bills', 'coalesce(sum(d.overlapping), 0)'),
  sum('same_minute_days', 'count(*) filter (d.same_minute > 0)'),
  sum('same_minute_bills', 'coalesce(sum(d.same_minute), 0)'),
  sum('visit_stack_days', 'count(*) filter (d.visits >= 4)'),
];

/** Measures of prescriptions: `p` is a prescription. */
export const PRESCRIPTION_MEASURES: readonly Measure[] = [
  sum('prescriptions', 'count(*)'),
  sum('prescribed_packages', 'coalesce(sum(p.packages), 0)'),
  sum('generic_reservations', 'count(*) filter (p.generic_reservation)'),
  sum('migraine_prescriptions', "count(*) filter (p.atc like 'N02C%')"),
  sum('glp1_prescriptions', "count(*) filter (p.atc like 'A10BJ%')"),
];

/** Measures of dispensings: `p` is a dispensing joined with the packages its prescription ordered. */
export const DISPENSING_MEASURES: readonly Measure[] = [
  sum('dispensings', 'count(*)'),
  sum('dispensed_packages', 'coalesce(sum(p.packages), 0)'),
  sum('ordered_packages', 'coalesce(sum(p.ordered), 0)'),
  sum('surplus_dispensings', 'count(*) filter (p.packages > p.ordered)'),
  sum('overrides', 'count(*) filter (p.is_override)'),
];

export const MEASURES_OF: Readonly<Record<MeasureTable, readonly Measure[]>> = {
  bill: BILL_MEASURES,
  day: DAY_MEASURES,
  prescription: PRESCRIPTION_MEASURES,
  dispensing: DISPENSING_MEASURES,
};
