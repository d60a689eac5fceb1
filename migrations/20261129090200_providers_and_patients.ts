import type { Knex } from 'knex';

/** Providers, patients, and the vault that alone maps a national identity number to a patient's surrogate. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(PROVIDERS);
  await knex.raw(PATIENTS);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop schema priv cascade;
    drop table core.patient_fact, core.patient, core.agreement, core.substitute, core.provider_fact, core.provider;
  `);
}

const PROVIDERS = `
  create table core.provider (
    provider_id int generated always as identity constraint provider_pk primary key,
    hpr_no text,
    orgnr text,
    practice_no text not null constraint provider_practice unique
  );
  comment on table core.provider is 'Health provider in one practice (helseaktør)';
  comment on column core.provider.practice_no is 'praksisId in KUHR';

  create table core.provider_fact (
    provider_id int not null constraint provider_fact_provider references core.provider,
    known_from timestamptz not null,
    valid_from date not null,
    valid_to date,
    practice_type text,
    field text,
    municipality text,
    list_size int,
    account_hash text,
    registered_via text,
    status text,
    batch_id int not null constraint provider_fact_batch references core.load_batch,
    constraint provider_fact_pk primary key (provider_id, valid_from, known_from)
  );
  comment on table core.provider_fact is
    'Facts about a provider, bitemporal: true from valid_from to valid_to, known to the payer from known_from';
  comment on column core.provider_fact.practice_type is
    'Praksistype; null in a field that has no types, such as pharmacies (apotek)';
  comment on column core.provider_fact.account_hash is
    'Equal for equal bank accounts (konto); the number itself is never sent';
  comment on column core.provider_fact.status is 'ok or ikke_ok, as the payer answers of the practice';
  comment on column core.provider_fact.registered_via is 'praksisinfo, altinn or manuell';

  create table core.substitute (
    provider_id int not null constraint substitute_provider references core.provider,
    substitute_hpr int not null,
    valid_from date not null,
    valid_to date,
    known_from timestamptz not null,
    batch_id int not null constraint substitute_batch references core.load_batch,
    constraint substitute_pk primary key (provider_id, substitute_hpr, valid_from, known_from)
  );
  comment on table core.substitute is 'Substitutes for the holder of a practice (vikar)';

  create table core.agreement (
    provider_id int not null constraint agreement_provider references core.provider,
    scope text not null,
    valid_from date not null,
    valid_to date,
    known_from timestamptz not null,
    batch_id int not null constraint agreement_batch references core.load_batch,
    constraint agreement_pk primary key (provider_id, scope, valid_from, known_from)
  );
  comment on table core.agreement is 'Agreement on direct settlement (avtale om direkte oppgjør)';
`;

/**
 * People are loaded by the hundred thousand, and foreign keys are checked one row at a time: two thirds of the load
 * time. As for bills, the loader guarantees these references (surrogates come from the vault in the same batch,
 * practices are looked up), and the product may not delete what they point to.
 */
const PATIENTS = `
  create table core.patient (patient_key bigint constraint patient_pk primary key);
  comment on table core.patient is 'Patients by random surrogate (pasient)';

  create table core.patient_fact (
    patient_key bigint not null,
    known_from timestamptz not null,
    birth_year smallint not null,
    municipality text not null,
    list_provider int,
    died date,
    emigrated date,
    batch_id int not null,
    constraint patient_fact_pk primary key (patient_key, known_from)
  );
  comment on table core.patient_fact is
    'Facts about a person, with the instant each became known (folkeregisteret, fastlegeregisteret)';

  create schema priv;
  comment on schema priv is 'The only schema that maps a national identity number to a surrogate (personvern)';

  create table priv.vault (
    lookup bytea constraint vault_pk primary key,
    patient_key bigint not null constraint vault_patient unique
  );
  comment on table priv.vault is 'Keyed hash of the national identity number -> surrogate; never leaves this schema';
`;
