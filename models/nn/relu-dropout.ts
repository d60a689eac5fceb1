import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend';
import type { DropoutMasks } from './dropout-masks';
import { reluDropoutFactors } from './wasm-kernels';

type Save = (tensors: Tensor[]) => void;

/**
 * ReLU, followed by dropout where masks are given. One tensor of factors serves the forward and the backward pass: the
 * stock gradient of ReLU runs seven kernels to find again which inputs were positive. The gradient is the same to the
 * bit.
 */
export function reluDropout<T extends Tensor>(tf: Tf, z: T, masks?: DropoutMasks): T {
  if (!masks) return tf.relu(z);
  const masked = tf.customGrad<T>((x, save) => {
    const factor = factorsOf(tf, x as T, masks);
    (save as Save)([factor]);
    return { value: tf.mul<T>(x as T, factor), gradFunc: (dy: T, saved: Tensor[]) => tf.mul<T>(dy, saved[0]!) };
  });
  return masked(z);
}

function factorsOf<T extends Tensor>(tf: Tf, x: T, masks: DropoutMasks): T {
  const draws = tf.getBackend() === 'wasm' ? masks.draw(x.size) : undefined;
  if (draws) return reluDropoutFactors(tf, x, draws);
  return masks.drop(tf, tf.cast<T>(tf.greater<T>(x, 0), 'float32'));
}

/**
 * Weighted sum over the units of each submodel. The stock gradient of a sum first makes a tensor of ones as large as
 * what was summed.
 * @param units rows × submodels × units
 * @param weights submodels × units, or 1 × submodels × units
 * @returns rows × submodels
 */
export function weightedSum(tf: Tf, units: Tensor, weights: Tensor): Tensor2D {
  const sums = tf.customGrad<Tensor2D>((h, w, save) => {
    (save as Save)([h as Tensor, w as Tensor]);
    return {
      value: tf.sum<Tensor2D>(tf.mul(h as Tensor, w as Tensor), 2),
      gradFunc: (dy: Tensor2D, saved: Tensor[]) => {
        const each = tf.expandDims(dy, 2);
        return [tf.mul(each, saved[1]!), tf.reshape(tf.sum(tf.mul(each, saved[0]!), 0), saved[1]!.shape)];
      },
    };
  });
  return sums(units, weights);
}
