import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { isWidened } from '../nn/embedding';
import type { LayeredName } from '../nn/trunk-and-head';
import type { Tf } from '../backend';
import { LAYERED } from '../training/fit';

/** What one member adds up to. */
export interface Part {
  readonly scores: ArrayLike<number>;
  readonly base: number;
  /** Contribution of each input column, rows × width. */
  readonly columns: Float64Array;
}

/** Steps of the path from the mean row to the provider's, and of the path of rows that those leave a gap in. */
const STEPS = 16;
const FINE_STEPS = 64;
/** Share of what there is to explain above which a row's path is walked in fine steps. */
const COARSE_GAP = 0.002;
const PATH_ROWS = 1024;

/** Where the path is walked: its ends, what the score's slope is there, and what a slope there says of the inputs. */
interface Space {
  readonly width: number;
  readonly ends: Float32Array;
  readonly start: Float32Array;
  readonly slope: (at: Tensor2D) => Tensor;
  readonly toInputs: (slopes: Float32Array) => Float32Array;
}

/**
 * Integrated gradients (Sundararajan, Taly and Yan 2017; midpoint rule) of one network, from the mean row to each row.
 * Where the first layer is linear in the inputs, a straight path of inputs is a straight path of its sums: that is walked
 * instead, and its mean slope is carried back through the layer once. The result is the same at a fraction of the price.
 */
export function integrated(
  tf: Tf,
  tensors: Record<string, Tensor>,
  family: LayeredName,
  x: Float32Array,
  mean: Float32Array,
): Part {
  const width = mean.length;
  const score = (inputs: Float32Array) =>
    tf.tidy(() =>
      tf.mean(LAYERED[family].forward(tf, tensors, tf.tensor2d(inputs, [inputs.length / width, width])), 1).dataSync(),
    );
  const [scores, base] = [score(x), score(mean)[0]!];
  const kernel = isWidened(tensors) ? undefined : tf.tidy(() => LAYERED[family].kernel(tf, tensors));
  try {
    const space = kernel ? ofSums(tf, tensors, family, kernel, x, mean) : ofInputs(tf, tensors, family, x, mean);
    const slopes = walkAll(tf, space, scores, base);
    const back = space.toInputs(slopes);
    return { scores, base, columns: Float64Array.from(x, (value, i) => back[i]! * (value - mean[i % width]!)) };
  } finally {
    if (kernel && kernel !== tensors['w0']) kernel.dispose();
  }
}

function ofInputs(
  tf: Tf,
  tensors: Record<string, Tensor>,
  family: LayeredName,
  x: Float32Array,
  mean: Float32Array,
): Space {
  const slope = tf.grad((at) => tf.sum(tf.mean(LAYERED[family].forward(tf, tensors, at as Tensor2D), 1)));
  return { width: mean.length, ends: x, start: mean, slope, toInputs: (slopes) => slopes };
}

function ofSums(
  tf: Tf,
  tensors: Record<string, Tensor>,
  family: LayeredName,
  kernel: Tensor2D,
  x: Float32Array,
  mean: Float32Array,
): Space {
  const [inputs, width] = kernel.shape;
  const sums = (rows: Float32Array) =>
    tf.tidy(() => tf.matMul(tf.tensor2d(rows, [rows.length / inputs, inputs]), kernel).dataSync() as Float32Array);
  return {
    width,
    ends: sums(x),
    start: sums(mean),
    slope: tf.grad((at) => tf.sum(tf.mean(LAYERED[family].above(tf, tensors, at as Tensor2D), 1))),
    toInputs: (slopes) =>
      tf.tidy(
        () =>
          tf
            .matMul(tf.tensor2d(slopes, [slopes.length / width, width]), tf.transpose(kernel))
            .dataSync() as Float32Array,
      ),
  };
}

/** Mean slopes along every row's path, rows × width of the space; in fine steps for rows that coarse ones leave a gap in. */
function walkAll(tf: Tf, space: Space, scores: ArrayLike<number>, base: number): Float32Array {
  const { width, ends, start } = space;
  const slopes = new Float32Array(ends.length);
  const walk = (rows: readonly number[], steps: number) => {
    const atOnce = Math.floor(PATH_ROWS / steps);
    for (let from = 0; from < rows.length; from += atOnce)
      alongPath(tf, space, rows.slice(from, from + atOnce), steps, slopes);
  };
  const isRough = (row: number) => {
    let explained = 0;
    for (let j = 0; j < width; j++) explained += slopes[row * width + j]! * (ends[row * width + j]! - start[j]!);
    return Math.abs(scores[row]! - base - explained) > COARSE_GAP * Math.abs(scores[row]! - base);
  };
  const all = Array.from(scores, (_, row) => row);
  walk(all, STEPS);
  walk(all.filter(isRough), FINE_STEPS);
  return slopes;
}

/** Mean slope along the straight path from the start to the end of each of `rows` (midpoints), into `slopes`. */
function alongPath(
  tf: Tf,
  { width, ends, start, slope }: Space,
  rows: readonly number[],
  steps: number,
  slopes: Float32Array,
): void {
  const path = new Float32Array(rows.length * steps * width);
  rows.forEach((row, i) => {
    for (let step = 0; step < steps; step++)
      for (let j = 0; j < width; j++)
        path[(i * steps + step) * width + j] =
          start[j]! + ((step + 0.5) / steps) * (ends[row * width + j]! - start[j]!);
  });
  const found = tf.tidy(() => {
    const each = tf.reshape(slope(tf.tensor2d(path, [rows.length * steps, width])), [rows.length, steps, width]);
    return tf.mean(each, 1).dataSync();
  });
  rows.forEach((row, i) => slopes.set(found.subarray(i * width, (i + 1) * width), row * width));
}
