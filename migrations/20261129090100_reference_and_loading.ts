import type { Knex } from 'knex';
import { audited } from './triggers';

/** Reference values (kodeverk). */
const REFERENCE = `
  create schema ref;
  comment on schema ref is 'Reference values (kodeverk)';

  create table ref.field (code text constraint field_pk primary key, name text not null);
  comment on table ref.field is 'Fields of practice (fagområde)';

  create table ref.practice_type (
    code text constraint practice_type_pk primary key,
    name text not null,
    field text constraint practice_type_field references ref.field
  );
  comment on table ref.practice_type is 'Types of practice (praksistype)';

  create table ref.icpc2_chapter (letter char(1) constraint icpc2_chapter_pk primary key, name text not null);
  comment on table ref.icpc2_chapter is 'Chapters of ICPC-2 (kapittel)';

  create table ref.rule (number int constraint rule_pk primary key, text text not null);
  comment on table ref.rule is 'Rules of the rule engine (merknad)';

  create table ref.regime_event (
    day date not null,
    what text not null,
    constraint regime_event_pk primary key (day, what)
  );
  comment on table ref.regime_event is
    'Changes after which figures are not comparable with those before: tariffs, rules, products (bruddpunkt)';
`;

/** Load batches, numbered in the order of their commits. */
const LOAD_BATCHES = `
  create schema core;
  comment on schema core is 'The register: providers, patients, bills, load batches (registeret)';

  create table core.batch_counter (
    only_one boolean constraint batch_counter_pk primary key default true
      constraint batch_counter_one check (only_one),
    last_committed bigint not null
  );
  comment on table core.batch_counter is 'Number of the last committed load batch; locked while a batch commits';
  insert into core.batch_counter (last_committed) values (0);

  create table core.load_batch (
    batch_id int generated always as identity constraint load_batch_pk primary key,
    committed_seq bigint constraint load_batch_seq unique,
    kind text not null constraint load_batch_kind check (kind in ('settlement', 'provider', 'agreement', 'patient',
      'substitute', 'prescription', 'case', 'table', 'bills', 'tariff',
      'tariff-use')),
    file_name text not null,
    content_sha256 text not null constraint load_batch_content unique,
    rows_read int not null,
    rows_loaded int not null,
    rows_quarantined int not null,
    known_from_min timestamptz,
    known_from_max timestamptz,
    loaded_at timestamptz not null,
    retry_of int constraint load_batch_retry references core.load_batch,
    action_id uuid not null constraint load_batch_action references aud.action,
    constraint load_batch_adds_up check (rows_loaded + rows_quarantined = rows_read)
  );
  comment on table core.load_batch is 'One loaded file (lasteparti)';
  comment on column core.load_batch.committed_seq is 'Position in the order of commit, given under a lock';
  comment on column core.load_batch.retry_of is
    'The batch of the same bytes whose refused rows this one tried again';
`;

/** Tariffs, and how much they are used: open data that comes in load batches. */
const OPEN_DATA = `
  create table ref.tariff (
    code text not null,
    field text not null constraint tariff_field references ref.field,
    valid_from date not null,
    valid_to date,
    known_from timestamptz not null,
    tariff_id text,
    fee_ore bigint,
    refund_ore bigint,
    copay_ore bigint,
    patient_pays_ore bigint,
    max_repetitions int,
    repetition_percent numeric(5, 2),
    reduced_from_repetition int,
    reduced_repetition_percent numeric(5, 2),
    specialist boolean,
    excludes text[] not null,
    requires_tariff text[] not null,
    requires_procedure text[] not null,
    requires_diagnosis text[] not null,
    max_per_year int,
    max_per_calendar_year int,
    max_per_patient boolean,
    min_minutes int,
    minutes_per_repetition int,
    description text,
    batch_id int not null constraint tariff_batch references core.load_batch,
    constraint tariff_pk primary key (code, field, valid_from, batch_id),
    constraint tariff_validity check (valid_to >= valid_from)
  );
  comment on table ref.tariff is
    'Versions of tariffs (takst) by validity; of one version, the last committed batch holds what is right';
  comment on column ref.tariff.known_from is 'Start of the first day: a tariff is public before it applies';
  comment on column ref.tariff.fee_ore is 'honorar';
  comment on column ref.tariff.excludes is 'ugyldig_kombinasjon; * stands for all others';
  comment on column ref.tariff.min_minutes is 'minimum_tidsbruk';
  comment on column ref.tariff.minutes_per_repetition is 'tidsbruk_per_rep';

  create table ref.tariff_use (
    area_kind text not null constraint tariff_use_area check (area_kind in ('municipality', 'county', 'country')),
    area text not null,
    period_start date not null,
    months smallint not null constraint tariff_use_months check (months in (1, 12)),
    tariff text not null,
    field text not null constraint tariff_use_field references ref.field,
    practice_type text not null constraint tariff_use_practice_type references ref.practice_type,
    bills int,
    uses int,
    refund_ore bigint,
    copay_by_patient_ore bigint,
    copay_by_insurance_ore bigint,
    line int not null,
    batch_id int not null constraint tariff_use_batch references core.load_batch,
    constraint tariff_use_pk
      primary key (area_kind, area, period_start, months, tariff, field, practice_type, batch_id)
  );
  comment on table ref.tariff_use is
    'Use of tariffs by practice type, area and period (agtakst); a count that the source withholds is null, never 0';
`;

/** What a batch refused, and the months of receipt that it added to. */
const REFUSED_AND_MONTHS = `
  create table core.quarantine (
    quarantine_id bigint generated always as identity constraint quarantine_pk primary key,
    batch_id int not null constraint quarantine_batch references core.load_batch,
    line int not null,
    item text not null,
    field text not null,
    value text,
    reason text not null,
    retried_in int constraint quarantine_retry references core.load_batch
  );
  comment on table core.quarantine is 'Rows that were refused, with line, field and reason (karantene)';
  comment on column core.quarantine.retried_in is
    'The batch that tried the row again; if it was refused again, it stands there once more';

  create table core.batch_note (
    batch_id int not null constraint batch_note_batch references core.load_batch,
    note text not null,
    path text not null,
    rows int not null,
    constraint batch_note_pk primary key (batch_id, note, path)
  );
  comment on table core.batch_note is
    'What a batch held that no column keeps or that does not add up, counted: a field by its path, never its value';

  create table core.batch_month (
    received_month date not null,
    batch_id int not null constraint batch_month_batch references core.load_batch,
    constraint batch_month_pk primary key (received_month, batch_id)
  );
  comment on table core.batch_month is
    'Months of receipt that a batch added rows to: extraction reuses the partitions of all other months';
`;

/**
 * Reference values, open data, and load batches: what a file held, when it was committed, and which of its rows were
 * refused.
 */
export async function up(knex: Knex): Promise<void> {
  for (const sql of [REFERENCE, LOAD_BATCHES, OPEN_DATA, REFUSED_AND_MONTHS]) await knex.raw(sql);
  await knex.raw(audited('core.load_batch', 'batch_id'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema core cascade; drop schema ref cascade;');
}
