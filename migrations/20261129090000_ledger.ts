import type { Knex } from 'knex';
import { appendOnly, audited } from './triggers';

/**
 * Who acted, and the append-only ledger. An entry is canonical JSON stored as bytes; its leaf is
 * SHA-256(0x00 || bytes), as in RFC 6962. A deferred trigger chains it as the last thing before commit, so that other
 * work never waits for the head of the chain, and an entry inserted by plain SQL is chained as well.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(TABLES);
  await knex.raw(PENDING_CHANGES);
  await knex.raw(ENTRIES_AND_CHAIN);
  await knex.raw(appendOnly('aud.entry', 'aud.chain', 'aud.action'));
  await knex.raw(audited('aud.principal', 'principal_id'));
  await knex.raw(audited('aud.action', 'action_id'));
  await knex.raw(audited('aud.reason', 'reason_id', 'reason_text,salt'));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema aud cascade');
}

const TABLES = `
  create schema aud;
  comment on schema aud is 'Audit log (revisjonslogg)';

  create table aud.principal (
    principal_id uuid constraint principal_pk primary key,
    issuer text not null,
    subject text not null,
    kind text not null constraint principal_kind check (kind in ('person', 'service')),
    first_seen timestamptz not null,
    salt bytea not null default uuid_send(gen_random_uuid()),
    constraint principal_natural unique (issuer, subject)
  );
  comment on table aud.principal is
    'People and services that acted, by surrogate; the only table that names them (bruker)';
  comment on column aud.principal.salt is 'Keeps the digest of a person''s row meaningless once the row is erased';

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
  create index action_of_principal on aud.action (principal_id);
  comment on table aud.action is
    'An audited action: its token was verified and its role found before anything changed (revidert handling)';

  create table aud.reason (
    reason_id uuid constraint reason_pk primary key,
    reason_text text,
    salt bytea not null,
    digest bytea not null
  );
  comment on table aud.reason is
    'Reasons as people wrote them, erasable; the ledger holds the salted digest (begrunnelse)';

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
  comment on table aud.entry is
    'Ledger entries as canonical JSON; every other column is derived from bytes (oppføring)';
  create index entry_event on aud.entry (event text_pattern_ops);
  create index entry_subject on aud.entry (subject_id text_pattern_ops, subject_kind);
  create index entry_of_action on aud.entry (action_id);

  create table aud.chain (
    seq bigint constraint chain_pk primary key,
    entry_id uuid not null constraint chain_entry unique constraint chain_entry_fk references aud.entry,
    leaf_hash bytea not null,
    chain_hash bytea not null
  );
  comment on table aud.chain is 'Order of the entries: each hash covers the one before it and the leaf (hashkjede)';

  create table aud.chain_head (
    only_one boolean constraint chain_head_pk primary key default true constraint chain_head_one check (only_one),
    size bigint not null,
    chain_hash bytea not null,
    ledger_id uuid not null default gen_random_uuid()
  );
  comment on table aud.chain_head is 'Number of entries and last hash of the chain';
  comment on column aud.chain_head.ledger_id is 'Names this ledger in checkpoints outside the database';
  insert into aud.chain_head (size, chain_hash) values (0, sha256(''::bytea));

  create function aud.refuse_change() returns trigger language plpgsql as $$
  begin
    raise exception '%.% is append-only: % refused', tg_table_schema, tg_table_name, tg_op
      using errcode = 'insufficient_privilege';
  end $$;
`;

/**
 * Every change of an audited row must be named, with its digest before and after, by an entry of the same transaction:
 * a row trigger records the change, the entry settles it, and a deferred trigger refuses the commit while any is left.
 * So there is no change without an entry and no entry about a change that was not made, whoever writes.
 *
 * A digest is SHA-256 over the row as jsonb text, without columns that are null: a nullable column added later leaves
 * the digests of older rows as they are.
 */
const PENDING_CHANGES = `
  create unlogged table aud.pending_change (
    pending_change_id bigint generated always as identity constraint pending_change_pk primary key,
    table_name text not null,
    row_key text not null,
    before bytea,
    after bytea
  );
  comment on table aud.pending_change is
    'Changes of audited rows that no entry of this transaction has named yet; empty between transactions';

  create function aud.row_digest(r jsonb, without text[]) returns bytea
    language sql immutable parallel safe set search_path = pg_catalog as $$
    select sha256(convert_to(coalesce(jsonb_object_agg(key, value), '{}')::text, 'UTF8'))
      from jsonb_each(r) where value <> 'null'::jsonb and key <> all(without)
  $$;

  create function aud.record_change() returns trigger language plpgsql security definer
    set search_path = pg_catalog set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex' as $$
  declare
    without text[] := coalesce(string_to_array(nullif(tg_argv[1], ''), ','), '{}');
    old_row jsonb; new_row jsonb; before bytea; after bytea;
  begin
    if tg_op <> 'INSERT' then old_row := to_jsonb(old); before := aud.row_digest(old_row, without); end if;
    if tg_op <> 'DELETE' then new_row := to_jsonb(new); after := aud.row_digest(new_row, without); end if;
    if before is distinct from after then
      insert into aud.pending_change (table_name, row_key, before, after) values (
        tg_table_schema || '.' || tg_table_name,
        (select string_agg(coalesce(new_row, old_row)->>name, '/' order by nth)
          from unnest(string_to_array(tg_argv[0], ',')) with ordinality as k(name, nth)),
        before, after);
    end if;
    return null;
  end $$;

  create function aud.check_no_pending_change() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
  begin
    if exists (select from aud.pending_change where pending_change_id = new.pending_change_id) then
      raise exception '% % was changed without a ledger entry', new.table_name, new.row_key
        using errcode = 'insufficient_privilege';
    end if;
    return null;
  end $$;
  create constraint trigger pending_change_settled after insert on aud.pending_change
    deferrable initially deferred for each row execute function aud.check_no_pending_change();

  create function aud.pending_changes() returns table (table_name text, row_key text, before text, after text)
    language sql security definer set search_path = pg_catalog as $$
    select p.table_name, p.row_key,
        encode((array_agg(p.before order by pending_change_id))[1], 'hex'),
        encode((array_agg(p.after order by pending_change_id desc))[1], 'hex')
      from aud.pending_change p group by p.table_name, p.row_key order by min(pending_change_id)
  $$;
  comment on function aud.pending_changes() is
    'Net changes of audited rows in this transaction that no entry has named yet';
`;

const ENTRIES_AND_CHAIN = `
  create function aud.derive_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
  declare body jsonb; wrong text;
  begin
    body := convert_from(new.bytes, 'UTF8')::jsonb;
    new.entry_id := (body->>'entry')::uuid;
    new.leaf_hash := sha256('\\x00'::bytea || new.bytes);
    new.event := body->>'event';
    new.action_id := (body->>'actionId')::uuid;
    new.subject_kind := body->'subject'->>'kind';
    new.subject_id := body->'subject'->>'id';
    new.at := (body->>'at')::timestamptz;
    if jsonb_exists(body, 'changes') then
      select string_agg(c.t || ' ' || c.k, ', ') into wrong
        from jsonb_to_recordset(body->'changes') as c(t text, k text, b text, a text)
        left join aud.pending_changes() x on x.table_name = c.t and x.row_key = c.k
          and x.before is not distinct from c.b and x.after is not distinct from c.a
        where x.table_name is null;
      if wrong is not null then
        raise exception 'the entry names changes that this transaction did not make: %', wrong
          using errcode = 'insufficient_privilege';
      end if;
      delete from aud.pending_change p using jsonb_to_recordset(body->'changes') as c(t text, k text)
        where p.table_name = c.t and p.row_key = c.k;
      delete from aud.pending_change p using aud.pending_changes() x
        where x.table_name = p.table_name and x.row_key = p.row_key and x.before is not distinct from x.after;
    end if;
    return new;
  end $$;
  create trigger entry_derived before insert on aud.entry for each row execute function aud.derive_entry();

  -- The chain is written by this trigger alone, with its owner's rights; no role needs any.
  create function aud.chain_entry() returns trigger
    language plpgsql security definer set search_path = pg_catalog as $$
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

  create function aud.only_by_trigger() returns trigger language plpgsql as $$
  begin
    if pg_trigger_depth() < 2 then
      raise exception '%.% is written by the ledger only', tg_table_schema, tg_table_name
        using errcode = 'insufficient_privilege';
    end if;
    return coalesce(new, old);
  end $$;
  create trigger chain_by_trigger before insert on aud.chain
    for each row execute function aud.only_by_trigger();
  create trigger chain_head_by_trigger before insert or update or delete on aud.chain_head
    for each row execute function aud.only_by_trigger();
`;
