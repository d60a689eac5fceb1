import { DISPENSING_MEASURES, PRESCRIPTION_MEASURES, RESULT_MEASURES } from '../../domain/features/measures';
import type { Measure } from '../../domain/features/types';

/**
 * Months before a month of receipt in which a prescription, or an earlier dispensing of it, may have become known: it
 * is valid for a year, and the claim follows within a month.
 */
export const PRESCRIPTION_MONTHS = 13;

const columns = (measures: readonly Measure[]) =>
  measures.map((m) => `cast(${m.sql} as bigint) as ${m.name}`).join(',\n      ');
const cells = (alias: string, measures: readonly Measure[]) =>
  measures.map((m) => `coalesce(${alias}.${m.name}, 0) as ${m.name}`);

const ALL_CELLS = [
  ...cells('w', PRESCRIPTION_MEASURES),
  ...cells('g', DISPENSING_MEASURES),
  ...cells('r', RESULT_MEASURES),
].join(', ');

/**
 * Packages beyond a prescription, over all its dispensings: what its running total is above the allowed packages after
 * an entry, less what it was before. A correction or credit takes its part back, and the parts add up to the surplus as
 * known at any instant. Where the allowed packages are not known (on paper, or an amount instead), there is none.
 */
const FILLED = `
  allowed as (
    select prescription_id, quantity_milli * (1 + repeats) as allowed from in_ordered
    where quantity_milli is not null),
  earlier as (
    select prescription_id, sum(entry * quantity_milli) as given from in_earlier
    where prescription_id in (select prescription_id from in_claim) group by 1),
  running as (
    select c.*, a.allowed,
      coalesce(e.given, 0) + sum(c.entry * c.quantity_milli) over (
        partition by c.prescription_id order by c.known_from, c.claim_id, c.is_reversal
        rows between unbounded preceding and current row) as total
    from in_claim c left join allowed a using (prescription_id) left join earlier e using (prescription_id)),
  filled as (
    select *, case when allowed is not null then greatest(total - allowed, 0)
        - greatest(total - entry * quantity_milli - allowed, 0) end as surplus
    from running)`;

/**
 * Prescriptions, dispensings and results by provider and month of service. Reads the views `in_prescription`,
 * `in_claim` and `in_result` of the month of receipt, and of the months before it `in_ordered` (with this month) and
 * `in_earlier` claims.
 */
export const PRESCRIPTION_MONTH_SQL = `
  with ${FILLED},
  written as (
    select p.prescriber_id as provider_id, cast(date_trunc('month', p.written) as date) as service_month,
      ${columns(PRESCRIPTION_MEASURES)}
    from in_prescription p where p.prescriber_id is not null group by 1, 2),
  given as (
    select p.pharmacy_id as provider_id, cast(date_trunc('month', p.dispensed) as date) as service_month,
      ${columns(DISPENSING_MEASURES)}
    from filled p group by 1, 2),
  results as (
    select p.pharmacy_id as provider_id, cast(date_trunc('month', p.handled) as date) as service_month,
      ${columns(RESULT_MEASURES)}
    from in_result p group by 1, 2),
  keys as (
    select provider_id, service_month from written union select provider_id, service_month from given
    union select provider_id, service_month from results)
  select k.provider_id, k.service_month, ${ALL_CELLS}
  from keys k left join written w using (provider_id, service_month)
    left join given g using (provider_id, service_month) left join results r using (provider_id, service_month)
  order by 1, 2`;
