import type { Knex } from 'knex';

/** Prescriptions, partitioned by month of receipt like bills; and what makes the partitions of all such tables. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(PRESCRIPTIONS);
  await knex.raw(MONTH_PARTITIONS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop function core.ensure_month; drop schema rx cascade;');
}

const PRESCRIPTIONS = `
  create schema rx;
  comment on schema rx is 'Prescriptions, dispensings and claims of pharmacies (e-resept)';

  create table rx.prescription (
    received_month date not null,
    prescription_id uuid not null,
    prescriber_id int not null,
    patient_key bigint not null,
    written date not null,
    atc text not null,
    packages smallint not null constraint prescription_packages check (packages > 0),
    reimbursement_code text,
    generic_reservation boolean not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint prescription_pk primary key (received_month, prescription_id)
  ) partition by range (received_month);
  comment on table rx.prescription is
    'Prescription, message M1 (resept); generic_reservation is against generic substitution (bytte)';

  create table rx.dispensing (
    received_month date not null,
    dispensing_id uuid not null,
    prescription_id uuid not null,
    pharmacy_id int not null,
    dispensed date not null,
    packages smallint not null constraint dispensing_packages check (packages > 0),
    override_reason text,
    known_from timestamptz not null,
    batch_id int not null,
    constraint dispensing_pk primary key (received_month, dispensing_id)
  ) partition by range (received_month);
  comment on table rx.dispensing is
    'Dispensing, message M10 (utlevering); override_reason: why it departs from the prescription (overstyring)';

  create table rx.claim (
    received_month date not null,
    claim_id uuid not null,
    dispensing_id uuid not null,
    pharmacy_id int not null,
    claimed_ore bigint not null constraint claim_claimed check (claimed_ore >= 0),
    approved_ore bigint not null constraint claim_approved check (approved_ore >= 0),
    status text not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint claim_pk primary key (received_month, claim_id)
  ) partition by range (received_month);
  comment on table rx.claim is 'Settlement claim of a pharmacy, message M18 (oppgjørskrav)';
`;

/** Partitions belong to the owner of the schema, whichever role asks for them. */
const MONTH_PARTITIONS = `
  create function core.ensure_month(month date) returns void
    language plpgsql security definer set search_path = pg_catalog as $$
  declare suffix text := to_char(month, 'YYYY_MM'); parent regclass; child text;
  begin
    perform pg_advisory_xact_lock(hashtext('core.ensure_month'));
    foreach parent in array array['core.bill', 'core.bill_line', 'core.rule_outcome',
      'rx.prescription', 'rx.dispensing', 'rx.claim']::regclass[] loop
      child := parent::text || '_' || suffix;
      if to_regclass(child) is null then
        -- Attaching does not lock out those who write to other months; creating as a partition would.
        execute format('create table %s (like %s including all)', child, parent);
        execute format('alter table %s attach partition %s for values from (%L) to (%L)',
          parent, child, month, (month + interval '1 month')::date);
      end if;
    end loop;
  end $$;
  comment on function core.ensure_month is
    'Makes the partitions of a month of receipt, in a short transaction of its own';
`;
