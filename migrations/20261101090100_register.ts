import type { Knex } from 'knex';

/** Reference values, the register of providers and bills, load batches, quarantine, and the vault of people. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema ref;
    create schema core;
    create schema priv;
    comment on schema priv is 'The only place that maps a national id to a surrogate (personvern)';

    create table ref.tariff (
      code text constraint tariff_pk primary key,
      field text not null,
      kind text not null,
      min_minutes int not null default 0,
      minutes_per_repetition int not null default 0,
      description text not null
    );
    comment on table ref.tariff is 'Tariffs with the time they need (takst; minimum tidsbruk)';

    create table core.batch_counter (
      only_one boolean constraint batch_counter_pk primary key default true constraint batch_counter_one check (only_one),
      last_committed bigint not null
    );
    insert into core.batch_counter (last_committed) values (0);

    create table core.load_batch (
      batch_id int generated always as identity constraint load_batch_pk primary key,
      committed_seq bigint constraint load_batch_seq unique,
      kind text not null constraint load_batch_kind check (kind in ('settlement', 'provider', 'case', 'table')),
      file_name text not null,
      content_sha256 text not null constraint load_batch_content unique,
      rows_read int not null,
      rows_loaded int not null,
      rows_quarantined int not null,
      known_from_min timestamptz,
      known_from_max timestamptz,
      loaded_at timestamptz not null,
      action_id uuid not null constraint load_batch_action references aud.action,
      constraint load_batch_adds_up check (rows_loaded + rows_quarantined = rows_read)
    );
    comment on table core.load_batch is 'One loaded file; sealed in commit order under a lock (lasteparti)';

    create table core.quarantine (
      quarantine_id bigint generated always as identity constraint quarantine_pk primary key,
      batch_id int not null constraint quarantine_batch references core.load_batch,
      line int not null,
      item text not null,
      field text not null,
      value text,
      reason text not null
    );
    comment on table core.quarantine is 'Rows that were refused, with line, field and reason (karantene)';

    create table core.provider (
      provider_id int generated always as identity constraint provider_pk primary key,
      hpr_no text,
      orgnr text,
      practice_no text not null constraint provider_practice unique
    );
    comment on table core.provider is 'Health provider in one practice (helseaktør)';
    comment on column core.provider.practice_no is 'praksisId in KUHR';

    create table core.provider_fact (
      provider_id int not null constraint provider_fact_provider references core.provider,
      known_from timestamptz not null,
      valid_from date not null,
      valid_to date,
      practice_type text not null,
      field text not null,
      municipality text not null,
      list_size int,
      batch_id int not null constraint provider_fact_batch references core.load_batch,
      extra jsonb,
      constraint provider_fact_pk primary key (provider_id, valid_from, known_from)
    );
    comment on table core.provider_fact is 'What is known of a provider: valid in the world from/to, known to the payer from; later facts supersede';

    create table core.patient (patient_key bigint constraint patient_pk primary key);
    comment on table core.patient is 'Patients by random surrogate (pasient)';

    create table priv.vault (
      lookup bytea constraint vault_pk primary key,
      patient_key bigint not null constraint vault_patient unique constraint vault_patient_fk references core.patient
    );
    comment on table priv.vault is 'Keyed hash of the national id -> surrogate; never leaves this schema';

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

    create table core.bill_identity (bill_guid uuid constraint bill_identity_pk primary key, batch_id int not null);
    comment on table core.bill_identity is 'Keeps a bill from being loaded twice, across all months of receipt';

    create table core.bill (
      received_month date not null,
      bill_guid uuid not null,
      submission_id uuid not null,
      provider_id int not null,
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
      diagnosis text,
      batch_id int not null,
      extra jsonb,
      constraint bill_pk primary key (received_month, bill_guid)
    ) partition by range (received_month);
    comment on table core.bill is 'Single bill (enkeltregning), partitioned by month of receipt';

    create table core.bill_line (
      received_month date not null,
      bill_guid uuid not null,
      line_no smallint not null,
      provider_id int not null,
      tariff text not null,
      repetitions smallint not null,
      amount_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null,
      extra jsonb,
      constraint bill_line_pk primary key (received_month, bill_guid, line_no)
    ) partition by range (received_month);
    comment on table core.bill_line is 'Tariff line of a bill (takstlinje)';

    create table core.rule_outcome (
      received_month date not null,
      bill_guid uuid not null,
      rule_no int not null,
      provider_id int not null,
      effect text not null constraint rule_outcome_effect check (effect in ('reject', 'curtail', 'note')),
      amount_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null,
      constraint rule_outcome_pk primary key (received_month, bill_guid, rule_no)
    ) partition by range (received_month);
    comment on table core.rule_outcome is 'What the rule engine said of a bill (merknad)';

    create function core.ensure_month(month date) returns void language plpgsql as $$
    declare suffix text := to_char(month, 'YYYY_MM'); parent text;
    begin
      foreach parent in array array['bill', 'bill_line', 'rule_outcome'] loop
        if to_regclass(format('core.%I', parent || '_' || suffix)) is null then
          execute format('create table if not exists core.%I partition of core.%I for values from (%L) to (%L)',
            parent || '_' || suffix, parent, month, (month + interval '1 month')::date);
        end if;
      end loop;
    end $$;

    create table core.month_touch (
      received_month date not null,
      batch_id int not null constraint month_touch_batch references core.load_batch,
      constraint month_touch_pk primary key (received_month, batch_id)
    );
    comment on table core.month_touch is 'Which batches added rows to which month: tells extraction what cannot have changed';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema core cascade; drop schema priv cascade; drop schema ref cascade;');
}
