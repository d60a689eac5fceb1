import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend';
import { hasEmbedding } from './embedding';
import type { RowContributions } from './network';
import type { TrunkAndHead } from './trunk-and-head';

/** Steps of a path from the baseline to a row, and of the paths of rows whose completeness error is too large. */
const STEPS = 16;
const FINE_STEPS = 64;
/** Completeness error, as a share of score - baseline score, above which a row's path is walked in fine steps. */
const MAX_COMPLETENESS_ERROR = 0.002;
/** Points of all paths evaluated at once. */
const BATCH_ROWS = 1024;

/** The space that paths lie in: that of the inputs, or that of the first hidden layer. */
interface PathSpace {
  readonly width: number;
  /** Where each row's path ends, rows × width. */
  readonly ends: Float32Array;
  readonly start: Float32Array;
  /** Gradient of the score at points of a path. */
  readonly gradient: (at: Tensor2D) => Tensor;
  /** Gradients with respect to the inputs, given those of this space. */
  readonly toInputs: (gradients: Float32Array) => Float32Array;
}

/** The network to explain, with its tensors. */
interface Target {
  readonly network: TrunkAndHead;
  readonly tensors: Record<string, Tensor>;
}

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017; midpoint rule) of one network, from the baseline to each row.
 * Where the first layer is linear in the inputs, a straight path of inputs is a straight path of hidden sums. That one
 * is walked, and its mean gradient is carried back through the layer once: the same result at a fraction of the cost.
 * @param x encoded rows, rows × width
 * @param baseline mean encoded training row
 */
export function integratedGradients(tf: Tf, target: Target, x: Float32Array, baseline: Float32Array): RowContributions {
  const { network, tensors } = target;
  const width = baseline.length;
  const score = (inputs: Float32Array) =>
    tf.tidy(() =>
      tf.mean(network.forward(tf, tensors, tf.tensor2d(inputs, [inputs.length / width, width])), 1).dataSync(),
    );
  const [scores, base] = [score(x), score(baseline)[0]!];
  const projection = hasEmbedding(tensors) ? undefined : tf.tidy(() => network.inputProjection(tf, tensors));
  try {
    const space = projection ? hiddenSpace(tf, target, projection, x, baseline) : inputSpace(tf, target, x, baseline);
    const gradients = space.toInputs(meanGradients(tf, space, scores, base));
    const columns = Float64Array.from(x, (value, i) => gradients[i]! * (value - baseline[i % width]!));
    return { scores, base, columns };
  } finally {
    if (projection && projection !== tensors['w0']) projection.dispose();
  }
}

function inputSpace(tf: Tf, { network, tensors }: Target, x: Float32Array, baseline: Float32Array): PathSpace {
  const gradient = tf.grad((at) => tf.sum(tf.mean(network.forward(tf, tensors, at as Tensor2D), 1)));
  return { width: baseline.length, ends: x, start: baseline, gradient, toInputs: (gradients) => gradients };
}

function hiddenSpace(
  tf: Tf,
  { network, tensors }: Target,
  projection: Tensor2D,
  x: Float32Array,
  baseline: Float32Array,
): PathSpace {
  const [inputs, width] = projection.shape;
  const project = (rows: Float32Array) =>
    tf.tidy(() => tf.matMul(tf.tensor2d(rows, [rows.length / inputs, inputs]), projection).dataSync() as Float32Array);
  return {
    width,
    ends: project(x),
    start: project(baseline),
    gradient: tf.grad((at) => tf.sum(tf.mean(network.forwardFromHidden(tf, tensors, at as Tensor2D), 1))),
    toInputs: (gradients) =>
      tf.tidy(() => {
        const hidden = tf.tensor2d(gradients, [gradients.length / width, width]);
        return tf.matMul(hidden, tf.transpose(projection)).dataSync() as Float32Array;
      }),
  };
}

/** Mean gradient along the path of each row, rows × width; in fine steps where coarse ones leave too large an error. */
function meanGradients(tf: Tf, space: PathSpace, scores: ArrayLike<number>, base: number): Float32Array {
  const { width, ends, start } = space;
  const gradients = new Float32Array(ends.length);
  const walk = (rows: readonly number[], steps: number) => {
    const atOnce = Math.floor(BATCH_ROWS / steps);
    for (let from = 0; from < rows.length; from += atOnce)
      meanAlongPath(tf, space, rows.slice(from, from + atOnce), steps, gradients);
  };
  const isIncomplete = (row: number) => {
    let explained = 0;
    for (let j = 0; j < width; j++) explained += gradients[row * width + j]! * (ends[row * width + j]! - start[j]!);
    const difference = scores[row]! - base;
    return Math.abs(difference - explained) > MAX_COMPLETENESS_ERROR * Math.abs(difference);
  };
  const all = Array.from(scores, (_, row) => row);
  walk(all, STEPS);
  walk(all.filter(isIncomplete), FINE_STEPS);
  return gradients;
}

/** Writes into `gradients` the mean gradient along the straight path of each of `rows` (midpoint rule). */
function meanAlongPath(
  tf: Tf,
  { width, ends, start, gradient }: PathSpace,
  rows: readonly number[],
  steps: number,
  gradients: Float32Array,
): void {
  const path = new Float32Array(rows.length * steps * width);
  rows.forEach((row, i) => {
    for (let step = 0; step < steps; step++)
      for (let j = 0; j < width; j++)
        path[(i * steps + step) * width + j] =
          start[j]! + ((step + 0.5) / steps) * (ends[row * width + j]! - start[j]!);
  });
  const means = tf.tidy(() => {
    const each = tf.reshape(gradient(tf.tensor2d(path, [rows.length * steps, width])), [rows.length, steps, width]);
    return tf.mean(each, 1).dataSync();
  });
  rows.forEach((row, i) => gradients.set(means.subarray(i * width, (i + 1) * width), row * width));
}
