import type { Knex } from 'knex';

/**
 * Who may do what in the database. Migrations run as the owner. Every process of the product connects as
 * `utplukk_product`, which owns nothing, cannot read the ground truth of a simulation, and can add to the audit log but
 * not change it. The API's role reads what pages show, adds what people decide, and cannot read the vault. The notary
 * reads leaf hashes and nothing else. Roles belong to the server, so they are created where missing and stay after
 * `down`; apps/migrate.ts sets their passwords.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(ROLES);
  await knex.raw(PRODUCT);
  await knex.raw(API);
  await knex.raw(`
    grant usage on schema aud to utplukk_notary;
    grant select (seq, leaf_hash) on aud.chain to utplukk_notary;
    grant select on aud.chain_head to utplukk_notary;

    revoke all on schema truth from public;
    grant usage on schema truth to utplukk_truth;
    grant select, insert, delete on all tables in schema truth to utplukk_truth;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$ declare name text; begin
      foreach name in array ${PRODUCT_SCHEMAS} loop
        execute format('alter default privileges in schema %I revoke all on tables from utplukk_product', name);
        execute format('alter default privileges in schema %I revoke all on sequences from utplukk_product', name);
      end loop;
      foreach name in array ${API_SCHEMAS} loop
        execute format('alter default privileges in schema %I revoke all on tables from utplukk_api', name);
      end loop;
      foreach name in array ${ALL_SCHEMAS} loop
        execute format('revoke all on all tables in schema %I from ${ALL_ROLES}', name);
        execute format('revoke all on all sequences in schema %I from ${ALL_ROLES}', name);
        execute format('revoke all on schema %I from ${ALL_ROLES}', name);
      end loop;
    end $$;
    revoke all on function aud.pending_changes() from ${ALL_ROLES};
    grant execute on function aud.pending_changes() to public;
    revoke all on public.schema_migration from ${ALL_ROLES};
  `);
}

const ALL_ROLES = 'utplukk_product, utplukk_truth, utplukk_notary, utplukk_api';
/** Schemas whose rows the product maintains. */
const PRODUCT_SCHEMAS = `array['core', 'rx', 'ctl', 'ref', 'priv', 'ml', 'sel']`;
/** Schemas that pages read. */
const API_SCHEMAS = `array['core', 'rx', 'ctl', 'ref', 'ml', 'sel', 'ops']`;
const ALL_SCHEMAS = `array['core', 'rx', 'ctl', 'ref', 'priv', 'ml', 'sel', 'ops', 'aud', 'truth']`;

const ROLES = `
  do $$ declare name text; begin
    foreach name in array string_to_array('${ALL_ROLES}', ', ') loop
      if not exists (select from pg_roles where rolname = name) then
        execute format('create role %I nologin', name);
      end if;
    end loop;
  end $$;
`;

const PRODUCT = `
  do $$ declare name text; begin
    foreach name in array ${PRODUCT_SCHEMAS} loop
      execute format('grant usage on schema %I to utplukk_product', name);
      execute format('grant select, insert, update, delete on all tables in schema %I to utplukk_product', name);
      execute format('grant usage, select on all sequences in schema %I to utplukk_product', name);
      execute format('alter default privileges in schema %I '
        'grant select, insert, update, delete on tables to utplukk_product', name);
      execute format('alter default privileges in schema %I '
        'grant usage, select on sequences to utplukk_product', name);
    end loop;
  end $$;
  grant select on public.schema_migration to utplukk_product;

  -- What other rows point to without a foreign key may not be deleted.
  revoke update, delete on core.patient, core.provider, core.load_batch, priv.vault from utplukk_product;
  grant update (practice_no) on core.provider to utplukk_product;
  grant update (committed_seq, rows_read, rows_loaded, rows_quarantined, known_from_min, known_from_max)
    on core.load_batch to utplukk_product;

  grant usage on schema aud to utplukk_product;
  grant select, insert on aud.principal, aud.action, aud.reason, aud.entry, aud.access to utplukk_product;
  grant update (reason_text, salt) on aud.reason to utplukk_product;
  grant select, insert, update, delete on aud.access_waiting to utplukk_product;
  grant select on aud.chain, aud.chain_head to utplukk_product;
  revoke all on function aud.pending_changes() from public;
  grant execute on function aud.pending_changes() to utplukk_product;

  grant usage on schema ops to utplukk_product;
  grant select, insert on ops.source_outage to utplukk_product;
  grant select, insert, update, delete on ops.idempotency to utplukk_product;
`;

const API = `
  do $$ declare name text; begin
    foreach name in array ${API_SCHEMAS} loop
      execute format('grant usage on schema %I to utplukk_api', name);
      execute format('grant select on all tables in schema %I to utplukk_api', name);
      execute format('alter default privileges in schema %I grant select on tables to utplukk_api', name);
    end loop;
  end $$;
  grant select on public.schema_migration to utplukk_api;

  grant usage on schema aud to utplukk_api;
  grant select, insert on aud.principal, aud.action, aud.reason, aud.entry, aud.access to utplukk_api;
  grant select, insert, update, delete on aud.access_waiting to utplukk_api;
  grant select on aud.chain, aud.chain_head to utplukk_api;
  grant execute on function aud.pending_changes() to utplukk_api;

  grant insert on ml.training_run, ml.promotion_request, ml.statement, ml.decision, ml.gate_waiver,
    sel.sign_off, sel.assessment to utplukk_api;
  grant insert, update, delete on ops.idempotency to utplukk_api;
  -- Locking a row needs the privilege to update a column of it; these rows are append-only by trigger.
  grant update (request_id) on ml.promotion_request to utplukk_api;
  grant update (list_id) on sel.list to utplukk_api;
`;
