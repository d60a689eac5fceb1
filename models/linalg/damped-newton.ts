const MAX_STEPS = 50;
/** Converged once the coordinates of a step sum to less than this. */
const TOLERANCE = 1e-9;
/** Smallest share of a Newton step that is tried. */
const MIN_SHARE = 1e-6;
/** Relative increase of the loss that is taken for rounding. */
const ROUNDING = 1e-9;

/**
 * Newton's method with backtracking: a step that would raise the loss is halved until it does not. Far from the optimum
 * the quadratic approximation is poor, and full steps may diverge.
 *
 * @param newtonStep the full step at a point; undefined where the curvature is singular
 * @returns the point where the steps converged or could not lower the loss
 */
export function dampedNewton(
  start: readonly number[],
  newtonStep: (at: readonly number[]) => readonly number[] | undefined,
  loss: (at: readonly number[]) => number,
): readonly number[] {
  let at = start;
  let lowest = loss(at);
  for (let step = 0; step < MAX_STEPS; step++) {
    const fullStep = newtonStep(at);
    if (!fullStep) break;
    const moved = (share: number) => at.map((value, i) => value - share * fullStep[i]!);
    let share = 1;
    while (!(loss(moved(share)) <= lowest + ROUNDING * Math.abs(lowest)) && share > MIN_SHARE) share /= 2;
    if (share <= MIN_SHARE) break;
    at = moved(share);
    lowest = loss(at);
    if (fullStep.reduce((sum, value) => sum + Math.abs(value), 0) < TOLERANCE) break;
  }
  return at;
}

/** Log loss of a logit against a target between 0 and 1; does not overflow. */
export const logitLoss = (logit: number, target: number): number =>
  Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit;
