import { TARIFF_KINDS } from '../reference/tariffs';
import type { Measure, MeasureTable } from './types';

const sum = (name: string, sql: string): Measure => ({ name, sql, combine: 'sum' });
/** Counts entries by their sign: what no longer stands is taken away again. */
const when = (name: string, condition: string): Measure => sum(name, `coalesce(sum(b.sign) filter (${condition}), 0)`);
/** Adds up an amount or count of bills by the sign of their entries. */
const signed = (name: string, value: string, condition?: string): Measure =>
  sum(name, `coalesce(sum(b.sign * ${value})${condition ? ` filter (${condition})` : ''}, 0)`);
const max = (name: string, sql: string): Measure => ({ name, sql, combine: 'max' });
export const kindColumn = (kind: string): string => kind.replaceAll('-', '_');

/** Working day in minutes beyond which a day counts as long. Counting it says nothing of whether it was right. */
export const LONG_DAY_MINUTES = 12 * 60;
/** Days from treatment to submission beyond which a bill counts as late; six months are allowed (§ 22-13). */
export const LATE_DAYS = 60;

const LINE_COUNTS_OF: readonly Measure[] = TARIFF_KINDS.map((kind) =>
  signed(`${kindColumn(kind)}_lines`, `b.n_${kindColumn(kind)}`),
);
const AMOUNTS_OF: readonly Measure[] = (['consultation', 'time-add-on', 'procedure', 'lab', 'visit'] as const).map(
  (kind) => signed(`${kindColumn(kind)}_ore`, `b.ore_${kindColumn(kind)}`),
);

/**
 * Measures of a provider, month of service and month in which it became known. `b` is an entry of a bill joined with
 * sums of its lines, and with what was known of the patient in that month.
 */
export const BILL_MEASURES: readonly Measure[] = [
  when('bills', 'true'),
  sum('credits', "count(*) filter (b.kind = 'credited')"),
  signed('amount_ore', 'b.amount_ore'),
  sum('credited_ore', "coalesce(sum(b.amount_ore) filter (b.kind = 'credited'), 0)"),
  when('exempt_bills', 'b.exemption is not null'),
  when('copay_free_bills', 'not coalesce(b.copay_paid, false)'),
  signed('lines', 'b.n_lines'),
  signed('minutes', 'b.minutes'),
  ...LINE_COUNTS_OF,
  ...AMOUNTS_OF,
  signed('add_on_repetitions', 'b.add_on_repetitions'),
  signed('excess_repetition_lines', 'b.excess_repetitions'),
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
  when(
    'mental_bills',
    "(b.diagnosis_system = 7170 and b.diagnosis like 'P%') or (b.diagnosis_system = 7110 and b.diagnosis like 'F%')",
  ),
  when('same_day_contacts', 'b.same_day_nth > 1'),
  when('simple_after_consultation', 'b.n_simple_contact > 0 and b.same_day_consultation'),
  // The month tells how late a bill came; its reversal takes away what was counted, which is not known there.
  sum(
    'lag_days',
    "coalesce(sum(date_diff('day', b.civil_day, cast(b.known_from as date))) filter (b.kind = 'sent'), 0)",
  ),
  sum(
    'late_bills',
    `count(*) filter (b.kind = 'sent' and date_diff('day', b.civil_day, cast(b.known_from as date)) > ${LATE_DAYS})`,
  ),
  sum('sent_bills', "count(*) filter (b.kind = 'sent')"),
  sum('rejections', "count(*) filter (b.kind = 'rejected')"),
  sum('rejected_ore', "coalesce(sum(b.amount_ore) filter (b.kind = 'rejected'), 0)"),
  max('largest_bill_ore', 'coalesce(max(b.amount_ore) filter (b.sign > 0), 0)'),
];

/** Measures of remarks: `h` is a remark of the rule engine, in the month in which it became known. */
export const REMARK_MEASURES: readonly Measure[] = [sum('rule_hits', 'count(*)')];

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
  bill: [...BILL_MEASURES, ...REMARK_MEASURES],
  day: DAY_MEASURES,
  prescription: PRESCRIPTION_MEASURES,
  dispensing: DISPENSING_MEASURES,
};
