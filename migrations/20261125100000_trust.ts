import type { Knex } from 'knex';
import { CHECK_CHAMPION, CHECK_DECISION } from './20261101090400_promotion';

/** Rows of these are named by digest in the ledger, as those of 20261125090000. */
const COVERED: readonly (readonly [table: string, key: string])[] = [
  ['ml.statement', 'statement_id'],
  ['ml.intervention', 'intervention_id'],
  ['ml.intervention_answer', 'intervention_id,principal_id'],
  ['ml.gate_waiver', 'request_id,gate,principal_id'],
];

/**
 * Signed statements about model versions, emergencies, gates that two people pass over, and the role of the notary, which
 * reads leaf hashes and nothing else. An approval without a signed statement, a champion that was withdrawn since, and a
 * clock that was set back are refused here too, whatever workflow and signer say.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.statement (
      statement_id text constraint statement_pk primary key,
      version_id text not null constraint statement_version references ml.model_version,
      predicate_type text not null,
      envelope jsonb not null,
      action_id uuid not null constraint statement_action references aud.action,
      made_at timestamptz not null
    );
    create index statement_of_version on ml.statement (version_id, predicate_type);
    comment on table ml.statement is 'Signed statements about a version (in-toto in DSSE): registration, request, decision, revocation (signert erklæring)';

    alter table ml.promotion_request add column statement_id text constraint promotion_request_statement references ml.statement;
    alter table ml.decision add column statement_id text constraint decision_statement references ml.statement;
    alter table ml.gate_result add column policy_version int;
    comment on column ml.gate_result.policy_version is 'Version of the gates'' thresholds that judged (kravversjon)';
    create index promotion_request_of_version on ml.promotion_request (version_id);
    create index champion_in_time on ml.champion (slot, live_from);
    create index champion_of_version on ml.champion (version_id);
    create index scoring_run_in_time on sel.scoring_run (slot, scored_at);

    create table ml.intervention (
      intervention_id uuid constraint intervention_pk primary key,
      slot text not null,
      kind text not null constraint intervention_kind check (kind in ('suspend', 'roll-back')),
      withdrawn_version text not null constraint intervention_withdrawn references ml.model_version,
      returned_version text constraint intervention_returned references ml.model_version,
      action_id uuid not null constraint intervention_action references aud.action,
      reason_id uuid not null constraint intervention_reason references aud.reason,
      at timestamptz not null,
      confirm_by timestamptz,
      constraint intervention_shape check ((kind = 'roll-back') = (returned_version is not null) and (kind = 'roll-back') = (confirm_by is not null))
    );
    create index intervention_of_slot on ml.intervention (slot, at);
    comment on table ml.intervention is 'One person stopped scoring, or returned to an earlier version (nødstopp, nødretur)';
    create table ml.intervention_answer (
      intervention_id uuid not null constraint intervention_answer_intervention references ml.intervention,
      principal_id uuid not null,
      action_id uuid not null constraint intervention_answer_action references aud.action,
      reason_id uuid not null constraint intervention_answer_reason references aud.reason,
      at timestamptz not null,
      constraint intervention_answer_pk primary key (intervention_id, principal_id)
    );
    comment on table ml.intervention_answer is 'People who confirm an intervention return (one more) or lift a stop (two)';

    create table ml.gate_waiver (
      request_id uuid not null,
      gate text not null,
      principal_id uuid not null,
      action_id uuid not null constraint gate_waiver_action references aud.action,
      reason_id uuid not null constraint gate_override_reason references aud.reason,
      at timestamptz not null,
      constraint gate_override_pk primary key (request_id, gate, principal_id),
      constraint gate_override_gate foreign key (request_id, gate) references ml.gate_result
    );
    comment on table ml.gate_waiver is 'A failed gate that people pass over, with a reason that stays visible; two different ones are needed';

    create function ml.check_person() returns trigger language plpgsql as $$
    declare initiator uuid;
    begin
      if not exists (select from aud.action a where a.action_id = new.action_id and a.principal_id = new.principal_id) then
        raise exception 'the person named is not the one who acted' using errcode = 'check_violation';
      end if;
      if tg_table_name = 'intervention_answer' then
        select a.principal_id into initiator from ml.intervention e join aud.action a using (action_id) where e.intervention_id = new.intervention_id and e.kind = 'roll-back';
        if initiator = new.principal_id then
          raise exception 'four eyes: the one who returned to an earlier version may not confirm it' using errcode = 'check_violation';
        end if;
      end if;
      if tg_table_name = 'gate_waiver' then
        if exists (select from ml.promotion_request r join ml.model_version v using (version_id) join ml.training_run t using (run_id)
          join aud.action a on a.action_id in (r.action_id, t.action_id) where r.request_id = new.request_id and a.principal_id = new.principal_id) then
          raise exception 'four eyes: who asked or trained may not pass over a gate' using errcode = 'check_violation';
        end if;
      end if;
      return new;
    end $$;
    create trigger intervention_answer_checked before insert on ml.intervention_answer for each row execute function ml.check_person();
    create trigger gate_override_checked before insert on ml.gate_waiver for each row execute function ml.check_person();

    create or replace function ml.check_decision() returns trigger language plpgsql as $$
    declare request ml.promotion_request; requester uuid; trainer uuid; decider uuid;
    begin
      select * into strict request from ml.promotion_request where request_id = new.request_id for update;
      if new.decided_at < request.requested_at or new.decided_at > clock_timestamp() + interval '1 minute' then
        raise exception 'the clock was set back or forward: request % of % cannot be decided at %', request.request_id, request.requested_at, new.decided_at using errcode = 'check_violation';
      end if;
      if new.verdict = 'expired' then return new; end if;
      if new.decided_at >= request.expires_at or clock_timestamp() >= request.expires_at then
        raise exception 'request % expired at %', request.request_id, request.expires_at using errcode = 'check_violation';
      end if;
      if new.verdict = 'approved' then
        select principal_id into strict requester from aud.action where action_id = request.action_id;
        select principal_id into strict decider from aud.action where action_id = new.action_id;
        select a.principal_id into strict trainer from ml.model_version v join ml.training_run r using (run_id) join aud.action a on a.action_id = r.action_id where v.version_id = request.version_id;
        if decider in (requester, trainer) then
          raise exception 'four eyes: the approver of request % asked for it or trained the model', request.request_id using errcode = 'check_violation';
        end if;
        if not exists (select from ml.statement s where s.statement_id = new.statement_id and s.version_id = request.version_id) then
          raise exception 'no signed statement stands behind the approval of request %', request.request_id using errcode = 'check_violation';
        end if;
        if exists (select from ml.gate_result g where g.request_id = request.request_id and not g.passed
            and (select count(*) from ml.gate_waiver o where o.request_id = g.request_id and o.gate = g.gate) < 2) then
          raise exception 'request % did not pass its gates', request.request_id using errcode = 'check_violation';
        end if;
        if not exists (select from ml.gate_result g where g.request_id = request.request_id) then
          raise exception 'the gates of request % have not been judged', request.request_id using errcode = 'check_violation';
        end if;
      end if;
      return new;
    end $$;

    create or replace function ml.check_champion() returns trigger language plpgsql as $$
    declare decided timestamptz; last ml.champion;
    begin
      select d.decided_at into decided from ml.decision d join ml.promotion_request r using (request_id) join ml.model_version v using (version_id)
        where d.decision_id = new.decision_id and d.verdict = 'approved' and r.version_id = new.version_id and r.slot = new.slot and v.selectable;
      if not found then
        raise exception 'no approved decision stands behind version % for slot %', new.version_id, new.slot using errcode = 'check_violation';
      end if;
      if exists (select from ml.intervention e where e.slot = new.slot and e.kind = 'roll-back' and e.withdrawn_version = new.version_id and e.at >= decided) then
        raise exception 'version % was withdrawn from slot %: a new decision by two people is needed', new.version_id, new.slot using errcode = 'check_violation';
      end if;
      select * into last from ml.champion where slot = new.slot order by seq desc limit 1;
      if new.seq <> coalesce(last.seq, 0) + 1 then
        raise exception 'champion % of slot % follows %', new.seq, new.slot, coalesce(last.seq, 0) using errcode = 'check_violation';
      end if;
      if new.live_from < decided or new.live_from < last.live_from or new.live_from > clock_timestamp() + interval '1 minute' then
        raise exception 'the clock was set back or forward: version % cannot be live from % on', new.version_id, new.live_from using errcode = 'check_violation';
      end if;
      return new;
    end $$;

    create trigger statement_append_only before update or delete or truncate on ml.statement for each statement execute function aud.refuse_change();
    create trigger intervention_append_only before update or delete or truncate on ml.intervention for each statement execute function aud.refuse_change();
    create trigger intervention_answer_append_only before update or delete or truncate on ml.intervention_answer for each statement execute function aud.refuse_change();
    create trigger gate_override_append_only before update or delete or truncate on ml.gate_waiver for each statement execute function aud.refuse_change();
    create trigger gate_result_append_only before update or delete or truncate on ml.gate_result for each statement execute function aud.refuse_change();

    do $$ begin
      if not exists (select from pg_roles where rolname = 'utplukk_notary') then create role utplukk_notary nologin; end if;
    end $$;
    grant usage on schema aud to utplukk_notary;
    grant select (seq, leaf_hash) on aud.chain to utplukk_notary;
    grant select on aud.chain_head to utplukk_notary;
  `);
  for (const [table, key] of COVERED)
    await knex.raw(
      `create trigger ${table.split('.')[1]!}_covered after insert or update or delete on ${table} for each row execute function aud.touch('${key}', '')`,
    );
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    revoke all on aud.chain, aud.chain_head from utplukk_notary;
    revoke all on schema aud from utplukk_notary;
    drop trigger gate_result_append_only on ml.gate_result;
    drop index sel.scoring_run_in_time, ml.champion_of_version, ml.champion_in_time, ml.promotion_request_of_version;
    alter table ml.gate_result drop column policy_version;
    alter table ml.decision drop column statement_id;
    alter table ml.promotion_request drop column statement_id;
    drop table ml.gate_waiver, ml.intervention_answer, ml.intervention, ml.statement;
    drop function ml.check_person;
  `);
  await knex.raw(`${CHECK_DECISION} ${CHECK_CHAMPION}`);
}
