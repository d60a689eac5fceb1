import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { SpecOf } from '../../../domain/families';
import type { Tf } from '../../backend';
import { logLossOfLogits } from '../../nn/loss';
import type { Network, RowContributions } from '../../nn/network';
import { meanLogits } from '../../nn/predict';
import type { FitInput, FitResult, ModelFamily } from '../model-family';
import { fitLogistic } from './fit-logistic';

const forward: Network['forward'] = (tf, tensors, x) =>
  tf.add<Tensor2D>(tf.matMul(x, tensors['w'] as Tensor2D), tensors['b']!);

/** The penalty with the lowest validation loss; all rows are then fitted with it. */
function fit(tf: Tf, spec: SpecOf<'logistic'>, { train, validation, all }: FitInput): FitResult {
  const candidates = spec.l2.map((penalty) => {
    const members = train.map((rows) => fitLogistic(tf, rows, penalty, spec.l1Ratio));
    const loss = logLossOfLogits(meanLogits(tf, { forward }, members, validation), validation.y);
    return { penalty, members, loss };
  });
  const best = candidates.reduce((a, b) => (b.loss < a.loss ? b : a));
  return {
    members: all ? all.rows.map((rows) => fitLogistic(tf, rows, best.penalty, spec.l1Ratio)) : best.members,
    selected: { penalty: best.penalty, l1Ratio: spec.l1Ratio },
    validationLoss: best.loss,
  };
}

/**
 * Exact contributions, weight · (input - baseline), in float64: float32 sums over hundreds of columns would not add up.
 */
function explain(_tf: Tf, tensors: Record<string, Tensor>, x: Float32Array, baseline: Float32Array): RowContributions {
  const weights = Float64Array.from(tensors['w']!.dataSync());
  const intercept = tensors['b']!.dataSync()[0]!;
  const width = weights.length;
  const columns = Float64Array.from(x, (value, i) => weights[i % width]! * (value - baseline[i % width]!));
  const base = weights.reduce((sum, weight, j) => sum + weight * baseline[j]!, intercept);
  const scores = Float64Array.from({ length: x.length / width }, (_, row) =>
    columns.subarray(row * width, (row + 1) * width).reduce((sum, value) => sum + value, base),
  );
  return { scores, base, columns };
}

export const logisticFamily: ModelFamily<SpecOf<'logistic'>> = {
  numericEncoding: 'robust-soft-clip',
  explainsExactly: true,
  forward,
  fit,
  explain,
};
