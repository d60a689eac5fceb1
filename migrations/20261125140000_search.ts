import type { Knex } from 'knex';

/** Every setting that a search tried, kept: also those that lost. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ml.trial (
      run_id uuid not null constraint trial_run references ml.training_run,
      family text not null,
      trial int not null constraint trial_number check (trial >= 0),
      settings jsonb not null,
      validation_loss double precision not null,
      average_precision double precision not null,
      result jsonb not null,
      tried_at timestamptz not null,
      constraint trial_pk primary key (run_id, family, trial)
    );
    comment on table ml.trial is 'One setting of a family, fitted and judged inside the training part of a run (forsøk)';
    comment on column ml.trial.trial is '0 is the setting that the experiment gives';
    comment on column ml.trial.validation_loss is 'Mean log loss on the validation parts; the lowest of a family is used';
    create trigger trial_append_only before update or delete or truncate on ml.trial for each statement execute function aud.refuse_change();
    create trigger trial_covered after insert or update or delete on ml.trial for each row execute function aud.touch('run_id,family,trial', '');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table ml.trial');
}
