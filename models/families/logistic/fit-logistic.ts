import type { Tf } from '../../backend';
import { solveCholesky } from '../../linalg/cholesky';
import type { DenseRows, NamedTensor } from '../../nn/network';
import { type Coefficients, fitRidgeDual } from './logistic-dual';

/** Newton's method stops once no coefficient changes by more than this; float32 sums allow no tighter bound. */
const TOLERANCE = 1e-5;
const MAX_STEPS = 30;
/** Passes of coordinate descent over one quadratic. */
const MAX_PASSES = 200;
/** Keeps the Newton system solvable in the direction of the intercept, which has no penalty. */
const INTERCEPT_RIDGE = 1e-9;

/**
 * The Newton step of an elastic net: minimizes the quadratic approximation plus the L1 penalty by cyclic coordinate
 * descent (Friedman, Hastie and Tibshirani 2010). The last weight is the intercept and is not penalized.
 * @param hessian d × d
 * @param gradient of the quadratic at `from`
 * @returns the new weights
 */
function coordinateDescent(
  hessian: Float64Array,
  gradient: Float64Array,
  from: Float64Array,
  l1: number,
): Float64Array {
  const d = from.length;
  const w = Float64Array.from(from);
  const slope = Float64Array.from(gradient); // gradient of the quadratic at w
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    let largest = 0;
    for (let j = 0; j < d; j++) {
      const curvature = hessian[j * d + j]!;
      const unpenalized = w[j]! - slope[j]! / curvature;
      const threshold = j < d - 1 ? l1 / curvature : 0;
      const next = Math.sign(unpenalized) * Math.max(0, Math.abs(unpenalized) - threshold);
      const change = next - w[j]!;
      if (change === 0) continue;
      w[j] = next;
      for (let i = 0; i < d; i++) slope[i]! += hessian[i * d + j]! * change;
      largest = Math.max(largest, Math.abs(change));
    }
    if (largest < TOLERANCE) break;
  }
  return w;
}

/**
 * Logistic regression with an elastic-net penalty, by Newton's method: sums over rows run in TensorFlow, the small
 * system is solved in float64. A ridge with more columns than rows is fitted in its dual form. Minimizes
 * mean log loss + penalty · ((1 - l1Ratio)/2 · |w|² + l1Ratio · Σ|w|); the intercept is not penalized.
 * @returns tensors `w` (width × 1) and `b` (1 × 1)
 */
export function fitLogistic(tf: Tf, rows: DenseRows, penalty: number, l1Ratio = 0): NamedTensor[] {
  const useDual = l1Ratio === 0 && rows.y.length < rows.width;
  const { weights, intercept } = useDual ? fitRidgeDual(rows, penalty) : fitByNewton(tf, rows, penalty, l1Ratio);
  return [
    { name: 'w', shape: [rows.width, 1], values: Float32Array.from(weights) },
    { name: 'b', shape: [1, 1], values: Float32Array.of(intercept) },
  ];
}

function fitByNewton(tf: Tf, { x, y, width }: DenseRows, penalty: number, l1Ratio: number): Coefficients {
  const n = y.length;
  const d = width + 1;
  const [l1, l2] = [penalty * l1Ratio, penalty * (1 - l1Ratio)];
  let weights: Float64Array = new Float64Array(d);
  const [design, target] = tf.tidy(
    () => [tf.concat([tf.tensor2d(x, [n, width]), tf.ones([n, 1])], 1), tf.tensor2d(y, [n, 1])] as const,
  );
  for (let step = 0; step < MAX_STEPS; step++) {
    const sums = tf.tidy(() => {
      const p = tf.sigmoid(tf.matMul(design, tf.tensor2d(Float32Array.from(weights), [d, 1])));
      const g = tf.matMul(design, tf.sub(p, target), true);
      const h = tf.matMul(design, tf.mul(design, tf.mul(p, tf.sub(1, p))), true);
      return { gradient: g.dataSync() as Float32Array, hessian: h.dataSync() as Float32Array };
    });
    const gradient = Float64Array.from(sums.gradient, (value, i) => value / n + (i < width ? l2 * weights[i]! : 0));
    const hessian = Float64Array.from(sums.hessian, (value) => value / n);
    for (let i = 0; i < d; i++) hessian[i * d + i]! += i < width ? l2 : INTERCEPT_RIDGE;
    const before = weights;
    if (l1 > 0) weights = coordinateDescent(hessian, gradient, before, l1);
    else {
      const change = solveCholesky(hessian, gradient);
      weights = before.map((weight, i) => weight - change[i]!);
    }
    if (weights.every((value, i) => Math.abs(value - before[i]!) < TOLERANCE)) break;
  }
  tf.dispose([design, target]);
  return { weights: weights.subarray(0, width), intercept: weights[width]! };
}
