import type { Knex } from 'knex';

/** Snapshots, matrices, runs, folds and model versions. Rows point at content by SHA-256; bytes live in the store. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create schema ml;

    create table ml.snapshot (
      snapshot_id text constraint snapshot_pk primary key,
      as_of timestamptz not null,
      horizon bigint not null,
      manifest_sha256 text not null,
      rows bigint not null,
      made_at timestamptz not null
    );
    comment on table ml.snapshot is 'Sealed extract, named by the hash of its manifest; (as_of, horizon) is the load horizon it saw';
    comment on column ml.snapshot.horizon is 'Last committed load batch that was visible';

    create table ml.partition (
      dataset text not null,
      part text not null,
      cut timestamptz not null,
      max_seq bigint not null,
      logical_sha256 text not null,
      file_sha256 text not null,
      rows bigint not null,
      constraint partition_pk primary key (dataset, part, cut, max_seq)
    );
    comment on table ml.partition is 'Parquet partitions already written, keyed by what can change them; found again, not written again';

    create table ml.matrix (
      matrix_id text constraint matrix_pk primary key,
      recipe_sha256 text not null constraint matrix_recipe unique,
      recipe jsonb not null,
      snapshot_id text constraint matrix_snapshot references ml.snapshot,
      file_sha256 text not null,
      meta jsonb not null,
      made_at timestamptz not null
    );
    comment on table ml.matrix is 'Feature matrix, named by the hash of its logical content (treningsmatrise)';

    create table ml.training_run (
      run_id uuid constraint training_run_pk primary key,
      action_id uuid not null constraint training_run_action references aud.action,
      experiment jsonb not null,
      experiment_sha256 text not null,
      slot text not null,
      state text not null constraint training_run_state check (state in ('running', 'finished', 'failed', 'cancelled')),
      matrix_id text constraint training_run_matrix references ml.matrix,
      calibrators jsonb,
      version_id text,
      problem text,
      started_at timestamptz not null,
      ended_at timestamptz
    );

    create table ml.fold_result (
      run_id uuid not null constraint fold_result_run references ml.training_run,
      fold text not null,
      family text not null,
      content_sha256 text not null,
      result jsonb not null,
      constraint fold_result_pk primary key (run_id, fold, family)
    );
    comment on table ml.fold_result is 'One trained fold: predictions in the store, figures here';

    create table ml.evaluation (
      run_id uuid not null constraint evaluation_run references ml.training_run,
      family text not null,
      metric text not null,
      k int not null default 0,
      value double precision not null,
      lo double precision not null,
      hi double precision not null,
      n int not null,
      method text not null,
      constraint evaluation_pk primary key (run_id, family, metric, k)
    );
    comment on column ml.evaluation.k is 'Length of the list judged; 0 where the metric has none';

    create table ml.model_version (
      version_id text constraint model_version_pk primary key,
      slot text not null,
      family text not null,
      run_id uuid not null constraint model_version_run references ml.training_run,
      matrix_id text not null constraint model_version_matrix references ml.matrix,
      recipe jsonb not null,
      selectable boolean not null,
      registered_at timestamptz not null
    );
    comment on table ml.model_version is 'Frozen bundle, named by its digest (modellversjon)';
    comment on column ml.model_version.selectable is 'False when nuisance columns entered: such a model may be studied, never promoted';

    create table ml.mirror_outbox (
      outbox_id bigint generated always as identity constraint mirror_outbox_pk primary key,
      kind text not null constraint mirror_outbox_kind check (kind in ('run', 'version', 'champion')),
      subject_id text not null,
      made_at timestamptz not null,
      done_at timestamptz
    );
    create index mirror_outbox_open on ml.mirror_outbox (outbox_id) where done_at is null;
    comment on table ml.mirror_outbox is 'What MLflow has still to be told; written with the change, read by the mirror';

    create table ml.mirror_link (
      kind text not null,
      subject_id text not null,
      mlflow_id text not null,
      constraint mirror_link_pk primary key (kind, subject_id)
    );
    create trigger model_version_append_only before update or delete or truncate on ml.model_version for each statement execute function aud.refuse_change();
    create trigger evaluation_append_only before update or delete or truncate on ml.evaluation for each statement execute function aud.refuse_change();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema ml cascade');
}
