const A = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
const B = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
const C = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
const LOW = 0.02425;

function polynomial(coefficients: readonly number[], x: number): number {
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * x + coefficient;
  return sum;
}

/** Standard normal quantile (Acklam's rational approximation, absolute error below 1.2e-9). */
export function normalQuantile(p: number): number {
  if (p < LOW) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(C, q) / (polynomial(D, q) * q + 1);
  }
  if (p > 1 - LOW) return -normalQuantile(1 - p);
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(A, r) * q) / (polynomial(B, r) * r + 1);
}

/** Values beyond the training range are held here; the same bound scikit-learn uses. */
const EDGE = 1e-7;

/** Number of quantiles for n training rows (TabM's rule). */
export const quantileCount = (n: number): number => Math.max(Math.min(Math.floor(n / 30), 1000), Math.min(n, 10));

/** Equally spaced quantiles of the values that are not missing, ascending. */
export function fitQuantiles(values: Float64Array): number[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  if (sorted.length === 0) return [];
  const count = quantileCount(sorted.length);
  return Array.from({ length: count }, (_, i) => {
    const at = (i / Math.max(1, count - 1)) * (sorted.length - 1);
    const low = Math.floor(at);
    const value = sorted[low]!;
    return low + 1 < sorted.length ? value + (sorted[low + 1]! - value) * (at - low) : value;
  });
}

/** Maps a value to the normal score of its place among the quantiles; ties take the middle of their range. */
export function toNormal(value: number, quantiles: readonly number[]): number {
  const last = quantiles.length - 1;
  if (last < 1 || quantiles[0] === quantiles[last]) return 0;
  const place = (lowerBound(quantiles, value) + upperBound(quantiles, value)) / 2 / last;
  return normalQuantile(Math.min(1 - EDGE, Math.max(EDGE, place)));
}

/** Fractional index at which `value` would first stand. */
function lowerBound(q: readonly number[], value: number): number {
  let low = 0;
  let high = q.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (q[mid]! < value) low = mid + 1;
    else high = mid;
  }
  if (low === 0) return 0;
  if (low === q.length) return q.length - 1;
  return low - 1 + (value - q[low - 1]!) / (q[low]! - q[low - 1]!);
}

/** Fractional index after which `value` would last stand. */
function upperBound(q: readonly number[], value: number): number {
  let low = 0;
  let high = q.length;
  while (low < high) {
    const mid = (low + high) >> 1;
    if (q[mid]! <= value) low = mid + 1;
    else high = mid;
  }
  if (low === 0) return 0;
  if (low === q.length) return q.length - 1;
  return low - 1 + (value - q[low - 1]!) / (q[low]! - q[low - 1]!);
}
