import { Matrix, solve } from 'ml-matrix';
import { smoothedTargets } from './platt';

const STEPS = 100;
const LEAST_STEP = 1e-4;
const TOLERANCE = 1e-10;
/** Keeps a step finite where the rows say nothing of a weight. */
const RIDGE = 1e-6;
/** Prior standard deviation of a ground's log odds: a few rows do not make a tip worth tenfold odds. */
const PRIOR_SD = 1;
/** A score that says next to nothing does not stretch the ground to the ends of the scale. */
const LEAST_SLOPE = 0.25;

/** What a ground adds to the log odds of a finding at the same score, and the same in units of the score. */
export interface GroundWorth {
  readonly logOdds: number;
  readonly score: number;
}
const NOTHING: GroundWorth = { logOdds: 0, score: 0 };

/**
 * Controls opened on a tip find more than others of the same score: whoever tipped knew something that no column holds.
 * Taken together with them, a score promises too much of everybody nobody tipped about. Their part is found by logistic
 * regression of the outcome on score and ground, with a normal prior on the ground's log odds (Newton's method).
 *
 * @param scores raw scores (logits), one a row
 * @param labels 1 for a finding, else 0
 * @param beyond whether a row's control rests on more than any column shows
 */
export function worthOfGround(scores: ArrayLike<number>, labels: ArrayLike<number>, beyond: readonly boolean[]): GroundWorth {
  if (!beyond.includes(true) || !beyond.includes(false)) return NOTHING;
  const target = smoothedTargets(labels);
  const rows = beyond.map((told, row) => ({ x: [scores[row]!, 1, told ? 1 : 0], y: target(labels[row]!) }));
  let at: Weights = [1, 0, 0];
  let loss = lossOf(rows, at);
  for (let step = 0; step < STEPS; step++) {
    const move = newton(rows, at);
    // Where findings and grounds part the rows, a whole step of Newton's jumps over what it looks for.
    let share = 1;
    let next = stepped(at, move, share);
    while (lossOf(rows, next) > loss && share > LEAST_STEP) next = stepped(at, move, (share /= 2));
    const gain = loss - lossOf(rows, next);
    if (!(gain > TOLERANCE)) break;
    [at, loss] = [next, loss - gain];
  }
  const [slope, , logOdds] = at;
  return { logOdds, score: logOdds / Math.max(LEAST_SLOPE, slope) };
}

type Weights = readonly [slope: number, intercept: number, ground: number];
type Row = { readonly x: readonly number[]; readonly y: number };
const logitOf = ({ x }: Row, at: Weights) => at[0] * x[0]! + at[1] + at[2] * x[2]!;
const stepped = (at: Weights, move: readonly number[], share: number): Weights => [
  at[0] - share * move[0]!,
  at[1] - share * move[1]!,
  at[2] - share * move[2]!,
];

/** Log loss plus the prior; log(1 + exp(z)) is written so that it does not overflow. */
function lossOf(rows: readonly Row[], at: Weights): number {
  const prior = at[2] ** 2 / (2 * PRIOR_SD ** 2);
  return rows.reduce((sum, row) => {
    const z = logitOf(row, at);
    return sum + Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z))) - row.y * z;
  }, prior);
}

function newton(rows: readonly Row[], at: Weights): number[] {
  const gradient = [0, 0, at[2] / PRIOR_SD ** 2];
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
