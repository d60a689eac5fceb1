import type { Knex } from 'knex';

/** Query columns from an entry's bytes, in the first form; a later migration that is undone goes back to it. */
export const DERIVE_ENTRY = `create or replace function aud.derive_entry() returns trigger language plpgsql as $$
    declare body jsonb;
    begin
      body := convert_from(new.bytes, 'UTF8')::jsonb;
      new.entry_id := (body->>'entry')::uuid;
      new.leaf_hash := sha256('\\x00'::bytea || new.bytes);
      new.event := body->>'event';
      new.action_id := (body->>'actionId')::uuid;
      new.subject_kind := body->'subject'->>'kind';
      new.subject_id := body->'subject'->>'id';
      new.at := (body->>'at')::timestamptz;
      return new;
    end $$;`;

/**
 * Who acted (principals, actions) and the append-only ledger. An entry is canonical JSON stored as bytes; its leaf is
 * SHA-256(0x00 || bytes) as in RFC 6962. A deferred trigger chains it as the last thing before commit, so business work
 * never waits behind the chain's head, and a raw insert chains too.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema aud;
    comment on schema aud is 'Audit trail (revisjonsspor)';

    create table aud.principal (
      principal_id uuid constraint principal_pk primary key,
      issuer text not null,
      subject text not null,
      kind text not null constraint principal_kind check (kind in ('person', 'service')),
      first_seen timestamptz not null,
      constraint principal_natural unique (issuer, subject)
    );
    comment on table aud.principal is 'People and services that acted, by surrogate; the only place that names them (handlende)';

    create table aud.action (
      action_id uuid constraint action_pk primary key,
      permission text not null,
      principal_id uuid not null constraint action_principal references aud.principal,
      role text not null,
      purpose text not null,
      token_id text not null,
      token_sha256 bytea not null,
      at timestamptz not null
    );
    comment on table aud.action is 'An audited action: token checked, role found, before anything changed';

    create table aud.reason (
      reason_id uuid constraint reason_pk primary key,
      words text,
      salt bytea not null,
      digest bytea not null
    );
    comment on table aud.reason is 'Reasons in words, erasable; entries hold the salted digest only (begrunnelse)';

    create table aud.entry (
      entry_id uuid constraint entry_pk primary key,
      bytes bytea not null,
      leaf_hash bytea not null,
      event text not null,
      action_id uuid,
      subject_kind text not null,
      subject_id text not null,
      at timestamptz not null
    );
    create index entry_subject on aud.entry (subject_kind, subject_id);

    create table aud.chain (
      seq bigint constraint chain_pk primary key,
      entry_id uuid not null constraint chain_entry unique constraint chain_entry_fk references aud.entry,
      leaf_hash bytea not null,
      chain_hash bytea not null
    );

    create table aud.chain_head (
      only_one boolean constraint chain_head_pk primary key default true constraint chain_head_one check (only_one),
      size bigint not null,
      chain_hash bytea not null
    );
    insert into aud.chain_head (size, chain_hash) values (0, sha256(''::bytea));

    ${DERIVE_ENTRY}
    create trigger entry_derived before insert on aud.entry for each row execute function aud.derive_entry();

    create function aud.chain_entry() returns trigger language plpgsql as $$
    declare head aud.chain_head;
    begin
      select * into strict head from aud.chain_head for update;
      head.size := head.size + 1;
      head.chain_hash := sha256(head.chain_hash || new.leaf_hash);
      insert into aud.chain values (head.size, new.entry_id, new.leaf_hash, head.chain_hash);
      update aud.chain_head set size = head.size, chain_hash = head.chain_hash;
      return null;
    end $$;
    create constraint trigger entry_chained after insert on aud.entry
      deferrable initially deferred for each row execute function aud.chain_entry();

    create function aud.refuse_change() returns trigger language plpgsql as $$
    begin
      raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, tg_op using errcode = 'insufficient_privilege';
    end $$;
    create trigger entry_append_only before update or delete or truncate on aud.entry for each statement execute function aud.refuse_change();
    create trigger chain_append_only before update or delete or truncate on aud.chain for each statement execute function aud.refuse_change();
    create trigger action_append_only before update or delete or truncate on aud.action for each statement execute function aud.refuse_change();

    create function aud.only_by_trigger() returns trigger language plpgsql as $$
    begin
      if pg_trigger_depth() < 2 then
        raise exception '%.% is written by the ledger only', tg_table_schema, tg_table_name using errcode = 'insufficient_privilege';
      end if;
      return coalesce(new, old);
    end $$;
    create trigger chain_by_trigger before insert on aud.chain for each row execute function aud.only_by_trigger();
    create trigger head_by_trigger before insert or update or delete on aud.chain_head for each row execute function aud.only_by_trigger();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema aud cascade');
}
