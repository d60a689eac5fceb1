import type { Knex } from 'knex';

/** Evaluation by provider group and period, and the document that an evaluation page reads. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table ml.evaluation add column slice text not null default 'all';
    alter table ml.evaluation drop constraint evaluation_pk;
    alter table ml.evaluation add constraint evaluation_pk primary key (run_id, family, slice, metric, k);
    alter table ml.evaluation alter column slice drop default;
    comment on column ml.evaluation.slice is 'Rows judged: all, group:<provider group> or period:<fold> (delutvalg)';
    alter table ml.training_run add column evaluation_sha256 text;
    comment on column ml.training_run.evaluation_sha256 is 'Content of the evaluation document: curves, paired differences, fairness, reliability (evalueringsrapport)';
  `);
}

export async function down(knex: Knex): Promise<void> {
  // Append-only by trigger: rows of slices go with the privilege of whoever migrates.
  await knex.raw(`
    alter table ml.training_run drop column evaluation_sha256;
    alter table ml.evaluation disable trigger evaluation_append_only;
    delete from ml.evaluation where slice <> 'all';
    alter table ml.evaluation enable trigger evaluation_append_only;
    alter table ml.evaluation drop constraint evaluation_pk;
    alter table ml.evaluation add constraint evaluation_pk primary key (run_id, family, metric, k);
    alter table ml.evaluation drop column slice;
  `);
}
