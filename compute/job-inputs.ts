import { notFound } from '../domain/errors';
import type { FamilySpec } from '../domain/families';
import { usableColumns } from '../domain/rules/feature-selection';
import { type Fold, foldsOf } from '../domain/rules/training-splits';
import { addMonths } from '../domain/time/days';
import { trialSettings } from '../domain/rules/tuning';
import { type Experiment } from '../domain/schemas/experiment';
import type { ArtifactStore } from '../platform/artifacts/store';
import { getMatrix } from '../platform/db/stores/matrices';
import type { TrainingRun } from '../platform/db/stores/runs';
import { foldResults } from '../platform/db/stores/training';
import { bestTrial } from '../platform/db/stores/tuning';
import type { Db } from '../platform/postgres/connection';
import type { JobOf, MatrixFile } from './jobs';

/** Where the inputs of jobs are stored. */
export interface JobSources {
  readonly db: Db;
  readonly store: ArtifactStore;
}

/** A matrix with the columns that the experiment lets a model use. @throws UtplukkError NotFound */
export async function matrixFile(
  { db, store }: JobSources,
  matrixId: string,
  experiment: Experiment,
): Promise<MatrixFile> {
  const { fileSha256, meta } = await getMatrix(db, matrixId);
  return { file: store.existing(fileSha256), meta, use: usableColumns(meta, experiment) };
}

async function populationFile(
  { db, store }: JobSources,
  matrixId: string,
  use: readonly string[],
): Promise<MatrixFile> {
  const { fileSha256, meta } = await getMatrix(db, matrixId);
  return { file: store.existing(fileSha256), meta, use };
}

/** Settings that a family is fitted with: the best trial of the search, else those of the experiment. */
export async function settingsOf(
  { db }: Pick<JobSources, 'db'>,
  run: TrainingRun,
  family: FamilySpec['family'],
): Promise<FamilySpec> {
  const { experiment } = run.input;
  const best = experiment.tuning ? await bestTrial(db, run.runId, family) : undefined;
  return best?.settings ?? familyOf(experiment, family);
}

/** @throws UtplukkError NotFound */
export function familyOf(experiment: Experiment, family: FamilySpec['family']): FamilySpec {
  const spec = experiment.families.find((item) => item.family === family);
  if (!spec) throw notFound(`the experiment ${experiment.name} has no family ${family}`);
  return spec;
}

/** @throws UtplukkError NotFound */
export function foldOf(experiment: Experiment, id: string): Fold {
  const fold = foldsOf(experiment.split).find((item) => item.id === id);
  if (!fold) throw notFound(`the experiment has no fold ${id}`);
  return fold;
}

const usesAmounts = ({ expectedAmount }: Experiment): boolean => expectedAmount !== 'off';

/** How fits use the population, as the experiment says. */
const populationUse = ({ puBagging, pretrain }: Experiment): Pick<JobOf<'fold'>, 'puBagging' | 'pretrain'> => ({
  ...(puBagging ? { puBagging } : {}),
  ...(pretrain ? { pretrain } : {}),
});

/**
 * Input for one hyperparameter trial: the first fold's training rows plus the same population data the fold fits
 * receive.
 */
export async function trialJob(
  sources: JobSources,
  { input: { experiment } }: TrainingRun,
  task: { matrixId: string; family: FamilySpec['family']; trial: number; populationId?: string | undefined },
): Promise<JobOf<'trial'>> {
  const matrix = await matrixFile(sources, task.matrixId, experiment);
  const use = populationUse(experiment);
  const populationId = Object.keys(use).length > 0 ? task.populationId : undefined;
  return {
    kind: 'trial',
    matrix,
    fold: foldsOf(experiment.split)[0]!,
    family: trialSettings(familyOf(experiment, task.family), experiment.seed, task.trial),
    ...(populationId ? { population: await populationFile(sources, populationId, matrix.use), ...use } : {}),
    seed: experiment.seed,
    storeRoot: sources.store.root,
  };
}

/** Input for one fit of one fold. */
export async function foldJob(
  sources: JobSources,
  run: TrainingRun,
  task: { matrixId: string; fold: string; family: FamilySpec['family']; populationId?: string | undefined },
): Promise<JobOf<'fold'>> {
  const { experiment } = run.input;
  const matrix = await matrixFile(sources, task.matrixId, experiment);
  const { populationId } = task;
  const hasCaseworkerColumns =
    matrix.meta.columns.some(({ role }) => role === 'nuisance') && experiment.features.nuisance === 'exclude';
  const withNuisance = hasCaseworkerColumns && experiment.evaluation.caseworkerEffect.includes(task.family);
  return {
    kind: 'fold',
    matrix,
    fold: foldOf(experiment, task.fold),
    family: await settingsOf(sources, run, task.family),
    ...(withNuisance ? { withNuisance } : {}),
    ...(usesAmounts(experiment) ? { amounts: true } : {}),
    ...(populationId === undefined ? {} : { population: await populationFile(sources, populationId, matrix.use) }),
    ...populationUse(experiment),
    seed: experiment.seed,
    storeRoot: sources.store.root,
  };
}

/**
 * The population matrix for the final fit: the latest one that the folds were evaluated on.
 * @returns undefined where the experiment uses no population in fits, or can do without
 * @throws UtplukkError NotFound where the run has none and its experiment needs one
 */
export async function finalPopulationMatrixId(
  { db }: Pick<JobSources, 'db'>,
  run: TrainingRun,
): Promise<string | undefined> {
  const { puBagging, pretrain, calibration } = run.input.experiment;
  if (!puBagging && !pretrain && calibration.input === 'raw-score') return undefined;
  const latest = foldsOf(run.input.experiment.split).at(-1)!.id;
  const matrixId = (await foldResults(db, run.runId)).find(({ fold }) => fold === latest)?.result.populationMatrixId;
  if (matrixId === undefined && (puBagging ?? pretrain))
    throw notFound(
      `run ${run.runId} has no population matrix for ${latest}, which its final fit needs`,
      'Set `evaluation.population: true`, or leave `puBagging` and `pretrain` out.',
    );
  return matrixId;
}

/** With a rolling split the final fit uses as many months before the end of the last test part as the folds did. */
function finalTrainFrom({ split }: Experiment): string | undefined {
  if (split.kind !== 'rolling') return undefined;
  return addMonths(split.firstTest, split.testMonths * split.folds - split.trainMonths);
}

/**
 * Input for the fit that is frozen as a version.
 * @param family settings that the version is, or was, frozen with
 */
export async function finalJob(
  sources: JobSources,
  run: TrainingRun,
  matrixId: string,
  family: FamilySpec,
  seed: number,
): Promise<JobOf<'final'>> {
  const { experiment } = run.input;
  const matrix = await matrixFile(sources, matrixId, experiment);
  const populationId = await finalPopulationMatrixId(sources, run);
  const population = populationId
    ? { population: await populationFile(sources, populationId, matrix.use), ...populationUse(experiment) }
    : {};
  return {
    kind: 'final',
    trainFrom: finalTrainFrom(experiment),
    matrix,
    family,
    ...population,
    ...(populationId && experiment.calibration.input === 'population-rank' ? { rankNormalizer: true } : {}),
    ...(usesAmounts(experiment) ? { amounts: experiment.expectedAmount === 'rank' ? 'required' : 'optional' } : {}),
    ...(experiment.flagOutOfDistribution ? { flagOutOfDistribution: true } : {}),
    seed,
    storeRoot: sources.store.root,
  };
}

/** Input for the evaluation of all folds of a run. */
export async function evaluateJob(sources: JobSources, run: TrainingRun, matrixId: string): Promise<JobOf<'evaluate'>> {
  const { experiment } = run.input;
  const folds = await foldResults(sources.db, run.runId);
  const populationOf = new Map(
    folds.flatMap(({ fold, result: { populationMatrixId: id } }) => (id ? [[fold, id] as const] : [])),
  );
  const populations = await Promise.all(
    [...populationOf].map(async ([fold, id]) => ({
      fold: foldOf(experiment, fold),
      matrix: await populationFile(sources, id, []),
    })),
  );
  return {
    kind: 'evaluate',
    matrix: await matrixFile(sources, matrixId, experiment),
    predictions: folds.map(({ family, result }) => ({
      family,
      sha256: result.predictionsSha256,
      nuisanceSha256: result.nuisanceSha256,
      nuisanceBaseSha256: result.nuisanceBaseSha256,
      populationSha256: result.populationSha256,
    })),
    ...(populations.length > 0 ? { populations } : {}),
    adjustFor: experiment.calibration.adjustFor,
    calibrationInput: experiment.calibration.input,
    ks: experiment.evaluation.k,
    bootstrap: experiment.evaluation.bootstrap,
    seed: experiment.seed,
    storeRoot: sources.store.root,
  };
}
