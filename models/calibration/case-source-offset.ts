import { Matrix, solve } from 'ml-matrix';
import { dampedNewton, logitLoss } from '../linalg/damped-newton';
import { smoothedTargets } from './platt';

/** Keeps a step finite where the rows say nothing of a weight. */
const RIDGE = 1e-6;
/** Prior standard deviation of a ground's log odds: a few rows do not make a tip worth tenfold odds. */
const PRIOR_SD = 1;
/** A score that says next to nothing does not stretch the ground to the ends of the scale. */
const LEAST_SLOPE = 0.25;

/** What a ground adds to the log odds of a finding at the same score, and the same in units of the score. */
export interface CaseSourceOffset {
  readonly logOdds: number;
  readonly score: number;
}
const NOTHING: CaseSourceOffset = { logOdds: 0, score: 0 };

/**
 * Controls opened on a tip find more than others of the same score: whoever tipped knew something that no column holds.
 * Taken together with them, a score promises too much of everybody nobody tipped about. Their part is found by logistic
 * regression of the outcome on score and ground, with the positive half of a normal prior on the ground's log odds.
 *
 * @param scores raw scores (logits), one a row
 * @param labels 1 for a finding, else 0
 * @param beyond whether a row's control rests on more than any column shows
 */
export function estimateCaseSourceOffset(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  beyond: readonly boolean[],
): CaseSourceOffset {
  if (!beyond.includes(true) || !beyond.includes(false)) return NOTHING;
  const target = smoothedTargets(labels);
  const rows = beyond.map((told, row): Row => ({ x: [scores[row]!, 1, told ? 1 : 0], y: target(labels[row]!) }));
  const loss = (at: readonly number[]) =>
    rows.reduce((sum, row) => sum + logitLoss(logitOf(row, at), row.y), at[2]! ** 2 / (2 * PRIOR_SD ** 2));
  const [slope, , logOdds] = dampedNewton([1, 0, 0], (at) => newtonStep(rows, at), loss);
  // A tip can be worth nothing; that it speaks for honesty is an accident of few rows.
  const worth = Math.max(0, logOdds!);
  return { logOdds: worth, score: worth / Math.max(LEAST_SLOPE, slope!) };
}

/** Scores of controls moved up the scale by what their ground was worth to them; without grounds they stay. */
export function shiftByCaseSourceOffset(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  beyond: readonly boolean[] | undefined,
): { moved: Float64Array; ground: CaseSourceOffset } {
  const ground = beyond ? estimateCaseSourceOffset(scores, labels, beyond) : NOTHING;
  return { moved: Float64Array.from(scores, (score, row) => score + (beyond?.[row] ? ground.score : 0)), ground };
}

interface Row {
  readonly x: readonly number[];
  readonly y: number;
}
const logitOf = ({ x }: Row, at: readonly number[]) => at[0]! * x[0]! + at[1]! + at[2]! * x[2]!;

function newtonStep(rows: readonly Row[], at: readonly number[]): number[] {
  const gradient = [0, 0, at[2]! / PRIOR_SD ** 2];
  const curvature = Matrix.diag([RIDGE, RIDGE, 1 / PRIOR_SD ** 2]);
  for (const row of rows) {
    const p = 1 / (1 + Math.exp(-logitOf(row, at)));
    for (let i = 0; i < 3; i++) {
      gradient[i]! += (p - row.y) * row.x[i]!;
      for (let j = 0; j < 3; j++) curvature.set(i, j, curvature.get(i, j) + p * (1 - p) * row.x[i]! * row.x[j]!);
    }
  }
  return solve(curvature, Matrix.columnVector(gradient)).to1DArray();
}
