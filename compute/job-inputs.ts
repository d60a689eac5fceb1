import { notFound } from '../domain/errors';
import { trialSettings } from '../domain/rules/tuning';
import { addMonths, type Fold, foldsOf } from '../domain/rules/training-splits';
import type { FamilySpec } from '../domain/families';
import { type Experiment, testEnd } from '../domain/schemas/experiment';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { foldResults, type TrainingRun } from '../platform/db/stores/runs';
import { bestTrial } from '../platform/db/stores/tuning';
import type { ComputeJob, MatrixFile } from './jobs';
import type { ActivityDependencies } from '../activities/deps';
import { usableColumns } from '../domain/rules/feature-selection';

export async function matrixFile(
  { db, store }: ActivityDependencies,
  matrixId: string,
  experiment: Experiment,
): Promise<MatrixFile> {
  const row = await db('ml.matrix')
    .where({ matrix_id: matrixId })
    .first<{ file_sha256: string; meta: MatrixMeta } | undefined>();
  if (!row) throw notFound(`matrix ${matrixId} is not recorded`);
  return { file: store.existing(row.file_sha256), meta: row.meta, use: usableColumns(row.meta, experiment) };
}

/** Settings that a family is fitted with: the best that a search found, else those of the experiment. */
export async function settingsOf(
  { db }: ActivityDependencies,
  run: TrainingRun,
  family: FamilySpec['family'],
): Promise<FamilySpec> {
  const { experiment } = run.input;
  const best = experiment.tuning ? await bestTrial(db, run.runId, family) : undefined;
  return best?.settings ?? familyOf(experiment, family);
}

export function familyOf(experiment: Experiment, family: FamilySpec['family']): FamilySpec {
  const spec = experiment.families.find((item) => item.family === family);
  if (!spec) throw notFound(`the experiment ${experiment.name} has no family ${family}`);
  return spec;
}

/** Where folds roll, the version that is frozen looks back as far as they did, from the end of the last test part. */
const finalTrainFrom = (experiment: Experiment): string | undefined =>
  experiment.split.kind === 'rolling' ? addMonths(testEnd(experiment), -experiment.split.trainMonths) : undefined;

/** Runs from before there was a choice have none, and are made again as they were. */
const wantsAmounts = ({ expectedAmount }: Experiment): boolean =>
  expectedAmount === 'report' || expectedAmount === 'rank';

/** What the version learns beside its scores. */
const finalExtras = (experiment: Experiment): Pick<JobOf<'final'>, 'amounts' | 'flagOutOfDistribution'> => ({
  ...(wantsAmounts(experiment) ? { amounts: experiment.expectedAmount === 'rank' ? 'needed' : 'wanted' } : {}),
  ...(experiment.flagOutOfDistribution ? { flagOutOfDistribution: true } : {}),
});

type JobOf<K extends ComputeJob['kind']> = Extract<ComputeJob, { kind: K }>;

/** One setting tried on the rows that train the first fold, given of everybody what the fits are. */
export async function trialJob(
  deps: ActivityDependencies,
  { input: { experiment } }: TrainingRun,
  task: { matrixId: string; family: FamilySpec['family']; trial: number; populationId?: string | undefined },
): Promise<JobOf<'trial'>> {
  const matrix = await matrixFile(deps, task.matrixId, experiment);
  const given = populationInputs(experiment);
  const population = Object.keys(given).length > 0 ? task.populationId : undefined;
  return {
    kind: 'trial',
    matrix,
    fold: foldsOf(experiment.split)[0]!,
    family: trialSettings(familyOf(experiment, task.family), experiment.seed, task.trial),
    ...(population ? { population: await populationFile(deps, population, matrix.use), ...given } : {}),
    seed: experiment.seed,
    storeRoot: deps.store.root,
  };
}

/** One fit of one fold, and what is scored with it. */
export async function foldJob(
  deps: ActivityDependencies,
  run: TrainingRun,
  task: { matrixId: string; fold: string; family: FamilySpec['family']; populationId?: string | undefined },
): Promise<JobOf<'fold'>> {
  const { experiment } = run.input;
  const matrix = await matrixFile(deps, task.matrixId, experiment);
  const hasNuisance =
    matrix.meta.columns.some(({ role }) => role === 'nuisance') && experiment.features.nuisance === 'exclude';
  return {
    kind: 'fold',
    matrix,
    fold: foldOf(experiment, task.fold),
    family: await settingsOf(deps, run, task.family),
    ...(hasNuisance && experiment.evaluation.caseworkerEffect.includes(task.family) ? { withNuisance: true } : {}),
    ...(wantsAmounts(experiment) ? { amounts: true } : {}),
    ...(task.populationId === undefined
      ? {}
      : { population: await populationFile(deps, task.populationId, matrix.use) }),
    ...populationInputs(experiment),
    seed: experiment.seed,
    storeRoot: deps.store.root,
  };
}

/** What a fit is given of providers whose outcome nobody knows. */
const populationInputs = ({ puBagging, pretrain }: Experiment): Pick<JobOf<'fold'>, 'puBagging' | 'pretrain'> => ({
  ...(puBagging ? { puBagging } : {}),
  ...(pretrain ? { pretrain } : {}),
});

/**
 * The matrix of all active providers that the version to be frozen is given: the latest that the folds were judged on.
 * @returns undefined where its experiment asks for nothing of everybody, or only for what it does without too
 * @throws UtplukkError NotFound where the run has none and its experiment cannot do without
 */
export async function finalPopulationMatrixId(
  { db }: ActivityDependencies,
  run: TrainingRun,
): Promise<string | undefined> {
  const { puBagging, pretrain, calibration } = run.input.experiment;
  if (!puBagging && !pretrain && calibration.input === 'raw-score') return undefined;
  const latest = foldsOf(run.input.experiment.split).at(-1)!.id;
  const matrixId = (await foldResults(db, run.runId)).find(({ fold }) => fold === latest)?.result.populationMatrixId;
  if (matrixId === undefined && (puBagging ?? pretrain))
    throw notFound(
      `run ${run.runId} judged no population in ${latest}, so not everybody is known`,
      'Set `evaluation.population: true`, or leave `unlabelled` and `pretrain` out.',
    );
  return matrixId;
}

/** The fit of the version that is frozen, with the settings that it was, or is to be, frozen with. */
export async function finalJob(
  deps: ActivityDependencies,
  run: TrainingRun,
  matrixId: string,
  family: FamilySpec,
  seed: number,
): Promise<JobOf<'final'>> {
  const { experiment } = run.input;
  const matrix = await matrixFile(deps, matrixId, experiment);
  const population = await finalPopulationMatrixId(deps, run);
  return {
    kind: 'final',
    trainFrom: finalTrainFrom(experiment),
    matrix,
    family,
    ...(population
      ? { population: await populationFile(deps, population, matrix.use), ...populationInputs(experiment) }
      : {}),
    ...(population && experiment.calibration.input === 'population-rank' ? { rankNormalizer: true } : {}),
    ...finalExtras(experiment),
    seed,
    storeRoot: deps.store.root,
  };
}

/** The judgement of all folds that the run has. */
export async function evaluateJob(
  deps: ActivityDependencies,
  run: TrainingRun,
  matrixId: string,
): Promise<JobOf<'evaluate'>> {
  const { experiment } = run.input;
  const folds = await foldResults(deps.db, run.runId);
  const populationOf = new Map(
    folds.flatMap(({ fold, result: { populationMatrixId: id } }) => (id ? [[fold, id] as const] : [])),
  );
  const populations = await Promise.all(
    [...populationOf].map(async ([fold, id]) => ({
      fold: foldOf(experiment, fold),
      matrix: await populationFile(deps, id, []),
    })),
  );
  return {
    kind: 'evaluate',
    matrix: await matrixFile(deps, matrixId, experiment),
    predictions: folds.map(
      ({ family, result: { predictionsSha256, nuisanceSha256, nuisanceBaseSha256, populationSha256 } }) => ({
        family,
        sha256: predictionsSha256,
        nuisanceSha256,
        nuisanceBaseSha256,
        populationSha256,
      }),
    ),
    ...(populations.length > 0 ? { populations } : {}),
    adjustFor: experiment.calibration.adjustFor,
    calibrationInput: experiment.calibration.input,
    ks: experiment.evaluation.k,
    bootstrap: experiment.evaluation.bootstrap,
    seed: experiment.seed,
    storeRoot: deps.store.root,
  };
}

async function populationFile(
  { db, store }: ActivityDependencies,
  matrixId: string,
  use: readonly string[],
): Promise<MatrixFile> {
  const row = await db('ml.matrix')
    .where({ matrix_id: matrixId })
    .first<{ file_sha256: string; meta: MatrixMeta } | undefined>();
  if (!row) throw notFound(`matrix ${matrixId} is not recorded`);
  return { file: store.existing(row.file_sha256), meta: row.meta, use };
}

export function foldOf(experiment: Experiment, id: string): Fold {
  const fold = foldsOf(experiment.split).find((item) => item.id === id);
  if (!fold) throw notFound(`the experiment has no fold ${id}`);
  return fold;
}
