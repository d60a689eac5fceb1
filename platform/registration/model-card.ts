import { toHtml, toMarkdown } from '../../domain/cards/document';
import type { CardInput } from '../../domain/cards/card-input';
import { modelCard } from '../../domain/cards/model-card';
import type { EvaluationDocument } from '../../domain/schemas/evaluation';
import type { Experiment } from '../../domain/schemas/experiment';
import type { ArtifactStore } from '../artifacts/store';
import { evaluationDocumentOf } from '../db/stores/evaluation';
import { leakageReportOf } from '../db/stores/leakage';
import { getMatrix } from '../db/stores/matrices';
import type { TrainingRun } from '../db/stores/runs';
import { trialsOf } from '../db/stores/tuning';
import type { VersionBundle } from '../db/stores/versions';
import type { Db } from '../postgres/connection';

const sourceText = ({ source }: Experiment, table: TrainingRun['input']['table']): CardInput['source'] =>
  source.kind === 'register'
    ? {
        kind: 'register',
        what: 'the register of bills, prescriptions and control cases',
        asOf: new Date(source.asOf).toISOString(),
      }
    : { kind: 'table', what: table?.fileName ?? source.file, asOf: 'the as-of day of each row' };

const labelText = ({ source, label }: Experiment): string =>
  source.kind === 'register'
    ? `a control case ended with a finding of at least ${label.minAmountNok} kroner ` +
      'that no appeal or reversal took back'
    : 'the outcome column of the mapping';

/**
 * Makes and stores the card of a version that is about to be frozen, as Markdown and HTML: their hashes are part of the
 * bundle.
 * @param version.selected hyperparameters that the fit selected
 * @throws UtplukkError Conflict if the run was not evaluated
 */
export async function storeModelCard(
  { db, store }: { db: Db; store: ArtifactStore },
  run: TrainingRun,
  version: {
    readonly bundle: Omit<VersionBundle, 'card' | 'metrics'>;
    readonly selected: CardInput['selected'];
    readonly usesNuisance: boolean;
  },
): Promise<NonNullable<VersionBundle['card']>> {
  const { bundle } = version;
  const { recipe } = bundle;
  const { experiment, table } = run.input;
  const evaluation = await evaluationDocumentOf(db, run.runId);
  const { meta, snapshotId } = await getMatrix(db, recipe.matrixId);
  const trials = (await trialsOf(db, run.runId)).filter(({ family }) => family === bundle.family);
  const [best] = trials;
  const document = modelCard({
    slot: bundle.slot,
    family: bundle.family,
    settings: recipe.family,
    selected: version.selected,
    search: best && { trials: trials.length, trial: best.trial, validationLoss: best.validationLoss },
    seed: recipe.seed,
    source: sourceText(experiment, table),
    label: labelText(experiment),
    split: experiment.split,
    matrix: {
      id: recipe.matrixId,
      rows: meta.rows,
      labeled: meta.labeled,
      positives: meta.positives,
      snapshotId,
    },
    features: bundle.use,
    usesNuisance: version.usesNuisance,
    ranking: bundle.ranking,
    puBagging: recipe.puBagging,
    pretrained: recipe.pretrained,
    evaluation: store.getJson<EvaluationDocument>(evaluation),
    leakage: await leakageReportOf(db, run.runId),
    code: recipe.code,
    runtime: bundle.runtime,
  });
  return { markdown: store.put(toMarkdown(document)), html: store.put(toHtml(document)), evaluation };
}
