import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../../backend';
import type { RowContributions } from '../../nn/network';
import { additiveTermColumns, additiveTerms } from './network';

/** Exact contributions: the term of a row less the same term of the baseline; a surface gives half to each feature. */
export function explainTerms(
  tf: Tf,
  tensors: Record<string, Tensor>,
  x: Float32Array,
  baseline: Float32Array,
): RowContributions {
  const width = baseline.length;
  const termColumns = additiveTermColumns((name) => tensors[name]?.dataSync() ?? []);
  const termsOf = (inputs: Float32Array) =>
    Float64Array.from(
      tf.tidy(() => additiveTerms(tf, tensors, tf.tensor2d(inputs, [inputs.length / width, width])).dataSync()),
    );
  const bias = tensors['bias']!.dataSync()[0]!;
  const [rowTerms, baselineTerms] = [termsOf(x), termsOf(baseline)];
  const base = baselineTerms.reduce((sum, value) => sum + value, bias);
  const rows = x.length / width;
  const columns = new Float64Array(x.length);
  const scores = new Float64Array(rows).fill(base);
  for (let row = 0; row < rows; row++) {
    termColumns.forEach((reads, term) => {
      const contribution = rowTerms[row * termColumns.length + term]! - baselineTerms[term]!;
      scores[row]! += contribution;
      for (const column of reads) columns[row * width + column]! += contribution / reads.length;
    });
  }
  return { scores, base, columns };
}
