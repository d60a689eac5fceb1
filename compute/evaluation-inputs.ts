import { CONTROL_BASIS, type MatrixData, SELECTION_PROBABILITY } from '../domain/schemas/matrix';
import { baselineColumns } from '../models/baselines/baselines';
import { fitRankNormalizer, normalizedRankOf } from '../models/calibration/rank-normalizer';
import type { ScoredModel } from '../models/evaluation/scored-model';
import type { ArtifactStore } from '../platform/artifacts/store';
import { readMatrix } from '../platform/matrices/read-matrix';
import type { FoldPredictions, JobOf, MatrixFile, PopulationScores } from './jobs';

/** Test rows of all folds as one family scored them, in the order of the stored predictions. */
export interface TestPredictions {
  /** Row numbers in the matrix. */
  readonly rows: readonly number[];
  readonly scores: readonly number[];
  /** Expected amount of each row, given a finding; undefined where a fold has no amount model. */
  readonly amountNok: readonly number[] | undefined;
  readonly folds: readonly string[];
}

/** For each fold a function from a score of its model to the normal score of its rank in the population. */
export type NormalizedRanks = ReadonlyMap<string, (score: number) => number>;

export interface FamilyPredictions extends TestPredictions {
  /** Undefined where the calibrator reads raw scores. */
  readonly normalizedRanks: NormalizedRanks | undefined;
}

/** Baseline columns, stored chances of selection and case sources: all that evaluation reads of a matrix. */
export async function readEvaluationColumns({ file, meta }: MatrixFile, store: ArtifactStore): Promise<MatrixData> {
  const names = [...baselineColumns(meta), SELECTION_PROBABILITY, CONTROL_BASIS];
  const columns = meta.columns.filter(({ name }) => names.includes(name));
  return readMatrix(file, columns, store.temporary());
}

type PredictionHashes = JobOf<'evaluate'>['predictions'][number];

/** @param hashOf which of the stored predictions of a fold are read */
export function predictionsOf(
  job: JobOf<'evaluate'>,
  store: ArtifactStore,
  data: MatrixData,
  family: string,
  hashOf: (hashes: PredictionHashes) => string,
): TestPredictions {
  const rowOf = new Map(data.rowId.map((id, row) => [id, row]));
  const folds = job.predictions
    .filter((hashes) => hashes.family === family)
    .map((hashes) => store.getJson<FoldPredictions>(hashOf(hashes)));
  return {
    rows: folds.flatMap(({ rowIds }) => rowIds.map((id) => rowOf.get(id)!)),
    scores: folds.flatMap(({ scores }) => scores),
    amountNok: folds.every(({ amountNok }) => amountNok) ? folds.flatMap(({ amountNok }) => amountNok!) : undefined,
    folds: folds.flatMap(({ fold, rowIds }) => rowIds.map(() => fold)),
  };
}

/** Predictions by family, in the order of the job. */
export function familyPredictions(
  job: JobOf<'evaluate'>,
  store: ArtifactStore,
  data: MatrixData,
): Map<string, FamilyPredictions> {
  const families = [...new Set(job.predictions.map(({ family }) => family))];
  return new Map(
    families.map((family) => [
      family,
      {
        ...predictionsOf(job, store, data, family, ({ sha256 }) => sha256),
        normalizedRanks: normalizedRanksOf(job, store, family),
      },
    ]),
  );
}

/** Undefined where raw scores are asked for, or a fold has not scored the population. */
function normalizedRanksOf(job: JobOf<'evaluate'>, store: ArtifactStore, family: string): NormalizedRanks | undefined {
  if (job.calibrationInput !== 'population-rank') return undefined;
  const hashes = job.predictions.filter((own) => own.family === family).map(({ populationSha256 }) => populationSha256);
  if (hashes.includes(undefined)) return undefined;
  return new Map(
    hashes.map((sha256) => {
      const { fold, scores } = store.getJson<PopulationScores>(sha256!);
      const rankNormalizer = fitRankNormalizer(scores);
      return [fold, (score) => normalizedRankOf(rankNormalizer, score)];
    }),
  );
}

export const normalizedRanksOfRows = ({ scores, folds }: TestPredictions, normalizedRanks: NormalizedRanks): number[] =>
  scores.map((score, i) => normalizedRanks.get(folds[i]!)!(score));

export const upheldNok = (data: MatrixData, row: number): number =>
  data.label[row] === 1 ? (data.amountOre[row] ?? 0) / 100 : 0;

/** Makes scored models of predictions on the given matrix. */
export const scoredModelFactory = (data: MatrixData) => {
  const hasAmounts = data.amountOre.some((amount) => amount > 0);
  const caseSource = data.categorical.get(CONTROL_BASIS);
  return (
    family: string,
    isModel: boolean,
    { rows, folds }: TestPredictions,
    scores: ArrayLike<number>,
  ): ScoredModel => ({
    family,
    isModel,
    labeled: {
      scores,
      labels: rows.map((row) => data.label[row]!),
      ...(hasAmounts ? { amountNok: rows.map((row) => upheldNok(data, row)) } : {}),
      entities: rows.map((row) => data.entity[row]!),
      rowIds: rows.map((row) => data.rowId[row]!),
    },
    groups: rows.map((row) => data.group[row]!),
    periods: folds,
    ...(caseSource ? { caseSources: rows.map((row) => caseSource[row]!) } : {}),
  });
};
