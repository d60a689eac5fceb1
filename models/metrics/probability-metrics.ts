/** Metrics of predicted probabilities against outcomes 0 or 1; lower is better. The order of rows does not matter. */
const MIN_PROBABILITY = 1e-6;

/** Mean log loss; probabilities are clipped to [1e-6, 1 - 1e-6]. */
export function logLossOfProbabilities(p: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const clipped = Math.min(1 - MIN_PROBABILITY, Math.max(MIN_PROBABILITY, p[i]!));
    sum -= y[i] === 1 ? Math.log(clipped) : Math.log(1 - clipped);
  }
  return sum / y.length;
}

/** Mean squared error of the probabilities. */
export const brierScore = (p: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(y).reduce((sum, label, i) => sum + (p[i]! - label) ** 2, 0) / y.length;

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly meanProbability: number;
  readonly findingRate: number;
}

/** Reliability diagram with bins of equal counts by probability; empty bins are left out. */
export function reliability(p: ArrayLike<number>, y: ArrayLike<number>, bins = 10): ReliabilityBin[] {
  const order = Array.from({ length: y.length }, (_, i) => i).sort((a, b) => p[a]! - p[b]!);
  return Array.from({ length: bins }, (_, bin) => {
    const rows = order.slice(Math.round((bin / bins) * order.length), Math.round(((bin + 1) / bins) * order.length));
    const mean = (values: ArrayLike<number>) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    return { rows: rows.length, meanProbability: mean(p), findingRate: mean(y) };
  }).filter(({ rows }) => rows > 0);
}

/** Expected calibration error: mean absolute difference of a bin's probability and finding rate, weighted by rows. */
export function calibrationError(p: ArrayLike<number>, y: ArrayLike<number>, bins = 10): number {
  return reliability(p, y, bins).reduce(
    (sum, bin) => sum + (Math.abs(bin.meanProbability - bin.findingRate) * bin.rows) / y.length,
    0,
  );
}
