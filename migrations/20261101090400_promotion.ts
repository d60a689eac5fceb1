import type { Knex } from 'knex';

/** Checks of a decision and a champion in their first form; a later migration that is undone goes back to it. */
export const CHECK_DECISION = `create or replace function ml.check_decision() returns trigger language plpgsql as $$
    declare request ml.promotion_request; requester uuid; trainer uuid; decider uuid;
    begin
      select * into strict request from ml.promotion_request where request_id = new.request_id for update;
      if new.verdict = 'expired' then return new; end if;
      if new.decided_at >= request.expires_at then
        raise exception 'request % expired at %', request.request_id, request.expires_at using errcode = 'check_violation';
      end if;
      if new.verdict = 'approved' then
        select principal_id into strict requester from aud.action where action_id = request.action_id;
        select principal_id into strict decider from aud.action where action_id = new.action_id;
        select a.principal_id into strict trainer from ml.model_version v join ml.training_run r using (run_id) join aud.action a on a.action_id = r.action_id where v.version_id = request.version_id;
        if decider in (requester, trainer) then
          raise exception 'four eyes: the approver of request % asked for it or trained the model', request.request_id using errcode = 'check_violation';
        end if;
      end if;
      return new;
    end $$;`;
export const CHECK_CHAMPION = `create or replace function ml.check_champion() returns trigger language plpgsql as $$
    begin
      if not exists (
        select 1 from ml.decision d join ml.promotion_request r using (request_id) join ml.model_version v using (version_id)
        where d.decision_id = new.decision_id and d.verdict = 'approved' and r.version_id = new.version_id and r.slot = new.slot and v.selectable
      ) then
        raise exception 'no approved decision stands behind version % for slot %', new.version_id, new.slot using errcode = 'check_violation';
      end if;
      return new;
    end $$;`;

/**
 * Requests, decisions and champions. Four eyes are kept here too: a trigger refuses an approval by the one who asked or
 * trained, a decision on a closed or expired request, and a champion without an approval behind it.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.promotion_request (
      request_id uuid constraint promotion_request_pk primary key,
      version_id text not null constraint promotion_request_version references ml.model_version,
      slot text not null,
      action_id uuid not null constraint promotion_request_action references aud.action,
      requested_at timestamptz not null,
      expires_at timestamptz not null,
      constraint promotion_request_expiry check (expires_at > requested_at)
    );

    create table ml.gate_result (
      request_id uuid not null constraint gate_result_request references ml.promotion_request,
      gate text not null,
      passed boolean not null,
      reason text not null,
      constraint gate_result_pk primary key (request_id, gate)
    );

    create table ml.decision (
      decision_id uuid constraint decision_pk primary key,
      request_id uuid not null constraint decision_request references ml.promotion_request constraint decision_once unique,
      verdict text not null constraint decision_verdict check (verdict in ('approved', 'refused', 'expired')),
      action_id uuid constraint decision_action references aud.action,
      reason_id uuid constraint decision_reason references aud.reason,
      decided_at timestamptz not null,
      constraint decision_has_decider check (verdict = 'expired' or action_id is not null)
    );

    create table ml.champion (
      slot text not null,
      seq int not null,
      version_id text not null constraint champion_version references ml.model_version,
      decision_id uuid not null constraint champion_decision references ml.decision,
      action_id uuid not null constraint champion_action references aud.action,
      live_from timestamptz not null,
      constraint champion_pk primary key (slot, seq)
    );
    comment on table ml.champion is 'Which version is live for a slot, and since when; the highest seq is live now';

    ${CHECK_DECISION}
    create trigger decision_checked before insert on ml.decision for each row execute function ml.check_decision();

    ${CHECK_CHAMPION}
    create trigger champion_checked before insert on ml.champion for each row execute function ml.check_champion();
    create trigger decision_append_only before update or delete or truncate on ml.decision for each statement execute function aud.refuse_change();
    create trigger champion_append_only before update or delete or truncate on ml.champion for each statement execute function aud.refuse_change();
    create trigger request_append_only before update or delete or truncate on ml.promotion_request for each statement execute function aud.refuse_change();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(
    'drop table ml.champion, ml.decision, ml.gate_result, ml.promotion_request; drop function ml.check_decision, ml.check_champion;',
  );
}
