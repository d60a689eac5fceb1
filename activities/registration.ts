import { finalPopulationMatrixId, matrixFile, settingsOf } from '../compute/job-inputs';
import { conflict } from '../domain/errors';
import type { Calibrator, RankNormalizer, StoredCalibrator } from '../domain/schemas/calibration';
import type { Experiment } from '../domain/schemas/experiment';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { canPretrain } from '../domain/families';
import type { StoredModel } from '../models/registered-model';
import { canonical } from '../platform/artifacts/hash';
import { codeIdentity } from '../platform/code-identity';
import { calibratorsOf, evaluationOf } from '../platform/db/stores/evaluation';
import { getMatrix } from '../platform/db/stores/matrices';
import { recordVersion } from '../platform/db/stores/registration';
import { getRun, trainerOf, type TrainingRun } from '../platform/db/stores/runs';
import type { VersionBundle } from '../platform/db/stores/versions';
import { storeModelCard } from '../platform/registration/model-card';
import type { Envelope } from '../platform/signing/dsse';
import { statementsOf } from '../platform/signing/statement-store';
import { PREDICATE } from '../platform/signing/statements';
import type { FinalModel, LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

/** Freezes a fitted model as a version: bundle, model card, the notary's signature. Equal content is one version. */
export const registrationActivities = (deps: ActivityDependencies): Pick<LifecycleActivities, 'registerVersion'> => ({
  async registerVersion({ runId, family, final }) {
    const { db, store } = deps;
    const run = await getRun(db, runId);
    if (!run.matrixId) throw conflict(`run ${runId} has no evaluated matrix yet`);
    const { meta, use } = await matrixFile(deps, run.matrixId, run.input.experiment);
    const model = store.getJson<StoredModel>(final.modelSha256);
    const frozen = await frozenBundle(deps, { ...run, matrixId: run.matrixId }, { family, final, model, use });
    const nuisance = usesNuisance(meta, use);
    const card = await storeModelCard(deps, run, {
      bundle: frozen,
      selected: model.selected,
      usesNuisance: nuisance,
    });
    const bundle: VersionBundle = { ...frozen, metrics: await evaluationOf(db, runId), card };
    const versionId = store.put(canonical(bundle));
    const statement = await signature(deps, run, versionId, bundle);
    await recordVersion(db, run, { versionId, bundle, selectable: !nuisance, statement }, deps.clock());
    return { versionId };
  },
});

const usesNuisance = ({ columns }: MatrixMeta, use: readonly string[]): boolean =>
  columns.some((column) => column.role === 'nuisance' && use.includes(column.name));

/**
 * The notary's signature on a version that has none; it names the trainer, so that nobody approves their own
 * version.
 */
async function signature(
  deps: ActivityDependencies,
  run: TrainingRun,
  versionId: string,
  { recipe, runtime }: VersionBundle,
): Promise<Envelope | undefined> {
  if ((await statementsOf(deps.db, versionId, PREDICATE.version)).length > 0) return undefined;
  const trainer = await trainerOf(deps.db, run);
  const serviceToken = await deps.serviceToken();
  return deps.notary.version({ slot: run.slot, versionId, runId: run.runId, trainer, recipe, runtime, serviceToken });
}

interface FinalFit {
  readonly family: VersionBundle['family'];
  readonly final: FinalModel;
  readonly model: StoredModel;
  /** Feature columns that the model reads. */
  readonly use: readonly string[];
}

async function frozenBundle(
  deps: ActivityDependencies,
  run: TrainingRun & { readonly matrixId: string },
  { family, final, model, use }: FinalFit,
): Promise<Omit<VersionBundle, 'card' | 'metrics'>> {
  const { experiment } = run.input;
  const calibrators = await calibratorsOf(deps.db, run.runId);
  const { recipe: matrixRecipe } = await getMatrix(deps.db, run.matrixId);
  const population = await finalPopulationMatrixId(deps, run);
  return {
    format: 1,
    slot: run.slot,
    family,
    model: final.modelSha256,
    weights: final.weightsSha256,
    calibrator: storedCalibrator(calibrators[family] ?? { kind: 'platt', a: 1, b: 0 }, model.rankNormalizer),
    use,
    ...(experiment.expectedAmount === 'rank' ? { ranking: 'expected-amount' as const } : {}),
    recipe: {
      matrixId: run.matrixId,
      matrixRecipe,
      family: await settingsOf(deps, run, family),
      seed: experiment.seed,
      split: experiment.split,
      ...(population ? populationRecipe(experiment, family, model, population) : {}),
      code: codeIdentity(require.resolve('../compute/run-job')),
    },
    runtime: deps.store.getJson<Record<string, string>>(final.runtimeSha256),
  };
}

/** What the fit took from the population matrix. */
const populationRecipe = (
  { puBagging, pretrain }: Experiment,
  family: VersionBundle['family'],
  { rankNormalizer }: StoredModel,
  matrixId: string,
): Pick<VersionBundle['recipe'], 'puBagging' | 'pretrained' | 'rankNormalizer'> => ({
  ...(puBagging ? { puBagging: { ...puBagging, matrixId } } : {}),
  ...(pretrain && canPretrain(family) ? { pretrained: { on: pretrain, matrixId } } : {}),
  ...(rankNormalizer ? { rankNormalizer: { matrixId } } : {}),
});

/** A calibrator that was fitted on population ranks needs the version's own rank normalizer. */
function storedCalibrator(
  { calibrationInput, ...calibrator }: Calibrator,
  rankNormalizer: RankNormalizer | undefined,
): StoredCalibrator {
  if (calibrationInput === undefined) return calibrator;
  if (!rankNormalizer)
    throw conflict(
      'the calibrator reads population ranks, but the fitted model has no rank normalizer',
      'Train the model again.',
    );
  return { ...calibrator, rankNormalizer };
}
