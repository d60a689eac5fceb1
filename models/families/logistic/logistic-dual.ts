import type { DenseRows } from '../../nn/network';
import { factorCholesky } from '../../linalg/cholesky';

/** Newton's method stops once no coefficient changes by more than this; everything here is in float64. */
const TOLERANCE = 1e-7;
const MAX_STEPS = 50;
/** Least curvature of a row in a step, also where the fit is certain of it; the optimum does not depend on it. */
const MIN_CURVATURE = 1e-9;

export interface Coefficients {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * Ridge-penalized logistic regression in its dual form, for more columns than rows. The coefficients are a weighted sum
 * of the rows (w = Xᵀα), so each Newton step solves a system of as many unknowns as there are rows, not columns (kernel
 * logistic regression: Zhu and Hastie 2005, doi 10.1198/106186005X25619). Minimizes mean log loss + l2 · |w|²/2; the
 * intercept is not penalized.
 */
export function fitRidgeDual({ x, y, width }: DenseRows, l2: number): Coefficients {
  const n = y.length;
  const penalty = n * l2;
  const products = gram(x, n, width);
  const alpha = new Float64Array(n);
  let [weights, intercept]: [Float64Array, number] = [new Float64Array(width), 0];
  for (let step = 0; step < MAX_STEPS; step++) {
    const p = logits(x, weights, intercept).map((z) => 1 / (1 + Math.exp(-z)));
    const root = p.map((p) => Math.sqrt(Math.max(MIN_CURVATURE, p * (1 - p))));
    const system = products.map((value, at) => value * root[Math.floor(at / n)]! * root[at % n]!);
    for (let i = 0; i < n; i++) system[i * n + i]! += penalty;
    const solve = factorCholesky(system);
    const [slope, level] = [solve(root.map((root, i) => (y[i]! - p[i]! - penalty * alpha[i]!) / root)), solve(root)];
    const sum = (of: Float64Array) => of.reduce((total, value, i) => total + value * root[i]!, 0);
    // the change of the intercept that keeps Σα = 0, the optimality condition of an unpenalized intercept
    const lift = (sum(slope) + alpha.reduce((total, value) => total + value, 0)) / sum(level);
    for (let i = 0; i < n; i++) alpha[i]! += root[i]! * (slope[i]! - lift * level[i]!);
    intercept += lift;
    const before = weights;
    weights = sumOfRows(x, alpha, width);
    if (Math.abs(lift) < TOLERANCE && weights.every((value, i) => Math.abs(value - before[i]!) < TOLERANCE)) break;
  }
  return { weights, intercept };
}

/** Gram matrix: inner products of all pairs of rows, in float64. @returns n × n */
function gram(x: Float32Array, n: number, width: number): Float64Array {
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      let total = 0;
      for (let k = 0, a = i * width, b = j * width; k < width; k++) total += x[a + k]! * x[b + k]!;
      out[i * n + j] = total;
      out[j * n + i] = total;
    }
  return out;
}

function logits(x: Float32Array, weights: Float64Array, intercept: number): Float64Array {
  const width = weights.length;
  return Float64Array.from({ length: x.length / width }, (_, row) => {
    let total = intercept;
    for (let k = 0, at = row * width; k < width; k++) total += x[at + k]! * weights[k]!;
    return total;
  });
}

function sumOfRows(x: Float32Array, alpha: Float64Array, width: number): Float64Array {
  const out = new Float64Array(width);
  for (let row = 0; row < alpha.length; row++)
    for (let k = 0, at = row * width; k < width; k++) out[k]! += x[at + k]! * alpha[row]!;
  return out;
}
