import type { Knex } from 'knex';
import { appendOnly, audited } from './triggers';

/**
 * The access log, the mirror to MLflow, outages of servers that a run needed, responses to repeated requests, and the
 * ground truth of a simulated register.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ACCESS_LOG);
  await knex.raw(MLFLOW_MIRROR);
  await knex.raw(OPERATIONS);
  await knex.raw(GROUND_TRUTH);
  await knex.raw(appendOnly('aud.access', 'ml.mirror_deviation'));
  await knex.raw(audited('aud.access', 'access_id'));
  await knex.raw(audited('ml.mirror_deviation', 'deviation_id'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop schema truth cascade;
    drop schema ops cascade;
    drop table ml.mirror_deviation, ml.mirror_link, ml.mirror_outbox, aud.access_waiting, aud.access;
  `);
}

const ACCESS_LOG = `
  create table aud.access (
    access_id uuid constraint access_pk primary key,
    action_id uuid not null constraint access_action references aud.action,
    principal_id uuid not null constraint access_principal references aud.principal,
    kind text not null constraint access_kind check (kind in ('provider', 'list', 'list-export', 'ledger-export')),
    subject_id text not null,
    purpose text not null,
    case_no text,
    own_case boolean,
    first_row int,
    last_row int,
    at timestamptz not null,
    constraint access_provider check ((kind = 'provider') = (own_case is not null))
  );
  create index access_of_principal on aud.access (principal_id, at);
  create index access_in_time on aud.access (at);
  comment on table aud.access is
    'Access log: who opened a provider or read a list, and for which purpose (innsynslogg)';
  comment on column aud.access.own_case is 'Whether the reader had a control case of this provider (egen sak)';

  create table aud.access_waiting (
    access_id uuid constraint access_waiting_pk primary key,
    access jsonb not null,
    at timestamptz not null
  );
  comment on table aud.access_waiting is
    'Reads whose ledger entry waits because the chain was busy; moved to aud.access within seconds';
`;

const MLFLOW_MIRROR = `
  create table ml.mirror_outbox (
    outbox_id bigint generated always as identity constraint mirror_outbox_pk primary key,
    kind text not null constraint mirror_outbox_kind check (kind in ('run', 'version', 'champion')),
    subject_id text not null,
    made_at timestamptz not null,
    done_at timestamptz
  );
  create index mirror_outbox_open on ml.mirror_outbox (outbox_id) where done_at is null;
  comment on table ml.mirror_outbox is
    'Transactional outbox of the MLflow mirror: written with the change, sent to MLflow afterwards';

  create table ml.mirror_link (
    kind text not null,
    subject_id text not null,
    mlflow_id text not null,
    constraint mirror_link_pk primary key (kind, subject_id)
  );
  comment on table ml.mirror_link is 'Id that MLflow gave to what was mirrored';

  create table ml.mirror_deviation (
    deviation_id uuid constraint mirror_deviation_pk primary key,
    kind text not null constraint mirror_deviation_kind check (kind in ('run', 'version', 'champion')),
    subject_id text not null,
    what text not null,
    expected text not null,
    found text not null,
    found_at timestamptz not null
  );
  comment on table ml.mirror_deviation is
    'A value in MLflow that somebody changed by hand: recorded, then mirrored again (avvik i speilet)';
  comment on column ml.mirror_deviation.what is 'Which property of the run, version or champion differs';
`;

const OPERATIONS = `
  create schema ops;
  comment on schema ops is 'Operations (drift)';

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
  comment on table ops.source_outage is
    'A server that did not answer an activity, from the first failure until it answered again (nedetid)';

  create table ops.idempotency (
    principal text not null,
    key text not null,
    request_sha256 text not null,
    status int,
    answer jsonb,
    at timestamptz not null,
    constraint idempotency_pk primary key (principal, key)
  );
  create index idempotency_in_time on ops.idempotency (at);
  comment on table ops.idempotency is
    'Responses to requests with an idempotency key, so that a repeated one gets the same (idempotensnøkkel)';
`;

const GROUND_TRUTH = `
  create schema truth;
  comment on schema truth is
    'Ground truth of a simulated register (fasit): for evaluating models and detectors, hidden from the product';

  create table truth.provider (
    practice_no text constraint truth_provider_pk primary key,
    latent text not null,
    behaviours text[] not null,
    benign text,
    severity double precision not null,
    start_month date not null,
    ring int
  );
  comment on table truth.provider is 'What the simulation planted in a provider';
  comment on column truth.provider.benign is 'Why a benign outlier deviates from its peers (forklarlig avvik)';

  create table truth.day (
    practice_no text not null constraint truth_day_provider references truth.provider,
    day date not null,
    behaviour smallint not null,
    bills int not null,
    excess_ore bigint not null,
    constraint truth_day_pk primary key (practice_no, day, behaviour)
  );
  comment on table truth.day is 'Planted bills of a day and the amount above what was due';
`;
