import type { Knex } from 'knex';

/**
 * Bills, partitioned by month of receipt. They are numbered (joins of whole numbers, an index that grows at its end);
 * the loader guarantees references between partitioned tables, which are too large for foreign keys.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(BILLS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
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
