/** Height of a line through points that lie ever further right, held level beyond its ends; undefined without points. */
export function heightOf(xs: readonly number[], heights: readonly number[], x: number): number | undefined {
  const above = xs.findIndex((at) => at >= x);
  if (above === -1) return heights.at(-1);
  if (above === 0) return heights[0];
  const [left, right] = [xs[above - 1]!, xs[above]!];
  return heights[above - 1]! + ((x - left) / (right - left)) * (heights[above]! - heights[above - 1]!);
}
