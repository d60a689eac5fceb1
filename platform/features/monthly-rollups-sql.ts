import { BILL_MEASURES, kindColumn, REMARK_MEASURES } from '../../domain/features/measures';
import type { Measure } from '../../domain/features/types';
import { TARIFF_KINDS } from '../../domain/reference/tariff-kinds';
import { PRESCRIPTION_MONTH_SQL } from './prescription-months-sql';
import { LINE_MINUTES, LINES_WITH_TARIFFS } from './tariffs-of-lines';

/**
 * Monthly rollups: tables that sum up one month of receipt and from which features are computed. They hold whole
 * numbers only and are ordered by their key. Their SQL reads the views `in_bill`, `in_line`, `in_hit`, `in_patient`
 * (facts known by the end of the month) and `in_provider`, all of one month and shard.
 */
export const ROLLUPS = ['bill_month', 'performer_day', 'patient_month', 'tariff_month', 'prescription_month'] as const;
export type RollupName = (typeof ROLLUPS)[number];

/** `case` is much cheaper than `filter` on each of many aggregates, and numbers compare faster than text. */
const kindSums = TARIFF_KINDS.map((kind, k) => {
  const column = kindColumn(kind);
  return `count(case when t.k = ${k} then 1 end) as n_${column},
      coalesce(sum(case when t.k = ${k} then l.amount_ore end), 0) as ore_${column}`;
}).join(',\n      ');
const columns = (measures: readonly Measure[]) =>
  measures.map((m) => `cast(${m.sql} as bigint) as ${m.name}`).join(',\n      ');

const LINE_SUMS = `create or replace temp table line_sums as
    select l.bill_id, count(*) as n_lines, ${LINE_MINUTES} as minutes,
      ${kindSums},
      coalesce(sum(case when t.k = ${TARIFF_KINDS.indexOf('time-add-on')} then l.repetitions end), 0)
        as add_on_repetitions,
      count(case when l.repetitions > t.max_repetitions then 1 end) as excess_repetitions
    from ${LINES_WITH_TARIFFS} group by l.bill_id`;

const PATIENT_FACTS = `create or replace temp table people as
    select patient_key, arg_max(municipality, known_from) as patient_municipality,
      arg_max(coalesce(list_provider, -1), known_from) as list_provider, max(died) as died, max(emigrated) as emigrated
    from in_patient where patient_key in (select patient_key from in_bill) group by patient_key`;

const PROVIDER_PLACES = `create or replace temp table places as
    select provider_id, arg_max(municipality, (valid_from, known_from)) as provider_municipality
    from in_provider group by provider_id`;

const SAME_DAY = `create or replace temp table same_day as
    with c as (
      select b.bill_id, b.provider_id, b.patient_key, b.civil_day, b.minute_of_day, b.entry,
        coalesce(l.n_consultation, 0) as n
      from in_bill b left join line_sums l using (bill_id))
    select bill_id,
      row_number() over (partition by provider_id, patient_key, civil_day, entry order by minute_of_day, bill_id)
        as same_day_nth,
      max(n) over (partition by provider_id, patient_key, civil_day, entry) > 0 as same_day_consultation
    from c`;

const JOINED = `create or replace temp table joined as
    select b.* exclude (diagnosis), nullif(b.diagnosis, '') as diagnosis, l.* exclude (bill_id),
      patient_municipality, nullif(list_provider, -1) as list_provider, died, emigrated, provider_municipality,
      cast(date_trunc('month', b.civil_day) as date) as service_month, coalesce(b.performed_by, 0) as performer,
      same_day_nth, same_day_consultation
    from in_bill b join same_day using (bill_id) left join line_sums l using (bill_id)
      left join people using (patient_key) left join places using (provider_id)`;

/**
 * Statements that make table `joined`: each entry of a bill with its lines, and facts of the patient and provider.
 * Narrow tables come first, so that sorting by patient and day does not carry forty columns along.
 */
export const JOINED_BILLS: readonly string[] = [
  LINE_SUMS,
  PATIENT_FACTS,
  PROVIDER_PLACES,
  SAME_DAY,
  JOINED,
  'drop table line_sums; drop table people; drop table places; drop table same_day',
];

/** Longest end of the contacts before a row on the same performer's day, in minutes after midnight. */
export const LATEST_END_BEFORE = `max(minute_of_day + minutes) over (
        partition by provider_id, performer, civil_day order by minute_of_day, bill_id
        rows between unbounded preceding and 1 preceding)`;

/**
 * Days of a performer. Phone contacts and laboratory lines may run during other work, so they never overlap. Minutes
 * and bills are summed by entry; overlaps are those of the bills as they were sent, without what was taken
 * back within the month, because a later month is not known in this one.
 */
const PERFORMER_DAYS = `
  with signed as (select *, n_lines = n_simple_contact + n_lab as non_blocking from joined where n_lines > 0),
  timed as (
    select * from signed where kind = 'sent' and bill_id not in (select of_bill from joined where entry < 0)),
  ends as (select *, ${LATEST_END_BEFORE} as end_before from timed where not non_blocking),
  overlap as (
    select provider_id, performer, civil_day,
      coalesce(sum(least(minute_of_day + minutes, end_before) - minute_of_day) filter (end_before > minute_of_day), 0)
        as overlap_minutes,
      count(*) filter (end_before > minute_of_day) as overlapping
    from ends group by 1, 2, 3),
  simultaneous as (
    select provider_id, civil_day, minute_of_day, count(*) as bills from timed where not non_blocking
    group by 1, 2, 3 having count(distinct performer) > 1),
  shared as (
    select t.provider_id, t.performer, t.civil_day, count(*) as same_minute
    from timed t join simultaneous using (provider_id, civil_day, minute_of_day)
    where not t.non_blocking group by 1, 2, 3),
  totals as (
    select provider_id, performer, civil_day, sum(entry * minutes) as minutes, sum(entry) as bills,
      sum(entry * n_visit) as visits
    from signed group by 1, 2, 3)
  select w.provider_id, w.performer, w.civil_day, cast(w.minutes as bigint) as minutes,
    cast(w.bills as bigint) as bills,
    cast(w.visits as bigint) as visits, cast(coalesce(o.overlap_minutes, 0) as bigint) as overlap_minutes,
    coalesce(o.overlapping, 0) as overlapping, coalesce(s.same_minute, 0) as same_minute
  from totals w left join overlap o using (provider_id, performer, civil_day)
    left join shared s using (provider_id, performer, civil_day)`;

const remarkCells = REMARK_MEASURES.map((m) => `coalesce(h.${m.name}, 0) as ${m.name}`).join(', ');
const billCells = BILL_MEASURES.map((m) => `coalesce(w.${m.name}, 0) as ${m.name}`).join(', ');

const BILL_MONTHS = `
  with billed as (
    select b.provider_id, b.service_month, ${columns(BILL_MEASURES)} from joined b group by 1, 2),
  remarked as (
    select h.provider_id, cast(date_trunc('month', h.civil_day) as date) as service_month, ${columns(REMARK_MEASURES)}
    from in_hit h group by 1, 2)
  select coalesce(w.provider_id, h.provider_id) as provider_id,
    coalesce(w.service_month, h.service_month) as service_month, ${billCells}, ${remarkCells}
  from billed w full join remarked h on h.provider_id = w.provider_id and h.service_month = w.service_month
  order by 1, 2`;

export const ROLLUP_SQL: Readonly<Record<RollupName, string>> = {
  bill_month: BILL_MONTHS,
  performer_day: `${PERFORMER_DAYS} order by 1, 3, 2`,
  patient_month: `select provider_id, patient_key, service_month, cast(sum(entry) as bigint) as n
    from joined group by 1, 2, 3 having sum(entry) <> 0 order by 1, 2, 3`,
  tariff_month: `select b.provider_id, l.tariff, b.service_month, cast(sum(b.entry) as bigint) as n
    from in_line l join joined b using (bill_id) group by 1, 2, 3 having sum(b.entry) <> 0 order by 1, 2, 3`,
  prescription_month: PRESCRIPTION_MONTH_SQL,
};
