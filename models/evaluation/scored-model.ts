import type { LabeledScores } from '../metrics/ranking-metrics';

/** Test rows of all folds as one family or baseline scored them, with what was found. */
export interface ScoredModel {
  readonly family: string;
  /** Baselines have no probability, so nothing of them is calibrated. */
  readonly isModel: boolean;
  readonly labeled: LabeledScores;
  readonly groups: readonly string[];
  readonly periods: readonly string[];
  /** What each control was opened on; undefined where the source does not say. */
  readonly bases?: readonly string[] | undefined;
  /** Where each row's score stands among everybody's, if probabilities are read from that. */
  readonly rankNormalizer?: ArrayLike<number> | undefined;
  /** Probabilities that a frozen version gave: they are judged as they are. */
  readonly predicted?: ArrayLike<number> | undefined;
}

export interface EvaluationSettings {
  readonly ks: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
  /** Of `bases`: what says more of a provider than any column does. */
  readonly adjustFor?: readonly string[] | undefined;
}

/** Which of a contender's controls rest on more than the columns show; undefined where nothing says so. */
export const offsetMask = ({ bases }: ScoredModel, { adjustFor = [] }: EvaluationSettings): boolean[] | undefined =>
  bases && adjustFor.length > 0 ? bases.map((basis) => adjustFor.includes(basis)) : undefined;

/** What a model's probabilities are read from. */
export const calibrationInput = ({ rankNormalizer, labeled }: ScoredModel): Float64Array =>
  Float64Array.from(rankNormalizer ?? labeled.scores);

/** Some rows of what was judged, in their order. */
export function pick(labeled: LabeledScores, rows: readonly number[]): LabeledScores {
  const numbers = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  return {
    scores: numbers(labeled.scores),
    labels: numbers(labeled.labels),
    ...(labeled.amountNok ? { amountNok: numbers(labeled.amountNok) } : {}),
    entities: rows.map((row) => labeled.entities[row]!),
    rowIds: rows.map((row) => labeled.rowIds[row]!),
  };
}
