import { UtplukkError } from '../../domain/errors';
import type { FamilySpec } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import { averagePrecisionOf } from '../metrics/ranking-metrics';
import { logLossOfLogits } from '../nn/loss';
import { scoreRows } from '../scoring';
import { attachPopulation, fitRows, type PopulationInputs } from '../training/fit';
import { hasEnoughRows, orderByLabelTime } from '../training/validation-split';

/** Cross-validated result of one setting. All rows have outcomes known before any test part. */
export interface TrialResult {
  /** Mean log loss over validation rows and, with PU bagging, unlabeled validation rows. Trials are compared by it. */
  readonly validationLoss: number;
  /** Of labeled rows alone, as `rows` and `findings`. */
  readonly averagePrecision: number;
  readonly rows: number;
  readonly findings: number;
  /** Unlabeled validation rows, with PU bagging. */
  readonly unlabeledRows?: number;
  /** Hyperparameters that the fit of each split selected (penalty, epochs). */
  readonly selected: readonly Readonly<Record<string, unknown>>[];
}

/** Validation parts are 55 to 70, 70 to 85 and 85 to 100 % of the rows, by the day their outcome became known. */
const SPLIT_POINTS = [0.55, 0.7, 0.85, 1];

/** Validation rows of one split as its fit scored them. */
interface ScoredSplit {
  readonly rows: readonly number[];
  readonly scores: Float64Array;
  readonly unlabeledScores: Float64Array;
  readonly selected: Readonly<Record<string, unknown>>;
}

/**
 * Rolling-origin cross-validation of one setting: fits on the earlier rows and scores the next ones, for three splits.
 * One network a fit; averaging of members is left to the folds.
 * @param rows training rows of the first fold
 * @param population the same population inputs as the fits of the experiment have
 * @throws UtplukkError NoLabels when no split has enough earlier rows to learn from
 */
export function crossValidate(
  tf: Tf,
  spec: FamilySpec,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
  seed: number,
  population?: PopulationInputs,
): TrialResult {
  const singleMember: FamilySpec = 'members' in spec ? { ...spec, members: 1 } : spec;
  const order = orderByLabelTime(data, rows);
  const rowsAt = (share: number) => Math.round(order.length * share);
  const splits = SPLIT_POINTS.slice(1).flatMap((until, i): ScoredSplit[] => {
    const inner = order.slice(0, rowsAt(SPLIT_POINTS[i]!));
    const validation = order.slice(inner.length, rowsAt(until));
    if (!hasEnoughRows(data, inner) || validation.length === 0) return [];
    const attached = attachPopulation(singleMember, data, { inner, validation }, seed, population);
    const { model } = fitRows(tf, singleMember, attached.data, columns, attached.rows, seed);
    const score = (part: readonly number[]) => scoreRows(tf, model, attached.data, part);
    return [
      {
        rows: validation,
        scores: score(validation),
        unlabeledScores: score(attached.rows.unlabeled?.validation ?? []),
        selected: model.selected,
      },
    ];
  });
  if (splits.length === 0)
    throw new UtplukkError(
      'NoLabels',
      `${rows.length} rows are too few for a hyperparameter search: no split has enough known outcomes to learn from`,
      'Leave `tuning` out of the experiment, or start the first test part later.',
    );
  return resultOf(splits, data, seed, population?.puBagging !== undefined);
}

function resultOf(splits: readonly ScoredSplit[], data: MatrixData, seed: number, withUnlabeled: boolean): TrialResult {
  const rows = splits.flatMap((split) => split.rows);
  const labels = Float64Array.from(rows, (row) => data.label[row]!);
  const scores = Float64Array.from(splits.flatMap((split) => [...split.scores]));
  const unlabeledScores = splits.flatMap((split) => [...split.unlabeledScores]);
  const loss = logLossOfLogits([...scores, ...unlabeledScores], [...labels, ...unlabeledScores.map(() => 0)]);
  if (!labels.includes(1))
    throw new UtplukkError(
      'NoLabels',
      `the ${rows.length} rows that a hyperparameter search validates on hold no finding, so no setting is better`,
      'Leave `tuning` out of the experiment, or start the first test part later.',
    );
  const [entities, rowIds] = [rows.map((row) => data.entity[row]!), rows.map((row) => data.rowId[row]!)];
  return {
    validationLoss: Number.isFinite(loss) ? loss : Number.MAX_VALUE,
    averagePrecision: averagePrecisionOf({ scores, labels, entities, rowIds }, seed),
    rows: rows.length,
    findings: labels.reduce((sum, label) => sum + label, 0),
    ...(withUnlabeled ? { unlabeledRows: unlabeledScores.length } : {}),
    selected: splits.map((split) => split.selected),
  };
}
