import type { Knex } from 'knex';

/**
 * The register at national scale: bills by number instead of guid (a join of whole numbers, an index that grows at its
 * end), who did the work, people, substitutes, agreements, prescriptions, reversals, and the reference values. Rows that
 * are there are kept; partitions of snapshots are cut anew, for a bill looks different in them now.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create sequence core.bill_number as bigint increment by 1000;
    comment on sequence core.bill_number is 'Hands out bill ids a thousand at a time';

    alter table core.bill_identity add column bill_id bigint;
    update core.bill_identity i set bill_id = n.bill_id from (select bill_guid, row_number() over (order by bill_guid) as bill_id from core.bill_identity) n where n.bill_guid = i.bill_guid;
    select setval('core.bill_number', greatest(1, (select coalesce(max(bill_id), 0) from core.bill_identity) + 1), true);
    alter table core.bill_identity alter column bill_id set not null;

    alter table core.bill add column bill_id bigint, add column performed_by int, add column credits_bill bigint;
    update core.bill b set bill_id = i.bill_id from core.bill_identity i where i.bill_guid = b.bill_guid;
    update core.bill b set credits_bill = i.bill_id from core.bill_identity i where i.bill_guid = b.credits;
    alter table core.bill alter column bill_id set not null;
    alter table core.bill drop constraint bill_pk;
    alter table core.bill add constraint bill_pk primary key (received_month, bill_id);
    comment on column core.bill.performed_by is 'HPR number of who did the work, where it is not the holder (utført av)';
    comment on column core.bill.credits_bill is 'The bill that this one takes back (kreditering); null when that one is not known';

    alter table core.bill_line add column bill_id bigint;
    update core.bill_line l set bill_id = i.bill_id from core.bill_identity i where i.bill_guid = l.bill_guid;
    alter table core.bill_line drop constraint bill_line_pk;
    alter table core.bill_line drop column bill_guid, alter column bill_id set not null;
    alter table core.bill_line add constraint bill_line_pk primary key (received_month, bill_id, line_no);

    alter table core.rule_outcome add column bill_id bigint;
    update core.rule_outcome o set bill_id = i.bill_id from core.bill_identity i where i.bill_guid = o.bill_guid;
    alter table core.rule_outcome drop constraint rule_outcome_pk;
    alter table core.rule_outcome drop column bill_guid, alter column bill_id set not null;
    alter table core.rule_outcome add constraint rule_outcome_pk primary key (received_month, bill_id, rule_no);

    alter table core.provider_fact add column account_hash text, add column registered_via text;
    comment on column core.provider_fact.account_hash is 'Equal for equal accounts (konto); the number itself is never sent';
    comment on column core.provider_fact.registered_via is 'praksisinfo, altinn or manuell';

    create table core.patient_fact (
      patient_key bigint not null constraint patient_fact_patient references core.patient,
      known_from timestamptz not null,
      birth_year smallint not null,
      municipality text not null,
      list_provider int constraint patient_fact_list references core.provider,
      died date,
      emigrated date,
      batch_id int not null constraint patient_fact_batch references core.load_batch,
      constraint patient_fact_pk primary key (patient_key, known_from)
    );
    comment on table core.patient_fact is 'What the population register says of a person, and since when it is known (folkeregisteret, fastlegeregisteret)';

    create table core.substitute (
      provider_id int not null constraint substitute_provider references core.provider,
      substitute_hpr int not null,
      valid_from date not null,
      valid_to date,
      known_from timestamptz not null,
      batch_id int not null constraint substitute_batch references core.load_batch,
      constraint substitute_pk primary key (provider_id, substitute_hpr, valid_from, known_from)
    );
    comment on table core.substitute is 'Who stands in for the holder of a practice (vikar)';

    create table core.agreement (
      provider_id int not null constraint agreement_provider references core.provider,
      scope text not null,
      valid_from date not null,
      valid_to date,
      known_from timestamptz not null,
      batch_id int not null constraint agreement_batch references core.load_batch,
      constraint agreement_pk primary key (provider_id, scope, valid_from, known_from)
    );
    comment on table core.agreement is 'Agreement on direct settlement (avtale om direkte oppgjør)';

    create schema rx;
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
    comment on table rx.prescription is 'Prescription, M1 (resept); reservation is against generic substitution (bytte)';
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
    comment on table rx.dispensing is 'Dispensing, M10 (utlevering); an override sets the prescription aside (overstyring)';
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
    comment on table rx.claim is 'Settlement claim, M18 (oppgjørskrav)';

    create or replace function core.ensure_month(month date) returns void language plpgsql as $$
    declare suffix text := to_char(month, 'YYYY_MM'); parent regclass; child text;
    begin
      perform pg_advisory_xact_lock(hashtext('core.ensure_month'));
      foreach parent in array array['core.bill', 'core.bill_line', 'core.rule_outcome', 'rx.prescription', 'rx.dispensing', 'rx.claim']::regclass[] loop
        child := parent::text || '_' || suffix;
        if to_regclass(child) is null then
          -- Attaching does not lock out those who write to other months; creating as a partition would.
          execute format('create table %s (like %s including all)', child, parent);
          execute format('alter table %s attach partition %s for values from (%L) to (%L)', parent, child, month, (month + interval '1 month')::date);
        end if;
      end loop;
    end $$;
    comment on function core.ensure_month is 'Makes the partitions of a month of receipt; call it in a transaction of its own, it is short';
    do $$ declare m date; begin for m in select distinct received_month from core.month_touch loop perform core.ensure_month(m); end loop; end $$;

    alter table core.load_batch drop constraint load_batch_kind;
    alter table core.load_batch add constraint load_batch_kind
      check (kind in ('settlement', 'provider', 'patient', 'substitute', 'prescription', 'case', 'table', 'bills'));

    alter table ctl.appeal add column received date, add column instance text not null default 'helfo', add column misregistered boolean not null default false;
    comment on column ctl.appeal.misregistered is 'A reversal entered as a complaint that nobody sent in: flagged, and no label rests on it';
    create table ctl.reversal (
      case_no text not null constraint reversal_case references ctl.case,
      decided date not null,
      amount_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null constraint reversal_batch references core.load_batch,
      constraint reversal_pk primary key (case_no, known_from)
    );
    comment on table ctl.reversal is 'The payer undoes its own decision (omgjøring); the amount is what is left';

    create table ref.field (code text constraint field_pk primary key, name text not null);
    comment on table ref.field is 'fagområde';
    create table ref.practice_type (code text constraint practice_type_pk primary key, name text not null, field text not null constraint practice_type_field references ref.field);
    comment on table ref.practice_type is 'praksistype';
    create table ref.icpc2_chapter (letter char(1) constraint icpc2_chapter_pk primary key, name text not null);
    comment on table ref.icpc2_chapter is 'Chapters of ICPC-2 (kapittel)';
    create table ref.rule (number int constraint rule_pk primary key, text text not null);
    comment on table ref.rule is 'Rules of the rule engine (merknad)';
    create table ref.regime_event (day date not null, what text not null, constraint regime_event_pk primary key (day, what));
    comment on table ref.regime_event is 'Changes that break series: tariffs, rules, products';
    alter table ref.tariff add column slot text constraint tariff_slot check (slot in ('d', 'k')), add column max_repetitions int not null default 1,
      add column fee_ore bigint not null default 0, add column fee_published boolean not null default false, add column invalid_combination text[] not null default '{}';
    comment on column ref.tariff.min_minutes is 'minimum_tidsbruk';
    comment on column ref.tariff.minutes_per_repetition is 'tidsbruk_per_rep';

    delete from ml.partition;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop schema rx cascade;
    drop table ref.regime_event, ref.rule, ref.icpc2_chapter, ref.practice_type, ref.field, ctl.reversal, core.agreement, core.substitute, core.patient_fact;
    alter table ref.tariff drop column slot, drop column max_repetitions, drop column fee_ore, drop column fee_published, drop column invalid_combination;
    alter table ctl.appeal drop column received, drop column instance, drop column misregistered;
    alter table core.provider_fact drop column account_hash, drop column registered_via;
    create or replace function core.ensure_month(month date) returns void language plpgsql as $$
    declare suffix text := to_char(month, 'YYYY_MM'); parent text;
    begin
      foreach parent in array array['bill', 'bill_line', 'rule_outcome'] loop
        if to_regclass(format('core.%I', parent || '_' || suffix)) is null then
          execute format('create table if not exists core.%I partition of core.%I for values from (%L) to (%L)',
            parent || '_' || suffix, parent, month, (month + interval '1 month')::date);
        end if;
      end loop;
    end $$;
    alter table core.bill_line drop constraint bill_line_pk, add column bill_guid uuid;
    update core.bill_line l set bill_guid = b.bill_guid from core.bill b where b.received_month = l.received_month and b.bill_id = l.bill_id;
    alter table core.bill_line drop column bill_id;
    alter table core.bill_line add constraint bill_line_pk primary key (received_month, bill_guid, line_no);
    alter table core.rule_outcome drop constraint rule_outcome_pk, add column bill_guid uuid;
    update core.rule_outcome o set bill_guid = b.bill_guid from core.bill b where b.received_month = o.received_month and b.bill_id = o.bill_id;
    alter table core.rule_outcome drop column bill_id;
    alter table core.rule_outcome add constraint rule_outcome_pk primary key (received_month, bill_guid, rule_no);
    alter table core.bill drop constraint bill_pk, drop column bill_id, drop column performed_by, drop column credits_bill;
    alter table core.bill add constraint bill_pk primary key (received_month, bill_guid);
    alter table core.bill_identity drop column bill_id;
    drop sequence core.bill_number;
    delete from ml.partition;
    alter table core.load_batch drop constraint load_batch_kind;
    alter table core.load_batch add constraint load_batch_kind check (kind in ('settlement', 'provider', 'case', 'table')) not valid;
  `);
}
