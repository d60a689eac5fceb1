import { toHtml, toMarkdown } from '../domain/cards/document';
import { modelCard } from '../domain/cards/model-card';
import type { EvaluationDocument } from '../domain/schemas/evaluation';
import { conflict } from '../domain/errors';
import type { StoredModel } from '../models/registered-model';
import { leakageReportOf } from '../platform/db/stores/leakage';
import type { TrainingRun } from '../platform/db/stores/runs';
import { trialsOf } from '../platform/db/stores/tuning';
import type { VersionBundle } from '../platform/db/stores/versions';
import type { ActivityDependencies } from './deps';
import { matrixFile } from '../compute/job-inputs';

/** The card of a version about to be frozen, stored as Markdown and HTML: its hashes are part of the bundle. */
export async function storeCard(
  deps: ActivityDependencies,
  run: TrainingRun,
  bundle: Omit<VersionBundle, 'card' | 'metrics'>,
  usesNuisance: boolean,
): Promise<NonNullable<VersionBundle['card']>> {
  const { db, store } = deps;
  const { experiment, table } = run.input;
  const row = await db('ml.training_run as r')
    .join('ml.matrix as m', 'm.matrix_id', 'r.matrix_id')
    .where({ run_id: run.runId })
    .first<{ evaluation_sha256: string | null; snapshot_id: string | null }>('r.evaluation_sha256', 'm.snapshot_id');
  if (!row.evaluation_sha256) throw conflict(`run ${run.runId} has no evaluation document`);
  const { meta } = await matrixFile(deps, bundle.recipe.matrixId, experiment);
  const { source, label, split } = experiment;
  const trials = (await trialsOf(db, run.runId)).filter(({ family }) => family === bundle.family);
  const document = modelCard({
    slot: bundle.slot,
    family: bundle.family,
    settings: bundle.recipe.family,
    chosen: store.getJson<StoredModel>(bundle.model).chosen,
    search: trials[0] && { trials: trials.length, trial: trials[0].trial, validationLoss: trials[0].validationLoss },
    seed: bundle.recipe.seed,
    source:
      source.kind === 'register'
        ? {
            kind: 'register',
            what: 'the register of bills, prescriptions and controls',
            asOf: new Date(source.asOf).toISOString(),
          }
        : { kind: 'table', what: table?.fileName ?? source.file, asOf: 'the as-of day of each row' },
    label:
      source.kind === 'register'
        ? `a control ended with a finding of at least ${label.minAmountNok} kroner that no appeal or reversal took back`
        : 'the outcome column of the mapping',
    split,
    matrix: {
      id: bundle.recipe.matrixId,
      rows: meta.rows,
      labelled: meta.labelled,
      positives: meta.positives,
      snapshotId: row.snapshot_id ?? undefined,
    },
    features: bundle.use,
    usesNuisance,
    ranking: bundle.ranking,
    puBagging: bundle.recipe.puBagging,
    pretrained: bundle.recipe.pretrained,
    evaluation: store.getJson<EvaluationDocument>(row.evaluation_sha256),
    leakage: await leakageReportOf(db, run.runId),
    code: bundle.recipe.code,
    engine: bundle.engine,
  });
  return {
    markdown: store.put(toMarkdown(document)),
    html: store.put(toHtml(document)),
    evaluation: row.evaluation_sha256,
  };
}
