import type { Knex } from 'knex';
import { appendOnly, audited } from './triggers';

/** Scoring runs, selection lists and sign-offs. A list is closed by two approvals, or by one refusal or expiry. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(LISTS);
  await knex.raw(SIGN_OFFS);
  await knex.raw(appendOnly('sel.scoring_run', 'sel.list', 'sel.line', 'sel.sign_off', 'sel.assessment'));
  await knex.raw(audited('sel.scoring_run', 'scoring_id'));
  await knex.raw(audited('sel.list', 'list_id'));
  await knex.raw(audited('sel.sign_off', 'sign_off_id'));
  await knex.raw(audited('sel.assessment', 'list_id,entity,principal_id'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema sel cascade');
}

const LISTS = `
  create schema sel;
  comment on schema sel is 'Scores, selection lists and their approval (utvelgelse)';

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
  create index scoring_run_in_time on sel.scoring_run (slot, scored_at);
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
  create index list_in_time on sel.list (drafted_at, list_id);
  comment on table sel.list is 'Selection list of a round (utvalgsliste); a draft until two people have signed it off';

  create table sel.line (
    list_id text not null constraint line_list references sel.list,
    rank int not null,
    entity text not null,
    provider_group text not null,
    score double precision not null,
    probability double precision not null,
    expected_ore bigint constraint line_expected check (expected_ore >= 0),
    out_of_distribution boolean,
    arm text not null constraint line_arm check (arm in ('exploit', 'explore', 'random', 'mandatory')),
    selected boolean not null,
    inclusion_probability double precision not null
      constraint line_probability check (inclusion_probability between 0 and 1),
    constraint line_pk primary key (list_id, rank),
    constraint line_entity unique (list_id, entity)
  );
  create index line_of_entity on sel.line (entity);
  comment on table sel.line is
    'Every candidate of a list, selected or not, with its inclusion probability (plass på listen)';
  comment on column sel.line.expected_ore is
    'Expected upheld amount in øre: probability of a finding times expected amount of a finding (forventet beløp)';
  comment on column sel.line.out_of_distribution is
    'Outside the range of the training data: the score is an extrapolation (utenfor treningsdata)';
`;

const SIGN_OFFS = `
  create table sel.sign_off (
    sign_off_id uuid constraint sign_off_pk primary key,
    list_id text not null constraint sign_off_list references sel.list,
    verdict text not null constraint sign_off_verdict check (verdict in ('approved', 'refused', 'expired')),
    principal_id uuid,
    action_id uuid constraint sign_off_action references aud.action,
    reason_id uuid constraint sign_off_reason references aud.reason,
    signed_at timestamptz not null,
    constraint sign_off_once_each unique (list_id, principal_id),
    constraint sign_off_has_person check (verdict = 'expired' or principal_id is not null)
  );
  comment on table sel.sign_off is 'One person''s verdict on a draft list, or its expiry (godkjenning)';

  create function sel.check_sign_off() returns trigger language plpgsql as $$
  declare approvals int; closed boolean;
  begin
    perform 1 from sel.list where list_id = new.list_id for update;
    select count(*) filter (where verdict = 'approved'), coalesce(bool_or(verdict <> 'approved'), false)
      into approvals, closed from sel.sign_off where list_id = new.list_id;
    if closed or approvals >= 2 then
      raise exception 'list % is closed', new.list_id using errcode = 'check_violation';
    end if;
    if new.action_id is not null and not exists (select 1 from aud.action a
        where a.action_id = new.action_id and a.principal_id = new.principal_id) then
      raise exception 'the person who signs off is not the one who acted' using errcode = 'check_violation';
    end if;
    return new;
  end $$;
  create trigger sign_off_checked before insert on sel.sign_off
    for each row execute function sel.check_sign_off();

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
  comment on table sel.assessment is
    'A person''s assessment of a provider before its rank is shown (vurdering uten å se plassen)';
  create trigger assessment_checked before insert on sel.assessment
    for each row execute function ml.check_actor();
`;
