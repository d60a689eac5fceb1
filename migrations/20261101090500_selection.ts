import type { Knex } from 'knex';

/** Scoring runs, selection lists and the seals on them. A approved list cannot change. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema sel;

    create table sel.scoring_run (
      scoring_id text constraint scoring_run_pk primary key,
      slot text not null,
      version_id text not null constraint scoring_run_version references ml.model_version,
      matrix_id text not null constraint scoring_run_matrix references ml.matrix,
      as_of timestamptz not null,
      scores_sha256 text not null,
      rows int not null,
      action_id uuid not null constraint scoring_run_action references aud.action,
      scored_at timestamptz not null,
      constraint scoring_run_natural unique (slot, version_id, matrix_id)
    );
    comment on table sel.scoring_run is 'Scores of one population by one version, named by content (skåring)';

    create table sel.list (
      list_id text constraint list_pk primary key,
      scoring_id text not null constraint list_scoring references sel.scoring_run constraint list_once unique,
      slot text not null,
      as_of timestamptz not null,
      capacity int not null constraint list_capacity check (capacity > 0),
      seed bigint not null,
      policy text not null,
      drafted_at timestamptz not null,
      expires_at timestamptz not null
    );
    comment on table sel.list is 'Selection list of a round (utvalgsliste); draft until two people sign off it';

    create table sel.line (
      list_id text not null constraint line_list references sel.list,
      rank int not null,
      entity text not null,
      grp text not null,
      score double precision not null,
      probability double precision not null,
      arm text not null constraint line_arm check (arm in ('exploit', 'explore', 'random', 'mandatory')),
      selected boolean not null,
      inclusion_probability double precision not null constraint line_probability check (inclusion_probability between 0 and 1),
      constraint line_pk primary key (list_id, rank),
      constraint line_entity unique (list_id, entity)
    );
    comment on table sel.line is 'Every candidate of a list, chosen or not, with its inclusion probability';

    create table sel.sign_off (
      sign_off_id uuid constraint sign_off_pk primary key,
      list_id text not null constraint sign_off_list references sel.list,
      verdict text not null constraint sign_off_verdict check (verdict in ('approved', 'refused', 'expired')),
      principal_id uuid,
      action_id uuid constraint seal_action references aud.action,
      reason_id uuid constraint sign_off_reason references aud.reason,
      sealed_at timestamptz not null,
      constraint sign_off_once_each unique (list_id, principal_id),
      constraint sign_off_has_person check (verdict = 'expired' or principal_id is not null)
    );

    create function sel.check_sign_off() returns trigger language plpgsql as $$
    declare seals int; closed boolean;
    begin
      perform 1 from sel.list where list_id = new.list_id for update;
      select count(*) filter (where verdict = 'approved'), coalesce(bool_or(verdict <> 'approved'), false) into seals, closed from sel.sign_off where list_id = new.list_id;
      if closed or seals >= 2 then
        raise exception 'list % is closed', new.list_id using errcode = 'check_violation';
      end if;
      if new.action_id is not null and not exists (select 1 from aud.action a where a.action_id = new.action_id and a.principal_id = new.principal_id) then
        raise exception 'the seal''s person is not the one who acted' using errcode = 'check_violation';
      end if;
      return new;
    end $$;
    create trigger sign_off_checked before insert on sel.sign_off for each row execute function sel.check_sign_off();
    create trigger list_append_only before update or delete or truncate on sel.list for each statement execute function aud.refuse_change();
    create trigger sign_off_append_only before update or delete or truncate on sel.sign_off for each statement execute function aud.refuse_change();
    create trigger line_append_only before update or delete or truncate on sel.line for each statement execute function aud.refuse_change();
    create trigger scoring_append_only before update or delete or truncate on sel.scoring_run for each statement execute function aud.refuse_change();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema sel cascade');
}
