import { Matrix, solve } from 'ml-matrix';
import { dampedNewton, logitLoss } from '../linalg/damped-newton';
import { smoothedTargets } from './platt';

/** Keeps the Newton system solvable where the rows do not determine a weight. */
const RIDGE = 1e-6;
/** Standard deviation of the prior on the offset's log odds: a few rows are not enough for tenfold odds. */
const PRIOR_SD = 1;
/** Lower bound on the slope, so that an uninformative score cannot blow up the offset. */
const MIN_SLOPE = 0.25;

/** What a case source adds to the log odds of a finding at the same score. */
export interface CaseSourceOffset {
  readonly logOdds: number;
  /** The same in units of the score. */
  readonly scoreShift: number;
}
const NO_OFFSET: CaseSourceOffset = { logOdds: 0, scoreShift: 0 };

/**
 * Cases opened on a tip end in a finding more often than others of the same score, because the informant knew something
 * that no column holds. A calibrator fitted on all cases alike overestimates every provider without a tip. The offset
 * is estimated by logistic regression of the outcome on the score and the case source, with a half-normal prior on its
 * log odds.
 *
 * @param scores raw scores (logits) or normal scores, one a row
 * @param labels 1 for a finding, else 0
 * @param hasOffset whether the row's case source says more than the columns
 */
export function estimateCaseSourceOffset(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  hasOffset: readonly boolean[],
): CaseSourceOffset {
  if (!hasOffset.includes(true) || !hasOffset.includes(false)) return NO_OFFSET;
  const target = smoothedTargets(labels);
  const rows = hasOffset.map((has, row): Row => ({ x: [scores[row]!, 1, has ? 1 : 0], y: target(labels[row]!) }));
  const loss = (weights: readonly number[]) =>
    rows.reduce((sum, row) => sum + logitLoss(logitOf(row, weights), row.y), weights[2]! ** 2 / (2 * PRIOR_SD ** 2));
  const [slope, , weight] = dampedNewton([1, 0, 0], (weights) => newtonStep(rows, weights), loss);
  // A tip may be worth nothing; a negative estimate is noise of few rows.
  const logOdds = Math.max(0, weight!);
  return { logOdds, scoreShift: logOdds / Math.max(MIN_SLOPE, slope!) };
}

/** Scores with the offset added to the rows that have one. */
export function shiftByCaseSourceOffset(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  hasOffset: readonly boolean[] | undefined,
): { shifted: Float64Array; caseSourceOffset: CaseSourceOffset } {
  const caseSourceOffset = hasOffset ? estimateCaseSourceOffset(scores, labels, hasOffset) : NO_OFFSET;
  const shiftOf = (row: number) => (hasOffset?.[row] ? caseSourceOffset.scoreShift : 0);
  return { shifted: Float64Array.from(scores, (score, row) => score + shiftOf(row)), caseSourceOffset };
}

interface Row {
  /** Score, 1 for the intercept, 1 where the row has an offset. */
  readonly x: readonly number[];
  readonly y: number;
}
const logitOf = ({ x }: Row, weights: readonly number[]) => weights[0]! * x[0]! + weights[1]! + weights[2]! * x[2]!;

function newtonStep(rows: readonly Row[], weights: readonly number[]): number[] {
  const gradient = [0, 0, weights[2]! / PRIOR_SD ** 2];
  const hessian = Matrix.diag([RIDGE, RIDGE, 1 / PRIOR_SD ** 2]);
  for (const row of rows) {
    const p = 1 / (1 + Math.exp(-logitOf(row, weights)));
    for (let i = 0; i < 3; i++) {
      gradient[i]! += (p - row.y) * row.x[i]!;
      for (let j = 0; j < 3; j++) hessian.set(i, j, hessian.get(i, j) + p * (1 - p) * row.x[i]! * row.x[j]!);
    }
  }
  return solve(hessian, Matrix.columnVector(gradient)).to1DArray();
}
