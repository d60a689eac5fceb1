const STEPS = 50;
const CLOSE = 1e-9;
const LEAST_SHARE = 1e-6;
/** What rounding may add to a loss near its least. */
const ROUNDING = 1e-9;

/**
 * Newton's method that takes half a step, and half of that, where a whole one would raise the loss: far from the optimum
 * the curvature says too little, and whole steps run away from it.
 *
 * @param move the whole step at a point; undefined where the curvature gives none
 */
export function dampedNewton(
  start: readonly number[],
  move: (at: readonly number[]) => readonly number[] | undefined,
  loss: (at: readonly number[]) => number,
): readonly number[] {
  let at = start;
  let least = loss(at);
  for (let step = 0; step < STEPS; step++) {
    const whole = move(at);
    if (!whole) break;
    const moved = (share: number) => at.map((value, i) => value - share * whole[i]!);
    let share = 1;
    while (!(loss(moved(share)) <= least + ROUNDING * Math.abs(least)) && share > LEAST_SHARE) share /= 2;
    if (share <= LEAST_SHARE) break;
    at = moved(share);
    least = loss(at);
    if (whole.reduce((sum, value) => sum + Math.abs(value), 0) < CLOSE) break;
  }
  return at;
}

/** Log loss of a logit against a target between 0 and 1, written so that it does not overflow. */
export const logitLoss = (logit: number, target: number): number =>
  Math.max(logit, 0) + Math.log1p(Math.exp(-Math.abs(logit))) - target * logit;
