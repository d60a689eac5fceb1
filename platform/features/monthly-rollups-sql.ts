import { BILL_MEASURES, DISPENSING_MEASURES, kindColumn, PRESCRIPTION_MEASURES } from '../../domain/features/measures';
import type { Measure } from '../../domain/features/types';
import { TARIFF_KINDS, TARIFFS } from '../../domain/reference/tariffs';
import { quote } from '../duckdb/duckdb';

/**
 * What one month of receipt says, summed up: the tables that features are made of. Whole numbers only, each table in the
 * order of its key. They read the views `in_bill`, `in_line`, `in_hit`, `in_patient` (facts known by the end of the
 * month), `in_provider`, `in_prescription`, `in_dispensing`, all of one month and shard.
 */
export const DERIVED = ['base', 'day', 'patient', 'tariff_use', 'rx'] as const;
export type Derived = (typeof DERIVED)[number];

export function tariffView(): string {
  const rows = TARIFFS.map(
    (t) =>
      `(${quote(t.code)}, ${quote(t.kind)}, ${TARIFF_KINDS.indexOf(t.kind)}, ${t.minMinutes}, ${t.minutesPerRepetition}, ${t.maxRepetitions})`,
  );
  return `create or replace temp table tariff as select * from (values ${rows.join(', ')}) t(code, kind, k, min_minutes, per_repetition, max_repetitions)`;
}

/** A case costs far less than a filter on each of many aggregates, and comparing numbers less than words. */
const kindSums = TARIFF_KINDS.map((kind, k) => {
  const of = kindColumn(kind);
  return `count(case when t.k = ${k} then 1 end) as n_${of}, coalesce(sum(case when t.k = ${k} then l.amount_ore end), 0) as ore_${of}`;
}).join(', ');
const columns = (measures: readonly Measure[]) =>
  measures.map((m) => `cast(${m.sql} as bigint) as ${m.name}`).join(', ');

/**
 * A bill with what its lines, the rule engine, the population register and the provider register say beside it: narrow
 * tables first, so that sorting by patient and day does not drag forty columns along.
 */
export const JOINED_BILLS: readonly string[] = [
  `create or replace temp table line_sums as
    select l.bill_id, count(*) as n_lines, sum(coalesce(t.min_minutes + t.per_repetition * (l.repetitions - 1), 0)) as minutes, ${kindSums},
      coalesce(sum(case when t.k = ${TARIFF_KINDS.indexOf('time-add-on')} then l.repetitions end), 0) as add_on_repetitions, count(case when l.repetitions > t.max_repetitions then 1 end) as excess_repetitions
    from in_line l left join tariff t on t.code = l.tariff group by l.bill_id`,
  `create or replace temp table hit_sums as
    select bill_id, count(*) as rule_hits, count(*) filter (effect = 'reject') as rejections, count(*) filter (effect = 'curtail') as curtailments,
      coalesce(sum(amount_ore) filter (effect <> 'note'), 0) as rejected_ore from in_hit group by bill_id`,
  `create or replace temp table people as
    select patient_key, arg_max(municipality, known_from) as patient_municipality, arg_max(coalesce(list_provider, -1), known_from) as list_provider,
      max(died) as died, max(emigrated) as emigrated from in_patient where patient_key in (select patient_key from in_bill) group by patient_key`,
  `create or replace temp table places as
    select provider_id, arg_max(municipality, (valid_from, known_from)) as provider_municipality from in_provider group by provider_id`,
  `create or replace temp table same_day as
    with c as (select b.bill_id, b.provider_id, b.patient_key, b.civil_day, b.minute_of_day, coalesce(l.n_consultation, 0) as n from in_bill b left join line_sums l using (bill_id))
    select bill_id, row_number() over (partition by provider_id, patient_key, civil_day order by minute_of_day, bill_id) as same_day_nth,
      max(n) over (partition by provider_id, patient_key, civil_day) > 0 as same_day_consultation from c`,
  `create or replace temp table joined as
    select b.* exclude (diagnosis), nullif(b.diagnosis, '') as diagnosis, l.* exclude (bill_id), coalesce(rule_hits, 0) as rule_hits, coalesce(rejections, 0) as rejections, coalesce(curtailments, 0) as curtailments,
      coalesce(rejected_ore, 0) as rejected_ore, patient_municipality, nullif(list_provider, -1) as list_provider, died, emigrated, provider_municipality,
      cast(date_trunc('month', b.civil_day) as date) as service_month, coalesce(b.performed_by, 0) as performer, same_day_nth, same_day_consultation
    from in_bill b join same_day using (bill_id) left join line_sums l using (bill_id) left join hit_sums using (bill_id) left join people using (patient_key) left join places using (provider_id)`,
  'drop table line_sums; drop table hit_sums; drop table people; drop table places; drop table same_day',
];

/** Days of a performer. Phone contacts and laboratory lines may run beside other work, so they overlap nothing. */
const DAYS = `
  with timed as (select *, n_lines = n_simple_contact + n_lab as beside from joined where not is_credit),
  reached as (
    select *, max(minute_of_day + minutes) over (partition by provider_id, performer, civil_day order by minute_of_day, bill_id rows between unbounded preceding and 1 preceding) as reach
    from timed where not beside),
  overlap as (
    select provider_id, performer, civil_day, coalesce(sum(least(minute_of_day + minutes, reach) - minute_of_day) filter (reach > minute_of_day), 0) as overlap_minutes, count(*) filter (reach > minute_of_day) as overlapping
    from reached group by 1, 2, 3),
  together as (
    select provider_id, civil_day, minute_of_day, count(*) as bills from timed where not beside group by 1, 2, 3 having count(distinct performer) > 1),
  shared as (select t.provider_id, t.performer, t.civil_day, count(*) as same_minute from timed t join together using (provider_id, civil_day, minute_of_day) where not t.beside group by 1, 2, 3),
  whole as (select provider_id, performer, civil_day, sum(minutes) as minutes, count(*) as bills, sum(n_visit) as visits from timed group by 1, 2, 3)
  select w.provider_id, w.performer, w.civil_day, cast(w.minutes as bigint) as minutes, w.bills, cast(w.visits as bigint) as visits, cast(coalesce(o.overlap_minutes, 0) as bigint) as overlap_minutes,
    coalesce(o.overlapping, 0) as overlapping, coalesce(s.same_minute, 0) as same_minute
  from whole w left join overlap o using (provider_id, performer, civil_day) left join shared s using (provider_id, performer, civil_day)`;

export const DERIVED_SQL: Readonly<Record<Derived, string>> = {
  base: `select b.provider_id, b.service_month, ${columns(BILL_MEASURES)} from joined b group by 1, 2 order by 1, 2`,
  day: `${DAYS} order by 1, 3, 2`,
  patient: `select provider_id, patient_key, service_month, count(*) as n from joined where not is_credit group by 1, 2, 3 order by 1, 2, 3`,
  tariff_use: `select b.provider_id, l.tariff, b.service_month, count(*) as n from in_line l join joined b using (bill_id) group by 1, 2, 3 order by 1, 2, 3`,
  rx: `with written as (select p.prescriber_id as provider_id, cast(date_trunc('month', p.written) as date) as service_month, ${columns(PRESCRIPTION_MEASURES)} from in_prescription p group by 1, 2),
    filled as (select d.pharmacy_id, d.dispensed, d.packages, d.is_override, o.packages as ordered from in_dispensing d join in_ordered o using (prescription_id)),
    given as (select p.pharmacy_id as provider_id, cast(date_trunc('month', p.dispensed) as date) as service_month, ${columns(DISPENSING_MEASURES)} from filled p group by 1, 2)
    select coalesce(w.provider_id, g.provider_id) as provider_id, coalesce(w.service_month, g.service_month) as service_month,
      ${[...PRESCRIPTION_MEASURES.map((m) => `coalesce(w.${m.name}, 0) as ${m.name}`), ...DISPENSING_MEASURES.map((m) => `coalesce(g.${m.name}, 0) as ${m.name}`)].join(', ')}
    from written w full join given g on g.provider_id = w.provider_id and g.service_month = w.service_month order by 1, 2`,
};
