import type { Scalar, Tensor2D } from '@tensorflow/tfjs';
import type { LossSpec } from '../../domain/families/network-settings';
import type { Tf } from '../backend';

/** Mean log loss of logits against outcomes 0 or 1, stable for large logits. */
export function logLossOfLogits(logits: ArrayLike<number>, y: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < y.length; i++)
    sum += Math.max(logits[i]!, 0) - logits[i]! * y[i]! + Math.log1p(Math.exp(-Math.abs(logits[i]!)));
  return sum / y.length;
}

/**
 * The training loss: the mean over rows and submodels of each submodel's own loss, never the loss of their mean.
 * Focal loss (Lin et al. 2017) weighs a row by (1 - p of its own class)^gamma; a finding weighs `positiveWeight`.
 * @param z logits, rows × submodels
 * @param y outcomes, rows × 1
 */
export function trainingLoss(tf: Tf, loss: LossSpec, z: Tensor2D, y: Tensor2D): Scalar {
  const entropy = tf.sub<Tensor2D>(
    tf.add<Tensor2D>(tf.relu<Tensor2D>(z), tf.softplus<Tensor2D>(tf.neg<Tensor2D>(tf.abs<Tensor2D>(z)))),
    tf.mul(z, y),
  );
  const focused =
    loss.focalGamma > 0 ? tf.mul<Tensor2D>(entropy, tf.pow(missProbability(tf, z, y), loss.focalGamma)) : entropy;
  const weighted =
    loss.positiveWeight === 1 ? focused : tf.mul<Tensor2D>(focused, tf.add(1, tf.mul(y, loss.positiveWeight - 1)));
  return tf.mean(weighted);
}

/** 1 - the probability given to the row's own class. */
const missProbability = (tf: Tf, z: Tensor2D, y: Tensor2D) =>
  tf.sigmoid<Tensor2D>(tf.mul<Tensor2D>(z, tf.sub(1, tf.mul(y, 2))));
