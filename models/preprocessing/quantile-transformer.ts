import { radixSort } from './radix-sort';

/** Coefficients of Acklam's approximation: numerators and denominators in the middle (A, B) and in the tails (C, D). */
const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239,
] as const;
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572] as const;
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
] as const;
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416] as const;
const TAIL = 0.02425;

/** Standard normal quantile (Acklam's rational approximation, absolute error below 1.2e-9). */
export function normalQuantile(p: number): number {
  if (p < TAIL) {
    const q = Math.sqrt(-2 * Math.log(p));
    const numerator = ((((C[0] * q + C[1]) * q + C[2]) * q + C[3]) * q + C[4]) * q + C[5];
    return numerator / ((((D[0] * q + D[1]) * q + D[2]) * q + D[3]) * q + 1);
  }
  if (p > 1 - TAIL) return -normalQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  const numerator = ((((A[0] * r + A[1]) * r + A[2]) * r + A[3]) * r + A[4]) * r + A[5];
  return (numerator * q) / (((((B[0] * r + B[1]) * r + B[2]) * r + B[3]) * r + B[4]) * r + 1);
}

/** Ranks are clipped to [1e-7, 1 - 1e-7], as in scikit-learn's QuantileTransformer. */
const MIN_RANK = 1e-7;

/** Number of quantiles for n training rows (TabM's rule). */
export const quantileCount = (n: number): number => Math.max(Math.min(Math.floor(n / 30), 1000), Math.min(n, 10));

/** Equally spaced quantiles, ascending. Sorts `values` in place; none may be NaN. */
export function fitQuantiles(values: Float64Array): number[] {
  const sorted = radixSort(values);
  if (sorted.length === 0) return [];
  const count = quantileCount(sorted.length);
  return Array.from({ length: count }, (_, i) => {
    const at = (i / Math.max(1, count - 1)) * (sorted.length - 1);
    const low = Math.floor(at);
    const value = sorted[low]!;
    return low + 1 < sorted.length ? value + (sorted[low + 1]! - value) * (at - low) : value;
  });
}

/** Cells of the lookup table for each quantile. */
const CELLS = 4;

/**
 * A function from a value (not NaN) to the normal score of its rank among the quantiles; ties get their middle rank.
 */
export function normalScores(quantiles: readonly number[]): (value: number) => number {
  const last = quantiles.length - 1;
  if (last < 1 || quantiles[0] === quantiles[last]) return () => 0;
  const q = Float64Array.from(quantiles);
  const [lowest, highest] = [q[0]!, q[last]!];
  const firstNotBelow = indexLookup(q);
  const lastEqual = Uint32Array.from(q.keys());
  for (let i = last - 1; i >= 0; i--) if (q[i] === q[i + 1]) lastEqual[i] = lastEqual[i + 1]!;
  const score = (index: number) => normalQuantile(Math.min(1 - MIN_RANK, Math.max(MIN_RANK, index / last)));
  return (value) => {
    if (value < lowest) return score(0);
    if (value > highest) return score(last);
    const at = firstNotBelow(value);
    const upper = q[at]!;
    if (upper === value) return score((at + lastEqual[at]!) / 2);
    const lower = q[at - 1]!;
    return score(at - 1 + (value - lower) / (upper - lower));
  };
}

/**
 * Index of the first quantile not below a value in their range: a table of equal cells, then binary search in a cell.
 */
function indexLookup(q: Float64Array): (value: number) => number {
  const cells = CELLS * q.length;
  const scale = cells / (q[q.length - 1]! - q[0]!);
  // Rounding is harmless: a larger value never gets a lower cell.
  const cellOf =
    Number.isFinite(scale) && scale > 0
      ? (value: number) => Math.min(cells, Math.floor((value - q[0]!) * scale))
      : () => 0;
  /** For each cell the first quantile in it or in a higher one. */
  const starts = new Uint32Array(cells + 2).fill(q.length - 1);
  let filled = 0;
  q.forEach((value, i) => {
    const cell = cellOf(value);
    if (cell >= filled) starts.fill(i, filled, cell + 1);
    filled = Math.max(filled, cell + 1);
  });
  return (value) => {
    const cell = cellOf(value);
    let low = starts[cell]!;
    let high = starts[cell + 1]!;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (q[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}
