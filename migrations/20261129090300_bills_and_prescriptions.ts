import type { Knex } from 'knex';

/**
 * Bills and prescriptions, partitioned by month of receipt. Bills are numbered (joins of whole numbers, an index that
 * grows at its end); the loader guarantees references between partitioned tables, which are too large for foreign keys.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(BILLS);
  await knex.raw(PRESCRIPTIONS);
  await knex.raw(MONTH_PARTITIONS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop function core.ensure_month;
    drop schema rx cascade;
    drop table core.rule_outcome, core.bill_line, core.bill, core.bill_identity, core.submission;
    drop sequence core.bill_number;
  `);
}

const BILLS = `
  create table core.submission (
    submission_id uuid constraint submission_pk primary key,
    provider_id int not null constraint submission_provider references core.provider,
    received_at timestamptz not null,
    epj_name text,
    decision_id text,
    reprocessed boolean not null,
    bill_count int not null,
    batch_id int not null constraint submission_batch references core.load_batch,
    extra jsonb
  );
  comment on table core.submission is 'Settlement message (behandlerkravmelding)';

  create sequence core.bill_number as bigint increment by 1000;
  comment on sequence core.bill_number is 'Hands out bill ids a thousand at a time';

  create table core.bill_identity (
    bill_guid uuid constraint bill_identity_pk primary key,
    bill_id bigint not null,
    batch_id int not null
  );
  comment on table core.bill_identity is 'Keeps a bill from being loaded twice, across all months of receipt';

  create table core.bill (
    received_month date not null,
    bill_id bigint not null,
    bill_guid uuid not null,
    submission_id uuid not null,
    provider_id int not null,
    performed_by int,
    bill_no int not null,
    patient_key bigint not null,
    started_at timestamptz not null,
    civil_day date not null,
    minute_of_day smallint not null,
    known_from timestamptz not null,
    amount_ore bigint not null constraint bill_amount check (amount_ore >= 0),
    copay_ore bigint not null,
    exemption text,
    is_credit boolean not null,
    credits uuid,
    credits_bill bigint,
    diagnosis text,
    batch_id int not null,
    extra jsonb,
    constraint bill_pk primary key (received_month, bill_id)
  ) partition by range (received_month);
  comment on table core.bill is 'Single bill (enkeltregning)';
  comment on column core.bill.performed_by is
    'HPR number of the person who did the work, where that is not the holder of the practice (utført av)';
  comment on column core.bill.credits_bill is
    'The bill that this one reverses (kreditering); null when it is not known';

  create table core.bill_line (
    received_month date not null,
    bill_id bigint not null,
    line_no smallint not null,
    provider_id int not null,
    tariff text not null,
    repetitions smallint not null,
    amount_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null,
    extra jsonb,
    constraint bill_line_pk primary key (received_month, bill_id, line_no)
  ) partition by range (received_month);
  comment on table core.bill_line is 'Tariff line of a bill (takstlinje)';

  create table core.rule_outcome (
    received_month date not null,
    bill_id bigint not null,
    rule_no int not null,
    provider_id int not null,
    effect text not null constraint rule_outcome_effect check (effect in ('reject', 'curtail', 'note')),
    amount_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null,
    constraint rule_outcome_pk primary key (received_month, bill_id, rule_no)
  ) partition by range (received_month);
  comment on table core.rule_outcome is 'Result of the rule engine for a bill (merknad)';
`;

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
