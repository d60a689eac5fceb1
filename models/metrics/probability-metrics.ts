/** How far probabilities agree with what happened. All take rows in any order. */
const HELD = 1e-6;

/** Mean log loss; probabilities of 0 and 1 are held a millionth away. */
export function logLossOfProbabilities(p: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++) {
    const held = Math.min(1 - HELD, Math.max(HELD, p[i]!));
    sum -= y[i] === 1 ? Math.log(held) : Math.log(1 - held);
  }
  return sum / y.length;
}

export const brierScore = (p: ArrayLike<number>, y: ArrayLike<number>): number =>
  Array.from(y).reduce((sum, label, i) => sum + (p[i]! - label) ** 2, 0) / y.length;

/** One bin of a reliability diagram. */
export interface ReliabilityBin {
  readonly rows: number;
  readonly meanProbability: number;
  readonly findingRate: number;
}

/** Bins of equal counts by probability. */
export function reliability(p: ArrayLike<number>, y: ArrayLike<number>, bins = 10): ReliabilityBin[] {
  const order = Array.from({ length: y.length }, (_, i) => i).sort((a, b) => p[a]! - p[b]!);
  return Array.from({ length: bins }, (_, bin) => {
    const rows = order.slice(Math.round((bin / bins) * order.length), Math.round(((bin + 1) / bins) * order.length));
    const mean = (values: ArrayLike<number>) => rows.reduce((sum, row) => sum + values[row]!, 0) / rows.length;
    return { rows: rows.length, meanProbability: mean(p), findingRate: mean(y) };
  }).filter(({ rows }) => rows > 0);
}

/** Expected calibration error: the mean distance of the bins' probability from their finding rate, weighed by rows. */
export function calibrationError(p: ArrayLike<number>, y: ArrayLike<number>, bins = 10): number {
  return reliability(p, y, bins).reduce(
    (sum, bin) => sum + (Math.abs(bin.meanProbability - bin.findingRate) * bin.rows) / y.length,
    0,
  );
}
