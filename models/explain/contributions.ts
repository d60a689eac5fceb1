import type { Tensor } from '@tensorflow/tfjs';
import { additiveTermColumns, additiveTerms } from '../families/additive/network';
import type { Tf } from '../backend';
import type { FittedModel } from '../training/fit';
import { toTensors } from '../nn/network';
import { encode, encodedWidth, inputColumns } from '../preprocessing/encoder';
import type { MatrixData } from '../../domain/schemas/matrix';
import { integrated, type Part } from './integrated-gradients';

/** What each feature adds to one row's score, against the mean training row. */
export interface Contributions {
  readonly score: number;
  /** Score of the mean training row. */
  readonly base: number;
  readonly byFeature: ReadonlyMap<string, number>;
  /** score - base - Σ contributions: rounding for linear and additive models, the path's coarseness for networks. */
  readonly gap: number;
}

/**
 * Contributions of the given rows: exact for linear and additive models, integrated gradients (Sundararajan, Taly and Yan
 * 2017; midpoint rule) for networks. A surface of two features gives half to each.
 */
export function contributions(tf: Tf, model: FittedModel, data: MatrixData, rows: readonly number[]): Contributions[] {
  const width = encodedWidth(model.encoder);
  const columns = inputColumns(model.encoder);
  const x = encode(model.encoder, data, rows);
  const mean = Float32Array.from(model.background);
  if (mean.length !== width)
    throw new RangeError(`the model carries a mean row of ${mean.length} inputs, its encoder makes ${width}`);
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
    return {
      score,
      base,
      byFeature,
      gap: score - base - [...byFeature.values()].reduce((sum, value) => sum + value, 0),
    };
  });
}

/** In float64: a float32 sum over hundreds of columns would leave a gap of its own. */
function linear(_tf: Tf, tensors: Record<string, Tensor>, x: Float32Array, mean: Float32Array): Part {
  const w = Float64Array.from(tensors['w']!.dataSync());
  const b = tensors['b']!.dataSync()[0]!;
  const width = w.length;
  const columns = Float64Array.from(x, (value, i) => w[i % width]! * (value - mean[i % width]!));
  const base = w.reduce((sum, weight, j) => sum + weight * mean[j]!, b);
  const scores = Float64Array.from({ length: x.length / width }, (_, row) =>
    columns.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, base),
  );
  return { scores, base, columns };
}

function terms(
  tf: Tf,
  tensors: Record<string, Tensor>,
  reads: readonly (readonly number[])[],
  x: Float32Array,
  mean: Float32Array,
): Part {
  const width = mean.length;
  const at = (inputs: Float32Array) =>
    Float64Array.from(
      tf.tidy(() => additiveTerms(tf, tensors, tf.tensor2d(inputs, [inputs.length / width, width])).dataSync()),
    );
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
