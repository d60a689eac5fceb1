import type { Judged } from '../metrics/ranking-metrics';

/** Test rows of all folds as one family or baseline scored them, with what was found. */
export interface Contender {
  readonly family: string;
  /** Baselines have no probability, so nothing of them is calibrated. */
  readonly isModel: boolean;
  readonly judged: Judged;
  readonly groups: readonly string[];
  readonly periods: readonly string[];
  /** What each control was opened on; undefined where the source does not say. */
  readonly bases?: readonly string[] | undefined;
  /** Where each row's score stands among everybody's, if probabilities are read from that. */
  readonly standing?: ArrayLike<number> | undefined;
  /** Probabilities that a frozen version gave: they are judged as they are. */
  readonly promised?: ArrayLike<number> | undefined;
}

export interface EvaluationSettings {
  readonly ks: readonly number[];
  readonly bootstrap: number;
  readonly seed: number;
  /** Of `bases`: what says more of an actor than any column does. */
  readonly beyondColumns?: readonly string[] | undefined;
}

/** Which of a contender's controls rest on more than the columns show; undefined where nothing says so. */
export const beyondOf = ({ bases }: Contender, { beyondColumns = [] }: EvaluationSettings): boolean[] | undefined =>
  bases && beyondColumns.length > 0 ? bases.map((basis) => beyondColumns.includes(basis)) : undefined;

/** What a model's probabilities are read from. */
export const readFrom = ({ standing, judged }: Contender): Float64Array => Float64Array.from(standing ?? judged.scores);

/** Some rows of what was judged, in their order. */
export function pick(judged: Judged, rows: readonly number[]): Judged {
  const numbers = (values: ArrayLike<number>) => Float64Array.from(rows, (row) => values[row]!);
  return {
    scores: numbers(judged.scores),
    labels: numbers(judged.labels),
    ...(judged.kroner ? { kroner: numbers(judged.kroner) } : {}),
    entities: rows.map((row) => judged.entities[row]!),
    rowIds: rows.map((row) => judged.rowIds[row]!),
  };
}
