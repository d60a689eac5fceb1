import type { Knex } from 'knex';

/** Schemas whose rows the product keeps. */
const PRODUCTS = `array['core', 'rx', 'ctl', 'ref', 'priv', 'ml', 'sel']`;

/**
 * Who may do what in the database. Migrations run as the owner; every process of the product connects as
 * `utplukk_product`, which owns nothing, cannot read what a simulation planted, and can add to the audit trail but not
 * change it. Roles are the server's, so they are made where they are missing and stay when this is undone; their
 * passwords are set by apps/migrate.ts.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    do $$ declare name text; begin
      foreach name in array array['utplukk_product', 'utplukk_truth'] loop
        if not exists (select from pg_roles where rolname = name) then execute format('create role %I nologin', name); end if;
      end loop;
    end $$;

    create schema truth;
    comment on schema truth is 'What a simulation planted (fasit): for judging detectors and models, barred to the product';
    create table truth.provider (
      practice_no text constraint truth_provider_pk primary key,
      latent text not null,
      behaviours text[] not null,
      honest text,
      severity double precision not null,
      start_month date not null,
      ring int
    );
    create table truth.day (
      practice_no text not null constraint truth_day_provider references truth.provider,
      day date not null,
      behaviour smallint not null,
      bills int not null,
      excess_ore bigint not null,
      constraint truth_day_pk primary key (practice_no, day, behaviour)
    );
    revoke all on schema truth from public;
    grant usage on schema truth to utplukk_truth;
    grant select, insert, delete on all tables in schema truth to utplukk_truth;

    do $$ declare name text; begin
      foreach name in array ${PRODUCTS} loop
        execute format('grant usage on schema %I to utplukk_product', name);
        execute format('grant select, insert, update, delete on all tables in schema %I to utplukk_product', name);
        execute format('grant usage, select on all sequences in schema %I to utplukk_product', name);
        execute format('alter default privileges in schema %I grant select, insert, update, delete on tables to utplukk_product', name);
        execute format('alter default privileges in schema %I grant usage, select on sequences to utplukk_product', name);
      end loop;
    end $$;
    grant select on public.schema_migration to utplukk_product;

    grant usage on schema aud to utplukk_product;
    grant select, insert on aud.principal, aud.action, aud.reason, aud.entry to utplukk_product;
    grant select on aud.chain, aud.chain_head to utplukk_product;
    grant update (words, salt) on aud.reason to utplukk_product;
    -- The chain is written by the trigger alone, with the owner's rights; nobody else needs any.
    alter function aud.chain_entry() security definer set search_path = pg_catalog;
    -- Partitions belong to the owner, whoever asks for them.
    alter function core.ensure_month(date) security definer set search_path = pg_catalog;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter function core.ensure_month(date) security invoker reset search_path;
    alter function aud.chain_entry() security invoker reset search_path;
    do $$ declare name text; begin
      foreach name in array ${PRODUCTS} loop
        execute format('alter default privileges in schema %I revoke all on tables from utplukk_product', name);
        execute format('alter default privileges in schema %I revoke all on sequences from utplukk_product', name);
        execute format('revoke all on all tables in schema %I from utplukk_product', name);
        execute format('revoke all on all sequences in schema %I from utplukk_product', name);
        execute format('revoke all on schema %I from utplukk_product', name);
      end loop;
    end $$;
    revoke all on all tables in schema aud from utplukk_product;
    revoke all on schema aud from utplukk_product;
    revoke all on public.schema_migration from utplukk_product;
    drop schema truth cascade;
  `);
}
