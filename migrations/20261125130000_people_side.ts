import type { Knex } from 'knex';

/** Rows of these are named by digest in the ledger, as those of 20261125090000. */
const COVERED: readonly (readonly [table: string, key: string])[] = [
  ['aud.access', 'access_id'],
  ['sel.assessment', 'list_id,entity,principal_id'],
];
const READ = ['core', 'rx', 'ctl', 'ref', 'ml', 'sel', 'ops'];

/**
 * Who looked at what and why, assessments that people give before they see a rank, answers to repeated requests, and the
 * role of the API: it reads what pages show, adds what people decide, and can neither read the vault or what a simulation
 * planted nor change what the audit trail holds.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
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
    comment on table aud.access is 'Who opened a provider or read a list, and for which purpose (innsyn, oppslag)';
    comment on column aud.access.own_case is 'Whether the one who looked had a control case of this provider (egen sak)';
    create trigger access_append_only before update or delete or truncate on aud.access for each statement execute function aud.refuse_change();

    create table aud.access_waiting (
      access_id uuid constraint access_waiting_pk primary key,
      access jsonb not null,
      at timestamptz not null
    );
    comment on table aud.access_waiting is 'Look-ups whose ledger entry waits because the chain was busy; moved to aud.access within seconds';

    create table sel.assessment (
      list_id text not null constraint assessment_list references sel.list,
      entity text not null,
      principal_id uuid not null,
      action_id uuid not null constraint assessment_action references aud.action,
      verdict text not null constraint assessment_verdict check (verdict in ('control', 'no-control', 'unsure')),
      reason_id uuid constraint assessment_reason references aud.reason,
      at timestamptz not null,
      constraint assessment_pk primary key (list_id, entity, principal_id),
      constraint assessment_line foreign key (list_id, entity) references sel.line (list_id, entity)
    );
    comment on table sel.assessment is 'What a person thought of a provider before seeing its rank (blind vurdering)';
    create trigger assessment_append_only before update or delete or truncate on sel.assessment for each statement execute function aud.refuse_change();
    create trigger assessment_person before insert on sel.assessment for each row execute function ml.check_person();

    create table ops.idempotency (
      principal text not null,
      key text not null,
      request_sha256 text not null,
      status int,
      answer jsonb,
      at timestamptz not null,
      constraint idempotency_pk primary key (principal, key)
    );
    comment on table ops.idempotency is 'Answers to requests that carried a key, so that a repeated one gets the same answer (idempotensnøkkel)';
    create index idempotency_in_time on ops.idempotency (at);

    create index training_run_in_time on ml.training_run (started_at, run_id);
    create index model_version_in_time on ml.model_version (registered_at, version_id);
    create index promotion_request_in_time on ml.promotion_request (requested_at, request_id);
    create index list_in_time on sel.list (drafted_at, list_id);
    create index line_of_entity on sel.line (entity);
    create index snapshot_in_time on ml.snapshot (made_at, snapshot_id);
    create index case_of_provider on ctl.case (provider_id);
    create index entry_event on aud.entry (event text_pattern_ops);

    do $$ begin
      if not exists (select from pg_roles where rolname = 'utplukk_api') then create role utplukk_api nologin; end if;
    end $$;
    grant select, insert on aud.access, sel.assessment to utplukk_product;
    grant select, insert, update, delete on aud.access_waiting to utplukk_product;
    grant select, insert, update, delete on ops.idempotency to utplukk_product;

    grant select on public.schema_migration to utplukk_api;
    grant usage on schema aud to utplukk_api;
    grant select, insert on aud.principal, aud.action, aud.reason, aud.entry, aud.access to utplukk_api;
    grant select, insert, update, delete on aud.access_waiting to utplukk_api;
    grant select on aud.chain, aud.chain_head to utplukk_api;
    grant execute on function aud.changes() to utplukk_api;
    ${READ.map((schema) => `grant usage on schema ${schema} to utplukk_api; grant select on all tables in schema ${schema} to utplukk_api; alter default privileges in schema ${schema} grant select on tables to utplukk_api;`).join('\n    ')}
    grant insert on ml.training_run, ml.promotion_request, ml.statement, ml.decision, ml.gate_waiver, sel.sign_off, sel.assessment to utplukk_api;
    grant insert, update, delete on ops.idempotency to utplukk_api;
    -- Locking a row needs the privilege to update a column of it; these rows are append-only by trigger.
    grant update (request_id) on ml.promotion_request to utplukk_api;
    grant update (list_id) on sel.list to utplukk_api;
  `);
  for (const [table, key] of COVERED)
    await knex.raw(
      `create trigger ${table.split('.')[1]!}_covered after insert or update or delete on ${table} for each row execute function aud.touch('${key}', '')`,
    );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    ${READ.map((schema) => `alter default privileges in schema ${schema} revoke select on tables from utplukk_api; revoke all on all tables in schema ${schema} from utplukk_api; revoke all on schema ${schema} from utplukk_api;`).join('\n    ')}
    revoke all on all tables in schema aud from utplukk_api;
    revoke all on function aud.changes() from utplukk_api;
    revoke all on schema aud from utplukk_api;
    revoke all on public.schema_migration from utplukk_api;
    drop index aud.entry_event, ctl.case_of_provider, ml.snapshot_in_time, sel.line_of_entity, sel.list_in_time, ml.promotion_request_in_time, ml.model_version_in_time, ml.training_run_in_time;
    drop table ops.idempotency, sel.assessment, aud.access_waiting, aud.access;
  `);
}
