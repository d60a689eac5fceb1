import { WITHOUT_OWN_PATIENTS } from '../../domain/reference/codes';
import type { CivilDate } from '../../domain/time/instant';
import { quote } from '../duckdb/duckdb';

/** Facts of each provider that were known and valid at an as-of date; reads `provider_fact` and `substitute`. */
export function providerFactsSql(asOf: CivilDate, knownBefore: string): string {
  const visible = `known_from < timestamp ${quote(knownBefore)} and valid_from <= date '${asOf}'`;
  const latest = (column: string) => `arg_max(${column}, (valid_from, known_from)) as ${column}`;
  const othersWith = (column: string) =>
    `case when ${column} is null then null else count(*) over (partition by ${column}) - 1 end`;
  return `
    with known as (select * from provider_fact where ${visible}),
    latest as (
      select provider_id, ${['practice_type', 'list_size', 'account_hash', 'owner'].map(latest).join(', ')},
        min(valid_from) as first_valid, max(valid_from) as last_valid, count(distinct valid_from) - 1 as changes
      from known group by provider_id),
    stand_ins as (
      select provider_id, count(distinct substitute_hpr) as substitutes from substitute
      where ${visible} group by provider_id)
    select date '${asOf}' as as_of, l.*, coalesce(s.substitutes, 0) as substitutes,
      ${othersWith('account_hash')} as same_account, ${othersWith('owner')} as same_owner
    from latest l left join stand_ins s using (provider_id)`;
}

/** Patients of more providers than this do not link two of them (laboratories, emergency clinics of large cities). */
const MAX_PARTNERS = 8;

/** Patients shared within the own practice type over twelve months, and with the closest single partner. */
export function sharedPatientsSql(asOf: CivilDate): string {
  return `
    with seen as (
      select p.provider_id, p.patient_key, f.practice_type
      from known_patient_month p join facts f using (provider_id)
      where p.service_month >= date '${asOf}' - interval 12 month and p.service_month < date '${asOf}'
        and f.practice_type not in (${WITHOUT_OWN_PATIENTS.map(quote).join(', ')})
      group by 1, 2, 3 having sum(p.n) > 0),
    counted as (select *, count(*) over (partition by practice_type, patient_key) as treaters from seen),
    shares as (
      select provider_id, count(*) as patients, count(*) filter (treaters > 1) as shared
      from counted group by provider_id),
    linking as (select * from counted where treaters between 2 and ${MAX_PARTNERS}),
    pairs as (
      select a.provider_id, b.provider_id as partner, count(*) as n
      from linking a join linking b on a.practice_type = b.practice_type and a.patient_key = b.patient_key
        and a.provider_id <> b.provider_id
      group by 1, 2),
    closest as (select provider_id, max(n) as top_partner from pairs group by provider_id)
    select s.*, coalesce(c.top_partner, 0) as top_partner from shares s left join closest c using (provider_id)`;
}
