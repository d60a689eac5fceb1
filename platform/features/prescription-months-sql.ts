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
  packages as (
    select claim_id, is_reversal, sum(quantity_milli) as quantity,
      sum(price_ore * quantity_milli // 1000) filter (purchase_ore is not null) as price,
      sum(purchase_ore * quantity_milli // 1000) as purchase
    from in_goods group by 1, 2),
  changes as (
    select claim_id, is_reversal, bool_or(change = 'goods') as goods, bool_or(change = 'dose') as dose,
      bool_or(change = 'legal-basis') as basis, bool_or(asked_prescriber) as asked
    from in_intervention group by 1, 2),
  allowed as (
    select prescription_id, quantity_milli * (1 + repeats) as allowed from in_ordered
    where quantity_milli is not null),
  earlier as (
    select c.prescription_id, sum(c.entry * g.quantity_milli) as given
    from in_earlier_claim c join in_earlier_goods g using (claim_id, is_reversal)
    where c.prescription_id in (select prescription_id from in_claim) group by 1),
  running as (
    select c.*, q.quantity, q.price, q.purchase, a.allowed,
      coalesce(e.given, 0) + sum(c.entry * q.quantity) over (
        partition by c.prescription_id order by c.known_from, c.claim_id, c.is_reversal
        rows between unbounded preceding and current row) as total
    from in_claim c join packages q using (claim_id, is_reversal)
      left join allowed a using (prescription_id) left join earlier e using (prescription_id)),
  filled as (
    select r.*, coalesce(i.goods, false) as changed_goods, coalesce(i.dose, false) as changed_dose,
      coalesce(i.basis, false) as changed_basis, coalesce(i.asked, false) as asked_prescriber,
      case when r.allowed is not null then greatest(r.total - r.allowed, 0)
        - greatest(r.total - r.entry * r.quantity - r.allowed, 0) end as surplus
    from running r left join changes i using (claim_id, is_reversal))`;

/**
 * Prescriptions, dispensings and results by provider and month of service. Reads the views `in_prescription`,
 * `in_claim`, `in_goods`, `in_intervention` and `in_result` of the month of receipt, and of the months before it
 * `in_ordered` (with this month), `in_earlier_claim` and `in_earlier_goods`.
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
