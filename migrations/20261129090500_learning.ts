import type { Knex } from 'knex';
import { appendOnly, audited } from './triggers';

/**
 * Snapshots, label sets, matrices, training runs and model versions. Rows point at content by SHA-256; the bytes are in
 * the artifact store.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(SNAPSHOTS);
  await knex.raw(LABELS_AND_MATRICES);
  await knex.raw(RUNS);
  await knex.raw(EVALUATIONS_AND_VERSIONS);
  await knex.raw(
    appendOnly(
      'ml.redaction',
      'ml.label_set',
      'ml.label_revision',
      'ml.trial',
      'ml.evaluation',
      'ml.model_version',
      'ml.post_deployment_evaluation',
    ),
  );
  for (const [table, key] of AUDITED) await knex.raw(audited(table, key));
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop schema ml cascade');
}

const AUDITED: readonly (readonly [table: string, key: string])[] = [
  ['ml.snapshot', 'snapshot_id'],
  ['ml.redaction', 'redaction_id'],
  ['ml.label_set', 'label_set_id'],
  ['ml.label_revision', 'label_set_id,revised_by'],
  ['ml.matrix', 'matrix_id'],
  ['ml.training_run', 'run_id'],
  ['ml.trial', 'run_id,family,trial'],
  ['ml.fold_result', 'run_id,fold,family'],
  ['ml.leakage_report', 'run_id'],
  ['ml.leakage_reason', 'run_id,principal_id'],
  ['ml.model_version', 'version_id'],
  ['ml.post_deployment_evaluation', 'evaluation_id'],
];

const SNAPSHOTS = `
  create schema ml;
  comment on schema ml is 'Snapshots, matrices, training runs, model versions and promotions (maskinlæring)';

  create table ml.snapshot (
    snapshot_id text constraint snapshot_pk primary key,
    as_of timestamptz not null,
    load_watermark bigint not null,
    manifest_sha256 text not null,
    rows bigint not null,
    made_at timestamptz not null
  );
  create index snapshot_in_time on ml.snapshot (made_at, snapshot_id);
  comment on table ml.snapshot is
    'Immutable extract of what was known at as_of, named by the hash of its manifest (uttrekk)';
  comment on column ml.snapshot.load_watermark is 'Last committed load batch that the extract contains';

  create table ml.partition (
    dataset text not null,
    partition_key text not null,
    known_before timestamptz not null,
    load_watermark bigint not null,
    content_sha256 text not null,
    file_sha256 text not null,
    rows bigint not null,
    constraint partition_pk primary key (dataset, partition_key, known_before, load_watermark)
  );
  comment on table ml.partition is
    'Parquet partitions already written, by everything that can change their content; reused, not written again';
  comment on column ml.partition.known_before is 'Holds facts that became known before this instant';
  comment on column ml.partition.load_watermark is 'Last committed load batch that it contains';
  comment on column ml.partition.content_sha256 is 'Hash of the rows, whatever the Parquet writer';

  create table ml.redaction (
    redaction_id uuid constraint redaction_pk primary key,
    dataset text not null,
    partition_key text not null,
    old_content_sha256 text not null constraint redaction_once unique,
    old_file_sha256 text not null,
    new_content_sha256 text not null,
    new_file_sha256 text not null,
    new_rows bigint not null,
    rows_removed bigint not null constraint redaction_removes check (rows_removed > 0),
    legal_basis text not null constraint redaction_basis check (length(legal_basis) >= 3),
    requested_action uuid not null constraint redaction_requested references aud.action,
    approved_action uuid not null constraint redaction_approved references aud.action,
    at timestamptz not null
  );
  comment on table ml.redaction is
    'A snapshot partition replaced by one without certain rows; manifests resolve through it (sletting, GDPR art. 17)';

  create function ml.check_redaction() returns trigger language plpgsql as $$
  begin
    if (select principal_id from aud.action where action_id = new.requested_action)
      = (select principal_id from aud.action where action_id = new.approved_action) then
      raise exception 'four eyes: a redaction needs two different people' using errcode = 'check_violation';
    end if;
    return new;
  end $$;
  create trigger redaction_checked before insert on ml.redaction
    for each row execute function ml.check_redaction();
`;

const LABELS_AND_MATRICES = `
  create table ml.label_set (
    label_set_id text constraint label_set_pk primary key,
    snapshot_id text constraint label_set_snapshot references ml.snapshot,
    rows bigint not null,
    labeled bigint not null,
    positives bigint not null,
    made_at timestamptz not null
  );
  comment on table ml.label_set is 'Outcomes as they were known, named by the hash of their content (fasit)';

  create table ml.label_revision (
    label_set_id text not null constraint label_revision_old references ml.label_set,
    revised_by text not null constraint label_revision_new references ml.label_set,
    rows int not null,
    to_finding int not null,
    from_finding int not null,
    unsettled int not null,
    amounts int not null,
    root text not null,
    found_at timestamptz not null,
    constraint label_revision_pk primary key (label_set_id, revised_by)
  );
  comment on table ml.label_revision is
    'A later label set that changes labels which versions were trained on (fasit endret etter klage eller omgjøring)';
  comment on column ml.label_revision.rows is 'Labeled rows of the old set';
  comment on column ml.label_revision.unsettled is
    'Rows that have lost their label: reopened, or a reversal registered as an appeal';
  comment on column ml.label_revision.amounts is 'Rows with the same label and another amount';
  comment on column ml.label_revision.root is 'Merkle root of the changed rows, in order';

  create table ml.matrix (
    matrix_id text constraint matrix_pk primary key,
    recipe_sha256 text not null constraint matrix_recipe unique,
    recipe jsonb not null,
    snapshot_id text constraint matrix_snapshot references ml.snapshot,
    label_set_id text constraint matrix_label_set references ml.label_set,
    file_sha256 text not null,
    meta jsonb not null,
    made_at timestamptz not null
  );
  comment on table ml.matrix is 'Feature matrix, named by the hash of its content (variabelmatrise)';
`;

const RUNS = `
  create table ml.training_run (
    run_id uuid constraint training_run_pk primary key,
    action_id uuid not null constraint training_run_action references aud.action,
    experiment jsonb not null,
    experiment_sha256 text not null,
    slot text not null,
    state text not null constraint training_run_state
      check (state in ('running', 'finished', 'failed', 'cancelled')),
    matrix_id text constraint training_run_matrix references ml.matrix,
    calibrators jsonb,
    evaluation_sha256 text,
    version_id text,
    problem text,
    started_at timestamptz not null,
    ended_at timestamptz
  );
  create index training_run_in_time on ml.training_run (started_at, run_id);
  comment on table ml.training_run is 'Training run (trening)';
  comment on column ml.training_run.evaluation_sha256 is
    'Content of the evaluation report: curves, paired differences, fairness, reliability (evalueringsrapport)';

  create table ml.leakage_report (
    run_id uuid constraint leakage_report_pk primary key
      constraint leakage_report_run references ml.training_run,
    verdict text not null constraint leakage_report_verdict check (verdict in ('clean', 'needs-reason', 'refused')),
    tests int not null,
    report_sha256 text not null,
    document jsonb not null,
    made_at timestamptz not null
  );
  comment on table ml.leakage_report is
    'Result of the target-leakage check of a training run (kontroll av utfallslekkasje)';

  create table ml.leakage_reason (
    run_id uuid not null constraint leakage_reason_report references ml.leakage_report,
    principal_id uuid not null,
    reason_id uuid not null,
    action_id uuid not null constraint leakage_reason_action references aud.action,
    given_at timestamptz not null,
    constraint leakage_reason_pk primary key (run_id, principal_id)
  );
  comment on table ml.leakage_reason is
    'Why a column that looks like leakage is accepted; two different people are needed (begrunnelse)';

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
  comment on table ml.trial is
    'One hyperparameter trial of a family, on the training data of the first fold (forsøk)';
  comment on column ml.trial.trial is '0 is the setting that the experiment gives';
  comment on column ml.trial.validation_loss is 'Mean log loss over the validation folds; the lowest of a family wins';

  create table ml.fold_result (
    run_id uuid not null constraint fold_result_run references ml.training_run,
    fold text not null,
    family text not null,
    content_sha256 text not null,
    result jsonb not null,
    constraint fold_result_pk primary key (run_id, fold, family)
  );
  comment on table ml.fold_result is 'One fitted fold: predictions in the artifact store, figures here';
`;

const EVALUATIONS_AND_VERSIONS = `
  create table ml.evaluation (
    run_id uuid not null constraint evaluation_run references ml.training_run,
    family text not null,
    slice text not null,
    metric text not null,
    k int not null default 0,
    value double precision,
    lo double precision,
    hi double precision,
    no_value text,
    n int not null,
    method text not null,
    constraint evaluation_pk primary key (run_id, family, slice, metric, k),
    constraint evaluation_value check (num_nulls(value, lo, hi) in (0, 3) and (value is null) = (no_value is not null))
  );
  comment on table ml.evaluation is 'Metrics of a run with their intervals (måltall)';
  comment on column ml.evaluation.slice is
    'Rows evaluated: all, group:<provider group> or period:<fold> (delutvalg)';
  comment on column ml.evaluation.k is 'Length of the list evaluated; 0 where the metric has none';
  comment on column ml.evaluation.no_value is 'Why the metric has no value: no-findings or fewer-rows-than-k';

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
  create index model_version_in_time on ml.model_version (registered_at, version_id);
  comment on table ml.model_version is 'Frozen model bundle, named by its digest (modellversjon)';
  comment on column ml.model_version.selectable is
    'False when columns about the caseworker were used: such a model may be studied, never promoted';

  create table ml.post_deployment_evaluation (
    evaluation_id text constraint post_deployment_evaluation_pk primary key,
    version_id text not null constraint post_deployment_evaluation_version references ml.model_version,
    matrix_id text not null constraint post_deployment_evaluation_matrix references ml.matrix,
    as_of timestamptz not null,
    document_sha256 text not null,
    rows int not null,
    findings int not null,
    action_id uuid not null constraint post_deployment_evaluation_action references aud.action,
    made_at timestamptz not null
  );
  create index post_deployment_evaluation_of_version on ml.post_deployment_evaluation (version_id, made_at desc);
  comment on table ml.post_deployment_evaluation is
    'A frozen version evaluated on outcomes that were not known when it was trained (evaluering etter ibruktaking)';
  comment on column ml.post_deployment_evaluation.as_of is 'Instant at which the outcomes were known';
  comment on column ml.post_deployment_evaluation.document_sha256 is 'Evaluation report in the artifact store';
  comment on column ml.post_deployment_evaluation.rows is 'Outcomes that have become known since the training';
`;
