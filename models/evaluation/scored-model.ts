import type { LabeledScores } from '../metrics/ranking-metrics';

/** Test rows of all folds as one family or baseline scored them, with their outcomes. */
export interface ScoredModel {
  readonly family: string;
  /** False for a baseline: it has no probability, so nothing of it is calibrated. */
  readonly isModel: boolean;
  readonly labeled: LabeledScores;
  /** Provider group of each row. */
  readonly groups: readonly string[];
  /** Fold of each row. */
  readonly periods: readonly string[];
  /** Case source of each row (a tip, rule hits, a list); undefined where the source does not say. */
  readonly caseSources?: readonly string[] | undefined;
  /** Normal score of each row's rank in the population, where the calibrator reads those. */
  readonly normalizedRanks?: ArrayLike<number> | undefined;
  /** Probabilities that a frozen version predicted: they are evaluated as they are. */
  readonly predictedProbability?: ArrayLike<number> | undefined;
}

export interface EvaluationSettings {
  /** Lengths of the list. */
  readonly ks: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
  /** Case sources that say more of a provider than the columns. */
  readonly adjustFor?: readonly string[] | undefined;
}

/** Which rows have a case source with an offset; undefined where no sources are known or adjusted for. */
export const offsetMask = (
  { caseSources }: ScoredModel,
  { adjustFor = [] }: EvaluationSettings,
): boolean[] | undefined =>
  caseSources && adjustFor.length > 0 ? caseSources.map((source) => adjustFor.includes(source)) : undefined;

/** Scores that the calibrator reads. */
export const calibrationScores = ({ normalizedRanks, labeled }: ScoredModel): Float64Array =>
  Float64Array.from(normalizedRanks ?? labeled.scores);

/** The given rows, in their order. */
export function selectRows(labeled: LabeledScores, rows: readonly number[]): LabeledScores {
  const numbers = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  return {
    scores: numbers(labeled.scores),
    labels: numbers(labeled.labels),
    ...(labeled.amountNok ? { amountNok: numbers(labeled.amountNok) } : {}),
    entities: rows.map((row) => labeled.entities[row]!),
    rowIds: rows.map((row) => labeled.rowIds[row]!),
  };
}
