import type { Knex } from 'knex';

/** Control cases and what became of them. Every row is a fact with the instant it became known. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema ctl;

    create table ctl.case (
      case_no text constraint case_pk primary key,
      provider_id int not null constraint case_provider references core.provider,
      opened date not null,
      basis text not null,
      selection_probability double precision,
      caseworker text not null,
      known_from timestamptz not null,
      batch_id int not null constraint case_batch references core.load_batch
    );
    comment on table ctl.case is 'Control case (kontrollsak)';
    comment on column ctl.case.caseworker is 'Who looked: recorded and reported, never used for selection (saksbehandler)';

    create table ctl.outcome (
      case_no text not null constraint outcome_case references ctl.case,
      decided date not null,
      outcome text not null,
      amount_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null constraint outcome_batch references core.load_batch,
      constraint outcome_pk primary key (case_no, known_from)
    );
    comment on table ctl.outcome is 'Decision in a case (vedtak)';

    create table ctl.appeal (
      case_no text not null constraint appeal_case references ctl.case,
      decided date not null,
      result text not null,
      amount_ore bigint not null,
      known_from timestamptz not null,
      batch_id int not null constraint appeal_batch references core.load_batch,
      constraint appeal_pk primary key (case_no, known_from)
    );
    comment on table ctl.appeal is 'Appeal and its result (klage)';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema ctl cascade');
}
