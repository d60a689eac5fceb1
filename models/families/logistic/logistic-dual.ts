import type { Rows } from '../../nn/network';
import { factorSpd } from '../../linalg/cholesky';

/** Of the largest coefficient, from one step to the next: everything here is in float64. */
const TOLERANCE = 1e-7;
const MAX_STEPS = 50;
/** Rows of which the fit is certain still get this curvature in a step; where the steps end does not depend on it. */
const MIN_CURVATURE = 1e-9;

export interface Coefficients {
  readonly weights: Float64Array;
  readonly intercept: number;
}

/**
 * Ridge-penalised logistic regression of more columns than rows. The coefficients are then a weighted sum of the rows
 * (w = Xᵀα), so each Newton step solves a system as large as there are rows, not columns (kernel logistic regression: Zhu
 * and Hastie 2005, doi 10.1198/106186005X25619). Minimises mean log loss + l2 · |w|²/2; the intercept is not penalised.
 */
export function fitWideRidge({ x, y, width }: Rows, l2: number): Coefficients {
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
    const solve = factorSpd(system);
    const [slope, level] = [solve(root.map((root, i) => (y[i]! - p[i]! - penalty * alpha[i]!) / root)), solve(root)];
    const sum = (of: Float64Array) => of.reduce((total, value, i) => total + value * root[i]!, 0);
    // what keeps the sum of all alpha zero, as a free intercept asks
    const lift = (sum(slope) + alpha.reduce((total, value) => total + value, 0)) / sum(level);
    for (let i = 0; i < n; i++) alpha[i]! += root[i]! * (slope[i]! - lift * level[i]!);
    intercept += lift;
    const before = weights;
    weights = sumOfRows(x, alpha, width);
    if (Math.abs(lift) < TOLERANCE && weights.every((value, i) => Math.abs(value - before[i]!) < TOLERANCE)) break;
  }
  return { weights, intercept };
}

/** Products of each row with each, in float64. @returns n × n */
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
