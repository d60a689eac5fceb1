import type { Tf } from '../backend';

/** Newton steps until the largest coefficient change is below this; float32 products cannot do better. */
const TOLERANCE = 1e-5;
const MAX_STEPS = 30;

/** Solves A x = b for a symmetric positive definite A by Cholesky, in float64. */
export function solveSpd(a: Float64Array, b: Float64Array): Float64Array {
  const n = b.length;
  const l = Float64Array.from(a);
  for (let j = 0; j < n; j++) {
    let diagonal = l[j * n + j]!;
    for (let k = 0; k < j; k++) diagonal -= l[j * n + k]! ** 2;
    if (!(diagonal > 0)) throw new RangeError(`the normal equations are not positive definite at column ${j}: raise the penalty`);
    const root = Math.sqrt(diagonal);
    l[j * n + j] = root;
    for (let i = j + 1; i < n; i++) {
      let value = l[i * n + j]!;
      for (let k = 0; k < j; k++) value -= l[i * n + k]! * l[j * n + k]!;
      l[i * n + j] = value / root;
    }
  }
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

/**
 * Logistic regression with a ridge penalty, by Newton's method: the products over rows run in TensorFlow, the small
 * system is solved in float64. Minimises mean log loss + l2/2 · |w|²; the intercept (last weight) is not penalised.
 * @param x rows × width, row-major
 * @returns width + 1 weights
 */
export function fitLogistic(tf: Tf, x: Float32Array, y: Float32Array, width: number, l2: number): Float32Array {
  const n = y.length;
  const d = width + 1;
  let weights: Float64Array = new Float64Array(d);
  const [design, target] = tf.tidy(() => [tf.concat([tf.tensor2d(x, [n, width]), tf.ones([n, 1])], 1), tf.tensor2d(y, [n, 1])] as const);
  for (let step = 0; step < MAX_STEPS; step++) {
    const sums = tf.tidy(() => {
      const p = tf.sigmoid(tf.matMul(design, tf.tensor2d(Float32Array.from(weights), [d, 1])));
      const g = tf.matMul(design, tf.sub(p, target), true);
      const h = tf.matMul(design, tf.mul(design, tf.mul(p, tf.sub(1, p))), true);
      return { gradient: g.dataSync() as Float32Array, hessian: h.dataSync() as Float32Array };
    });
    const gradient = Float64Array.from(sums.gradient);
    const hessian = Float64Array.from(sums.hessian);
    for (let i = 0; i < d; i++) {
      gradient[i] = gradient[i]! / n + (i < width ? l2 * weights[i]! : 0);
      for (let j = 0; j < d; j++) hessian[i * d + j]! /= n;
      hessian[i * d + i]! += i < width ? l2 : 1e-9;
    }
    const change = solveSpd(hessian, gradient);
    weights = weights.map((weight, i) => weight - change[i]!);
    if (change.every((value) => Math.abs(value) < TOLERANCE)) break;
  }
  tf.dispose([design, target]);
  return Float32Array.from(weights);
}

/** Logits of rows × width inputs. */
export function logisticLogits(tf: Tf, weights: Float32Array, x: Float32Array, width: number): Float32Array {
  return tf.tidy(() => {
    const w = tf.tensor2d(weights.subarray(0, width), [width, 1]);
    return tf.add(tf.matMul(tf.tensor2d(x, [x.length / width, width]), w), weights[width]!).dataSync() as Float32Array;
  });
}
