import type { Knex } from 'knex';
import { DERIVE_ENTRY } from './20261101090000_ledger';
import canonicalize from 'canonicalize';
import { randomUUID } from 'node:crypto';

/** Tables whose every row stands in the ledger by digest: key columns, and columns left out because they can be erased. */
const COVERED: readonly (readonly [table: string, key: string, without?: string])[] = [
  ['aud.principal', 'principal_id'],
  ['aud.action', 'action_id'],
  ['aud.reason', 'reason_id', 'words,salt'],
  ['core.load_batch', 'batch_id'],
  ['ml.snapshot', 'snapshot_id'],
  ['ml.matrix', 'matrix_id'],
  ['ml.training_run', 'run_id'],
  ['ml.fold_result', 'run_id,fold,family'],
  ['ml.leakage_report', 'run_id'],
  ['ml.leakage_reason', 'run_id,principal_id'],
  ['ml.model_version', 'version_id'],
  ['ml.promotion_request', 'request_id'],
  ['ml.gate_result', 'request_id,gate'],
  ['ml.decision', 'decision_id'],
  ['ml.champion', 'slot,seq'],
  ['ml.redaction', 'redaction_id'],
  ['sel.scoring_run', 'scoring_id'],
  ['sel.list', 'list_id'],
  ['sel.sign_off', 'sign_off_id'],
];
const ENTRIES_A_ROW = 500;

/**
 * Every change of a covered row must be named, with its digest before and after, by an entry of the same transaction: a
 * row trigger notes the change, the entry settles it, and a deferred trigger refuses the commit of whatever is left. So
 * there is no change without an entry and no entry about a change that was not made, whoever writes.
 *
 * A digest is SHA-256 over the row as jsonb text, without columns that are null: a column added later is nullable and
 * leaves the digests of older rows as they are.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table aud.principal add column salt bytea not null default uuid_send(gen_random_uuid());
    comment on column aud.principal.salt is 'Makes the digest of a person''s row tell nothing once the row is erased';
    alter table aud.chain_head add column ledger_id uuid not null default gen_random_uuid();
    comment on column aud.chain_head.ledger_id is 'Names this ledger in checkpoints outside the database';

    create unlogged table aud.touched (
      touched_id bigint generated always as identity constraint touched_pk primary key,
      tab text not null,
      key text not null,
      before bytea,
      after bytea
    );
    comment on table aud.touched is 'Changes of covered rows that no entry of this transaction has named yet; empty between transactions';

    create function aud.row_digest(r jsonb, without text[]) returns bytea language sql immutable parallel safe set search_path = pg_catalog as $$
      select sha256(convert_to(coalesce(jsonb_object_agg(key, value), '{}')::text, 'UTF8'))
        from jsonb_each(r) where value <> 'null'::jsonb and key <> all(without)
    $$;

    create function aud.touch() returns trigger language plpgsql security definer
      set search_path = pg_catalog set timezone = 'UTC' set extra_float_digits = 1 set bytea_output = 'hex' as $$
    declare
      without text[] := coalesce(string_to_array(nullif(tg_argv[1], ''), ','), '{}');
      old_row jsonb; new_row jsonb; before bytea; after bytea;
    begin
      if tg_op <> 'INSERT' then old_row := to_jsonb(old); before := aud.row_digest(old_row, without); end if;
      if tg_op <> 'DELETE' then new_row := to_jsonb(new); after := aud.row_digest(new_row, without); end if;
      if before is distinct from after then
        insert into aud.touched (tab, key, before, after) values (tg_table_schema || '.' || tg_table_name,
          (select string_agg(coalesce(new_row, old_row)->>name, '/' order by nth) from unnest(string_to_array(tg_argv[0], ',')) with ordinality as k(name, nth)), before, after);
      end if;
      return null;
    end $$;

    create function aud.check_settled() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
    begin
      if exists (select from aud.touched where touched_id = new.touched_id) then
        raise exception '% % was changed without a ledger entry', new.tab, new.key using errcode = 'insufficient_privilege';
      end if;
      return null;
    end $$;
    create constraint trigger touched_settled after insert on aud.touched
      deferrable initially deferred for each row execute function aud.check_settled();

    create function aud.changes() returns table (tab text, key text, before text, after text)
      language sql security definer set search_path = pg_catalog as $$
      select t.tab, t.key, encode((array_agg(t.before order by touched_id))[1], 'hex'), encode((array_agg(t.after order by touched_id desc))[1], 'hex')
        from aud.touched t group by t.tab, t.key order by min(touched_id)
    $$;
    comment on function aud.changes() is 'What this transaction did to covered rows and no entry has named yet';

    create or replace function aud.derive_entry() returns trigger language plpgsql security definer set search_path = pg_catalog as $$
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
          left join aud.changes() x on x.tab = c.t and x.key = c.k and x.before is not distinct from c.b and x.after is not distinct from c.a
          where x.tab is null;
        if wrong is not null then
          raise exception 'the entry names changes that this transaction did not make: %', wrong using errcode = 'insufficient_privilege';
        end if;
        delete from aud.touched t using jsonb_to_recordset(body->'changes') as c(t text, k text) where t.tab = c.t and t.key = c.k;
        delete from aud.touched t using aud.changes() x where x.tab = t.tab and x.key = t.key and x.before is not distinct from x.after;
      end if;
      return new;
    end $$;
    revoke all on function aud.changes() from public;
    grant execute on function aud.changes() to utplukk_product;
  `);
  for (const [table, key, without = ''] of COVERED) {
    const name = table.split('.')[1]!;
    await knex.raw(
      `create trigger ${name}_covered after insert or update or delete on ${table} for each row execute function aud.touch('${key}', '${without}')`,
    );
    await coverWhatIsThere(knex, table, key, without);
  }
}

/** Rows from before: entries that say with which content they came under cover. */
async function coverWhatIsThere(knex: Knex, table: string, key: string, without: string): Promise<void> {
  const keyText = key
    .split(',')
    .map((column) => `${column}::text`)
    .join(` || '/' || `);
  const { rows } = await knex.raw<{ rows: { k: string; a: string }[] }>(
    `select ${keyText} as k, encode(aud.row_digest(to_jsonb(t), ?), 'hex') as a from ${table} t order by 1`,
    [without === '' ? [] : without.split(',')],
  );
  for (let from = 0; from < rows.length; from += ENTRIES_A_ROW) {
    const changes = rows.slice(from, from + ENTRIES_A_ROW).map(({ k, a }) => ({ t: table, k, a }));
    const { rows: clock } = await knex.raw<{ rows: { at: string }[] }>(
      `select to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`,
    );
    const body = {
      v: 2,
      entry: randomUUID(),
      at: clock[0]!.at,
      event: 'coverage.began',
      subject: { kind: 'table', id: table },
      changes,
    };
    await knex.raw(
      `insert into aud.touched (tab, key, after) select t, k, decode(a, 'hex') from jsonb_to_recordset(?::jsonb) as c(t text, k text, a text)`,
      [JSON.stringify(changes)],
    );
    await knex.raw('insert into aud.entry (bytes) values (?)', [Buffer.from(canonicalize(body)!, 'utf8')]);
  }
}

export async function down(knex: Knex): Promise<void> {
  for (const [table] of COVERED) await knex.raw(`drop trigger ${table.split('.')[1]!}_covered on ${table}`);
  await knex.raw(`
    ${DERIVE_ENTRY}
    drop function aud.changes, aud.touch, aud.row_digest;
    drop table aud.touched;
    drop function aud.check_settled;
    alter table aud.chain_head drop column ledger_id;
    alter table aud.principal drop column salt;
  `);
}
