import type { Knex } from 'knex';
import { appendOnly, audited } from './triggers';

/**
 * Promotion requests, gate results, waivers, decisions, champions, interventions, and the signed statements behind
 * them. Whatever workflow or service writes, triggers refuse: an approval by the person who requested or trained, one
 * without a signed statement or with gates neither passed nor waived by two people, a decision on an expired request, a
 * champion without an approval since its last withdrawal, and a clock that was set back.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(REQUESTS_AND_DECISIONS);
  await knex.raw(INTERVENTIONS);
  await knex.raw(CHECK_ACTOR);
  await knex.raw(CHECK_DECISION);
  await knex.raw(CHECK_CHAMPION);
  for (const [table, key] of AUDITED) await knex.raw(`${appendOnly(table)} ${audited(table, key)}`);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table ml.intervention_answer, ml.intervention, ml.champion, ml.decision, ml.gate_waiver, ml.gate_result,
      ml.promotion_request, ml.statement;
    drop function ml.check_decision, ml.check_champion, ml.check_actor;
  `);
}

const AUDITED: readonly (readonly [table: string, key: string])[] = [
  ['ml.statement', 'statement_id'],
  ['ml.promotion_request', 'request_id'],
  ['ml.gate_result', 'request_id,gate'],
  ['ml.gate_waiver', 'request_id,gate,principal_id'],
  ['ml.decision', 'decision_id'],
  ['ml.champion', 'slot,seq'],
  ['ml.intervention', 'intervention_id'],
  ['ml.intervention_answer', 'intervention_id,principal_id'],
];

const REQUESTS_AND_DECISIONS = `
  create table ml.statement (
    statement_id text constraint statement_pk primary key,
    version_id text not null constraint statement_version references ml.model_version,
    predicate_type text not null,
    envelope jsonb not null,
    action_id uuid not null constraint statement_action references aud.action,
    made_at timestamptz not null
  );
  create index statement_of_version on ml.statement (version_id, predicate_type);
  comment on table ml.statement is
    'Signed statement about a version, in-toto in DSSE: registration, request, decision, revocation (erklæring)';

  create table ml.promotion_request (
    request_id uuid constraint promotion_request_pk primary key,
    version_id text not null constraint promotion_request_version references ml.model_version,
    slot text not null,
    statement_id text constraint promotion_request_statement references ml.statement,
    action_id uuid not null constraint promotion_request_action references aud.action,
    requested_at timestamptz not null,
    expires_at timestamptz not null,
    constraint promotion_request_expiry check (expires_at > requested_at)
  );
  create index promotion_request_in_time on ml.promotion_request (requested_at, request_id);
  create index promotion_request_of_version on ml.promotion_request (version_id);
  comment on table ml.promotion_request is 'Request to make a version the champion of a slot (forslag om å ta i bruk)';

  create table ml.gate_result (
    request_id uuid not null constraint gate_result_request references ml.promotion_request,
    gate text not null,
    passed boolean not null,
    reason text not null,
    reason_nb text,
    policy_version int,
    constraint gate_result_pk primary key (request_id, gate)
  );
  comment on table ml.gate_result is 'Result of one gate for one request (godkjenningskrav)';
  comment on column ml.gate_result.reason_nb is 'The reason in Norwegian bokmål (begrunnelse)';
  comment on column ml.gate_result.policy_version is 'Version of the thresholds that were applied (kravversjon)';

  create table ml.gate_waiver (
    request_id uuid not null,
    gate text not null,
    principal_id uuid not null,
    action_id uuid not null constraint gate_waiver_action references aud.action,
    reason_id uuid not null constraint gate_waiver_reason references aud.reason,
    at timestamptz not null,
    constraint gate_waiver_pk primary key (request_id, gate, principal_id),
    constraint gate_waiver_gate foreign key (request_id, gate) references ml.gate_result
  );
  comment on table ml.gate_waiver is
    'A person waives a gate that was not passed, with a visible reason; two different people are needed (fravikelse)';

  create table ml.decision (
    decision_id uuid constraint decision_pk primary key,
    request_id uuid not null constraint decision_request references ml.promotion_request
      constraint decision_once unique,
    verdict text not null constraint decision_verdict check (verdict in ('approved', 'refused', 'expired')),
    statement_id text constraint decision_statement references ml.statement,
    action_id uuid constraint decision_action references aud.action,
    reason_id uuid constraint decision_reason references aud.reason,
    decided_at timestamptz not null,
    constraint decision_has_decider check (verdict = 'expired' or action_id is not null)
  );
  comment on table ml.decision is 'Decision on a request (beslutning)';

  create table ml.champion (
    slot text not null,
    seq int not null,
    version_id text not null constraint champion_version references ml.model_version,
    decision_id uuid not null constraint champion_decision references ml.decision,
    action_id uuid not null constraint champion_action references aud.action,
    live_from timestamptz not null,
    constraint champion_pk primary key (slot, seq)
  );
  create index champion_in_time on ml.champion (slot, live_from);
  create index champion_of_version on ml.champion (version_id);
  comment on table ml.champion is
    'Which version was live in a slot and since when; the highest seq is live now (modellen i bruk)';
`;

const INTERVENTIONS = `
  create table ml.intervention (
    intervention_id uuid constraint intervention_pk primary key,
    slot text not null,
    kind text not null constraint intervention_kind check (kind in ('suspend', 'roll-back')),
    live_version text not null constraint intervention_live_version references ml.model_version,
    restored_version text constraint intervention_restored_version references ml.model_version,
    action_id uuid not null constraint intervention_action references aud.action,
    reason_id uuid not null constraint intervention_reason references aud.reason,
    at timestamptz not null,
    confirm_by timestamptz,
    constraint intervention_shape check ((kind = 'roll-back') = (restored_version is not null)
      and (kind = 'roll-back') = (confirm_by is not null))
  );
  create index intervention_of_slot on ml.intervention (slot, at);
  comment on table ml.intervention is
    'One person suspended scoring or rolled back to an earlier version (stanse skåring, gå tilbake)';
  comment on column ml.intervention.restored_version is 'Version that a roll-back made live again';

  create table ml.intervention_answer (
    intervention_id uuid not null constraint intervention_answer_intervention references ml.intervention,
    principal_id uuid not null,
    action_id uuid not null constraint intervention_answer_action references aud.action,
    reason_id uuid not null constraint intervention_answer_reason references aud.reason,
    at timestamptz not null,
    constraint intervention_answer_pk primary key (intervention_id, principal_id)
  );
  comment on table ml.intervention_answer is
    'People who confirm a roll-back (one more is needed) or lift a suspension (two are needed)';
`;

const CHECK_ACTOR = `
  create function ml.check_actor() returns trigger language plpgsql as $$
  declare initiator uuid;
  begin
    if not exists (select from aud.action a
        where a.action_id = new.action_id and a.principal_id = new.principal_id) then
      raise exception 'the person named is not the one who acted' using errcode = 'check_violation';
    end if;
    if tg_table_name = 'intervention_answer' then
      select a.principal_id into initiator from ml.intervention i join aud.action a using (action_id)
        where i.intervention_id = new.intervention_id and i.kind = 'roll-back';
      if initiator = new.principal_id then
        raise exception 'four eyes: the one who rolled back to an earlier version may not confirm it'
          using errcode = 'check_violation';
      end if;
    end if;
    if tg_table_name = 'gate_waiver' then
      if exists (select from ml.promotion_request r join ml.model_version v using (version_id)
        join ml.training_run t using (run_id) join aud.action a on a.action_id in (r.action_id, t.action_id)
        where r.request_id = new.request_id and a.principal_id = new.principal_id) then
        raise exception 'four eyes: who requested the promotion or trained the model may not waive a gate'
          using errcode = 'check_violation';
      end if;
    end if;
    return new;
  end $$;
  comment on function ml.check_actor is 'Refuses a row that names somebody else than the person behind its action';
  create trigger intervention_answer_checked before insert on ml.intervention_answer
    for each row execute function ml.check_actor();
  create trigger gate_waiver_checked before insert on ml.gate_waiver
    for each row execute function ml.check_actor();
`;

const CHECK_DECISION = `
  create function ml.check_decision() returns trigger language plpgsql as $$
  declare request ml.promotion_request; requester uuid; trainer uuid; decider uuid;
  begin
    select * into strict request from ml.promotion_request where request_id = new.request_id for update;
    if new.decided_at < request.requested_at or new.decided_at > clock_timestamp() + interval '1 minute' then
      raise exception 'the clock was set back or forward: request % of % cannot be decided at %',
        request.request_id, request.requested_at, new.decided_at using errcode = 'check_violation';
    end if;
    if new.verdict = 'expired' then return new; end if;
    if new.decided_at >= request.expires_at or clock_timestamp() >= request.expires_at then
      raise exception 'request % expired at %', request.request_id, request.expires_at
        using errcode = 'check_violation';
    end if;
    if new.verdict = 'approved' then
      select principal_id into strict requester from aud.action where action_id = request.action_id;
      select principal_id into strict decider from aud.action where action_id = new.action_id;
      select a.principal_id into strict trainer from ml.model_version v join ml.training_run r using (run_id)
        join aud.action a on a.action_id = r.action_id where v.version_id = request.version_id;
      if decider in (requester, trainer) then
        raise exception 'four eyes: the approver of request % requested it or trained the model', request.request_id
          using errcode = 'check_violation';
      end if;
      if not exists (select from ml.statement s
          where s.statement_id = new.statement_id and s.version_id = request.version_id) then
        raise exception 'the approval of request % has no signed statement', request.request_id
          using errcode = 'check_violation';
      end if;
      if exists (select from ml.gate_result g where g.request_id = request.request_id and not g.passed
          and (select count(*) from ml.gate_waiver w where w.request_id = g.request_id and w.gate = g.gate) < 2) then
        raise exception 'request % did not pass its gates', request.request_id using errcode = 'check_violation';
      end if;
      if not exists (select from ml.gate_result g where g.request_id = request.request_id) then
        raise exception 'the gates of request % have not been evaluated', request.request_id
          using errcode = 'check_violation';
      end if;
    end if;
    return new;
  end $$;
  create trigger decision_checked before insert on ml.decision
    for each row execute function ml.check_decision();
`;

const CHECK_CHAMPION = `
  create function ml.check_champion() returns trigger language plpgsql as $$
  declare decided timestamptz; last ml.champion;
  begin
    select d.decided_at into decided
      from ml.decision d join ml.promotion_request r using (request_id) join ml.model_version v using (version_id)
      where d.decision_id = new.decision_id and d.verdict = 'approved'
        and r.version_id = new.version_id and r.slot = new.slot and v.selectable;
    if not found then
      raise exception 'version % has no approved decision for slot %', new.version_id, new.slot
        using errcode = 'check_violation';
    end if;
    if exists (select from ml.intervention i where i.slot = new.slot and i.kind = 'roll-back'
        and i.live_version = new.version_id and i.at >= decided) then
      raise exception 'version % was rolled back in slot %: a new decision by two people is needed',
        new.version_id, new.slot using errcode = 'check_violation';
    end if;
    select * into last from ml.champion where slot = new.slot order by seq desc limit 1;
    if new.seq <> coalesce(last.seq, 0) + 1 then
      raise exception 'champion % of slot % follows %', new.seq, new.slot, coalesce(last.seq, 0)
        using errcode = 'check_violation';
    end if;
    if new.live_from < decided or new.live_from < last.live_from
        or new.live_from > clock_timestamp() + interval '1 minute' then
      raise exception 'the clock was set back or forward: version % cannot be live from % on',
        new.version_id, new.live_from using errcode = 'check_violation';
    end if;
    return new;
  end $$;
  create trigger champion_checked before insert on ml.champion
    for each row execute function ml.check_champion();
`;
