import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import { additiveTermColumns, additiveTerms } from '../architectures/additive';
import type { Tf } from '../backend';
import { type FittedModel, FORWARD } from '../fit';
import { toTensors } from '../nn/network';
import { encode, encodedWidth, inputColumns } from '../preprocessing/encoder';
import type { MatrixData } from '../../domain/schemas/matrix';

/** What each feature adds to one row's score, against the mean training row. */
export interface Contributions {
  readonly score: number;
  /** Score of the mean training row. */
  readonly base: number;
  readonly byFeature: ReadonlyMap<string, number>;
  /** score - base - Σ contributions: rounding for linear and additive models, the path's coarseness for networks. */
  readonly gap: number;
}

/** Steps of the path from the mean row to the actor's, and of the path of rows that those leave a gap in. */
const STEPS = 16;
const FINE_STEPS = 64;
/** Share of what there is to explain above which a row's path is walked in fine steps. */
const COARSE_GAP = 0.002;
const PATH_ROWS = 1024;

/**
 * Contributions of the given rows: exact for linear and additive models, integrated gradients (Sundararajan, Taly and Yan
 * 2017; midpoint rule) for networks. A surface of two features gives half to each.
 */
export function contributions(tf: Tf, model: FittedModel, data: MatrixData, rows: readonly number[]): Contributions[] {
  const width = encodedWidth(model.encoder);
  const columns = inputColumns(model.encoder);
  const x = encode(model.encoder, data, rows);
  const mean = Float32Array.from(model.background);
  if (mean.length !== width) throw new RangeError(`the model carries a mean row of ${mean.length} inputs, its encoder makes ${width}`);
  const parts = model.members.map((member) => {
    const tensors = toTensors(tf, member);
    try {
      if (model.family === 'logistic') return linear(tf, tensors, x, mean);
      if (model.family === 'additive') return terms(tf, tensors, additiveTermColumns(member), x, mean);
      return integrated(tf, tensors, model.family, x, mean);
    } finally {
      tf.dispose(Object.values(tensors));
    }
  });
  const members = parts.length;
  return rows.map((_, row) => {
    const average = (of: (part: Part) => number) => parts.reduce((sum, part) => sum + of(part), 0) / members;
    const byFeature = new Map<string, number>();
    columns.forEach(({ feature }, column) => {
      const own = average((part) => part.columns[row * width + column]!);
      byFeature.set(feature, (byFeature.get(feature) ?? 0) + own);
    });
    const [score, base] = [average((part) => part.scores[row]!), average((part) => part.base)];
    return { score, base, byFeature, gap: score - base - [...byFeature.values()].reduce((sum, value) => sum + value, 0) };
  });
}

interface Part {
  readonly scores: ArrayLike<number>;
  readonly base: number;
  /** Contribution of each input column, rows × width. */
  readonly columns: Float64Array;
}

/** In float64: a float32 sum over hundreds of columns would leave a gap of its own. */
function linear(_tf: Tf, tensors: Record<string, Tensor>, x: Float32Array, mean: Float32Array): Part {
  const w = Float64Array.from(tensors['w']!.dataSync());
  const b = tensors['b']!.dataSync()[0]!;
  const width = w.length;
  const columns = Float64Array.from(x, (value, i) => w[i % width]! * (value - mean[i % width]!));
  const base = w.reduce((sum, weight, j) => sum + weight * mean[j]!, b);
  const scores = Float64Array.from({ length: x.length / width }, (_, row) => columns.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, base)); // prettier-ignore
  return { scores, base, columns };
}

function terms(tf: Tf, tensors: Record<string, Tensor>, reads: readonly (readonly number[])[], x: Float32Array, mean: Float32Array): Part {
  const width = mean.length;
  const at = (inputs: Float32Array) =>
    Float64Array.from(tf.tidy(() => additiveTerms(tf, tensors, tf.tensor2d(inputs, [inputs.length / width, width])).dataSync()));
  const bias = tensors['bias']!.dataSync()[0]!;
  const [own, centre] = [at(x), at(mean)];
  const base = centre.reduce((sum, value) => sum + value, bias);
  const rows = x.length / width;
  const columns = new Float64Array(x.length);
  const scores = new Float64Array(rows).fill(base);
  for (let row = 0; row < rows; row++) {
    reads.forEach((read, term) => {
      const added = own[row * reads.length + term]! - centre[term]!;
      scores[row]! += added;
      for (const column of read) columns[row * width + column]! += added / read.length;
    });
  }
  return { scores, base, columns };
}

function integrated(tf: Tf, tensors: Record<string, Tensor>, family: 'mlp' | 'tabm-mini', x: Float32Array, mean: Float32Array): Part {
  const width = mean.length;
  const logits = (inputs: Tensor2D) => tf.mean(FORWARD[family].forward(tf, tensors, inputs), 1);
  const slope = tf.grad((inputs) => tf.sum(logits(inputs as Tensor2D)));
  const score = (inputs: Float32Array) => tf.tidy(() => logits(tf.tensor2d(inputs, [inputs.length / width, width])).dataSync());
  const [scores, base] = [score(x), score(mean)[0]!];
  const columns = new Float64Array(x.length);
  const walk = (rows: readonly number[], steps: number) => {
    const rowsAtOnce = Math.floor(PATH_ROWS / steps);
    for (let from = 0; from < rows.length; from += rowsAtOnce) alongPath(tf, slope, x, mean, rows.slice(from, from + rowsAtOnce), steps, columns); // prettier-ignore
  };
  const all = Array.from(scores, (_, row) => row);
  walk(all, STEPS);
  const isRough = (row: number) => {
    const explained = columns.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, 0);
    const whole = scores[row]! - base;
    return Math.abs(whole - explained) > COARSE_GAP * Math.abs(whole);
  };
  walk(all.filter(isRough), FINE_STEPS);
  return { scores, base, columns };
}

/** Mean slope along the straight path from the mean row to each of `rows` (midpoints), times how far it goes, into `columns`. */
function alongPath(
  tf: Tf,
  slope: (inputs: Tensor) => Tensor,
  x: Float32Array,
  mean: Float32Array,
  rows: readonly number[],
  steps: number,
  columns: Float64Array,
): void {
  const width = mean.length;
  const path = new Float32Array(rows.length * steps * width);
  rows.forEach((row, i) => {
    for (let step = 0; step < steps; step++)
      for (let j = 0; j < width; j++)
        path[(i * steps + step) * width + j] = mean[j]! + ((step + 0.5) / steps) * (x[row * width + j]! - mean[j]!);
  });
  const slopes = tf.tidy(() => slope(tf.tensor2d(path, [rows.length * steps, width])).dataSync());
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) {
      let sum = 0;
      for (let step = 0; step < steps; step++) sum += slopes[(i * steps + step) * width + j]!;
      columns[row * width + j] = (sum / steps) * (x[row * width + j]! - mean[j]!);
    }
  });
}
