import type { Knex } from 'knex';

/** Verdicts of gates in Norwegian beside English; null for those from before. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ml.gate_result add column reason_nb text;
    comment on column ml.gate_result.reason_nb is 'The reason in Norwegian bokmål (begrunnelse)';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table ml.gate_result drop column reason_nb');
}
