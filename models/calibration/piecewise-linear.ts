/**
 * Piecewise linear interpolation; constant beyond the ends.
 * @param xs ascending
 * @returns undefined without points
 */
export function interpolate(xs: readonly number[], ys: readonly number[], x: number): number | undefined {
  const upper = xs.findIndex((at) => at >= x);
  if (upper === -1) return ys.at(-1);
  if (upper === 0) return ys[0];
  const [left, right] = [xs[upper - 1]!, xs[upper]!];
  return ys[upper - 1]! + ((x - left) / (right - left)) * (ys[upper]! - ys[upper - 1]!);
}
