import type { Knex } from 'knex';

/**
 * What stands round a control case: campaigns and signals before it, findings in it, reclaims and measures after it. And
 * what keeps the machinery honest: outages of the servers that a run needed.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ctl.campaign (
      campaign_code text constraint campaign_pk primary key,
      kind text not null constraint campaign_kind check (kind in ('ordinary', 'mapping', 'theme')),
      name text not null,
      valid_from date not null,
      valid_to date,
      known_from timestamptz not null,
      batch_id int not null constraint campaign_batch references core.load_batch
    );
    comment on table ctl.campaign is 'Controls with one purpose (kontrollkampanje)';

    create table ctl.signal (
      signal_no text constraint signal_pk primary key,
      provider_id int not null constraint signal_provider references core.provider,
      source text not null constraint signal_source
        check (source in ('rule', 'peer', 'ml', 'tip', 'audit-office', 'other-agency', 'media', 'random')),
      received date not null,
      strength double precision constraint signal_strength check (strength between 0 and 1),
      known_from timestamptz not null,
      batch_id int not null constraint signal_batch references core.load_batch
    );
    comment on table ctl.signal is 'Something that points to a provider (bekymringsmelding, signal)';
    create index signal_of_provider on ctl.signal (provider_id, known_from);

    alter table ctl.case add column campaign_code text constraint case_campaign references ctl.campaign, add column control_from date, add column control_to date,
      add constraint case_period check (control_from <= control_to);
    comment on column ctl.case.control_from is 'First day of service that the control looks at (kontrollperiode)';

    create table ctl.finding (
      case_no text not null constraint finding_case references ctl.case,
      finding_no int not null,
      bill_guid uuid,
      tariff text,
      kind text not null,
      cause text,
      amount_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null constraint finding_batch references core.load_batch,
      constraint finding_pk primary key (case_no, finding_no, known_from)
    );
    comment on table ctl.finding is 'What was wrong with one bill or tariff (funn)';

    create table ctl.reclaim (
      case_no text not null constraint reclaim_case references ctl.case,
      decided date not null,
      decided_ore bigint not null,
      recovered_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null constraint reclaim_batch references core.load_batch,
      constraint reclaim_pk primary key (case_no, known_from)
    );
    comment on table ctl.reclaim is 'Money asked back and received (tilbakekreving)';

    create table ctl.measure (
      case_no text not null constraint measure_case references ctl.case,
      kind text not null,
      decided date not null,
      known_from timestamptz not null,
      batch_id int not null constraint measure_batch references core.load_batch,
      constraint measure_pk primary key (case_no, kind, known_from)
    );
    comment on table ctl.measure is 'What was done besides money (tiltak)';

    alter table core.load_batch drop constraint load_batch_kind;
    alter table core.load_batch add constraint load_batch_kind
      check (kind in ('settlement', 'provider', 'agreement', 'patient', 'substitute', 'prescription', 'case', 'table', 'bills'));

    create schema ops;
    comment on schema ops is 'Running of the machinery (drift)';
    create table ops.source_outage (
      outage_id uuid constraint source_outage_pk primary key,
      activity text not null,
      workflow_id text not null,
      code text not null,
      first_failed_at timestamptz not null,
      answered_at timestamptz not null,
      failures int not null constraint source_outage_failures check (failures > 0),
      constraint source_outage_once unique (workflow_id, activity, first_failed_at),
      constraint source_outage_order check (answered_at >= first_failed_at)
    );
    comment on table ops.source_outage is 'A server did not answer an activity, from the first failure until it answered again (nedetid)';
    grant usage on schema ops to utplukk_product;
    grant select, insert on ops.source_outage to utplukk_product;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop schema ops cascade;
    alter table core.load_batch drop constraint load_batch_kind;
    alter table core.load_batch add constraint load_batch_kind
      check (kind in ('settlement', 'provider', 'patient', 'substitute', 'prescription', 'case', 'table', 'bills')) not valid;
    drop table ctl.measure, ctl.reclaim, ctl.finding, ctl.signal;
    alter table ctl.case drop constraint case_period, drop column campaign_code, drop column control_from, drop column control_to;
    drop table ctl.campaign;
  `);
}
