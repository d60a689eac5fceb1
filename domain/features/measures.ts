import { TARIFF_KINDS } from '../reference/tariff-kinds';
import type { Measure, MeasureTable } from './types';

const sum = (name: string, sql: string): Measure => ({ name, sql, combine: 'sum' });
/** Counts entries, 1 or -1: what no longer stands is taken away again. */
const when = (name: string, condition: string): Measure => sum(name, `coalesce(sum(b.entry) filter (${condition}), 0)`);
/** Adds up an amount or count of bills times its entry, 1 or -1. */
const signed = (name: string, value: string, condition?: string): Measure =>
  sum(name, `coalesce(sum(b.entry * ${value})${condition ? ` filter (${condition})` : ''}, 0)`);
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
  max('largest_bill_ore', 'coalesce(max(b.amount_ore) filter (b.entry > 0), 0)'),
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

/** Measures of prescriptions: `p` is a prescription. Packages are counted in thousandths. */
export const PRESCRIPTION_MEASURES: readonly Measure[] = [
  sum('prescriptions', 'count(*)'),
  sum('prescribed_milli', 'coalesce(sum(p.quantity_milli * (1 + p.repeats)), 0)'),
  sum('packaged_prescriptions_milli', '1000 * count(p.quantity_milli)'),
  sum('generic_reservations', 'count(*) filter (p.reserved_by_prescriber)'),
  sum('repeatable_prescriptions', 'count(*) filter (p.repeats > 0)'),
  sum('migraine_prescriptions', "count(*) filter (p.atc like 'N02C%')"),
  sum('glp1_prescriptions', "count(*) filter (p.atc like 'A10BJ%')"),
];

const entries = (name: string, condition: string): Measure =>
  sum(name, `coalesce(sum(p.entry) filter (${condition}), 0)`);

/**
 * Measures of dispensings: `p` is an entry of a claim with its packages, the interventions, and the packages that go
 * beyond the prescription (`surplus`, null where that cannot be known).
 */
export const DISPENSING_MEASURES: readonly Measure[] = [
  sum('dispensings', 'coalesce(sum(p.entry), 0)'),
  sum('dispensed_milli', 'coalesce(sum(p.entry * p.quantity_milli) filter (p.surplus is not null), 0)'),
  sum('within_milli', 'coalesce(sum(p.entry * p.quantity_milli - p.surplus), 0)'),
  sum('surplus_dispensings', 'coalesce(sum(sign(p.surplus)), 0)'),
  entries('overrides', 'p.interventions > 0'),
  entries('goods_overrides', 'p.changed_goods'),
  entries('dose_overrides', 'p.changed_dose'),
  entries('basis_overrides', 'p.changed_basis'),
  entries('unasked_overrides', 'p.interventions > 0 and not p.asked_prescriber'),
  entries('customer_reservations', "p.reservation in ('customer', 'both')"),
  entries('emergency_dispensings', 'p.emergency'),
  entries('paper_dispensings', 'p.prescription_id is null'),
  sum('margin_ore', 'coalesce(sum(p.entry * (p.price_ore - p.purchase_ore)), 0)'),
  sum('margin_price_ore', 'coalesce(sum(p.entry * p.price_ore), 0)'),
];

/** Measures of results: `p` is what became of a bill of a pharmacy. */
export const RESULT_MEASURES: readonly Measure[] = [
  sum('handled_bills', 'count(*)'),
  sum('rejected_bills', "count(*) filter (p.status = 'rejected')"),
  sum('handled_ore', 'coalesce(sum(p.claimed_ore), 0)'),
  sum('not_approved_ore', 'coalesce(sum(p.claimed_ore - p.approved_ore), 0)'),
];

export const MEASURES_OF: Readonly<Record<MeasureTable, readonly Measure[]>> = {
  bill: [...BILL_MEASURES, ...REMARK_MEASURES],
  day: DAY_MEASURES,
  prescription: PRESCRIPTION_MEASURES,
  dispensing: DISPENSING_MEASURES,
  result: RESULT_MEASURES,
};
