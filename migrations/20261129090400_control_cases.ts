import type { Knex } from 'knex';

/**
 * Control cases: the campaigns and signals that lead to them, findings, decisions, appeals, reversals, reclaims and
 * measures. Every row is a fact with the instant it became known.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(CASES);
  await knex.raw(OUTCOMES);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema ctl cascade');
}

const CASES = `
  create schema ctl;
  comment on schema ctl is 'Control cases of the payer (kontrollsaker)';

  create table ctl.campaign (
    campaign_code text constraint campaign_pk primary key,
    kind text not null constraint campaign_kind check (kind in ('ordinary', 'mapping', 'theme')),
    name text not null,
    valid_from date not null,
    valid_to date,
    known_from timestamptz not null,
    batch_id int not null constraint campaign_batch references core.load_batch
  );
  comment on table ctl.campaign is 'Control cases with one purpose (kontrollkampanje)';

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
  create index signal_of_provider on ctl.signal (provider_id, known_from);
  comment on table ctl.signal is 'A reason to look at a provider (bekymringsmelding, signal)';

  create table ctl.case (
    case_no text constraint case_pk primary key,
    provider_id int not null constraint case_provider references core.provider,
    opened date not null,
    basis text not null,
    selection_probability double precision,
    selected_by_list text,
    campaign_code text constraint case_campaign references ctl.campaign,
    control_from date,
    control_to date,
    caseworker text not null,
    known_from timestamptz not null,
    batch_id int not null constraint case_batch references core.load_batch,
    constraint case_period check (control_from <= control_to)
  );
  create index case_of_provider on ctl.case (provider_id);
  comment on table ctl.case is 'Control case (kontrollsak, etterkontroll)';
  comment on column ctl.case.selected_by_list is 'Selection list that the case came from (utvalgsliste)';
  comment on column ctl.case.control_from is 'First day of service that the case looks at (kontrollperiode)';
  comment on column ctl.case.caseworker is
    'Who handled the case: recorded and reported on, never used for selection (saksbehandler)';
`;

const OUTCOMES = `
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
  comment on table ctl.finding is 'An error in one bill or in the use of one tariff (funn)';

  create table ctl.outcome (
    case_no text not null constraint outcome_case references ctl.case,
    decided date not null,
    outcome text not null,
    amount_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null constraint outcome_batch references core.load_batch,
    constraint outcome_pk primary key (case_no, known_from)
  );
  comment on table ctl.outcome is 'Decision in a case (vedtak)';

  create table ctl.appeal (
    case_no text not null constraint appeal_case references ctl.case,
    received date,
    decided date not null,
    result text not null,
    instance text not null default 'helfo',
    amount_ore bigint not null,
    misregistered boolean not null default false,
    known_from timestamptz not null,
    batch_id int not null constraint appeal_batch references core.load_batch,
    constraint appeal_pk primary key (case_no, known_from)
  );
  comment on table ctl.appeal is 'Appeal and its result (klage)';
  comment on column ctl.appeal.misregistered is
    'A reversal by the payer registered as an appeal that nobody sent: flagged, and never used as a label';

  create table ctl.reversal (
    case_no text not null constraint reversal_case references ctl.case,
    decided date not null,
    amount_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null constraint reversal_batch references core.load_batch,
    constraint reversal_pk primary key (case_no, known_from)
  );
  comment on table ctl.reversal is
    'The payer reverses its own decision (omgjøring); amount_ore is the amount that remains';

  create table ctl.reclaim (
    case_no text not null constraint reclaim_case references ctl.case,
    decided date not null,
    decided_ore bigint not null,
    recovered_ore bigint not null,
    known_from timestamptz not null,
    batch_id int not null constraint reclaim_batch references core.load_batch,
    constraint reclaim_pk primary key (case_no, known_from)
  );
  comment on table ctl.reclaim is 'Amounts reclaimed and recovered (tilbakekreving)';

  create table ctl.measure (
    case_no text not null constraint measure_case references ctl.case,
    kind text not null,
    decided date not null,
    known_from timestamptz not null,
    batch_id int not null constraint measure_batch references core.load_batch,
    constraint measure_pk primary key (case_no, kind, known_from)
  );
  comment on table ctl.measure is 'Measures other than money (tiltak)';
`;
