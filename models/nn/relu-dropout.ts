import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend';
import type { Masks } from './dropout-masks';
import { factorsAbove } from './wasm-kernels';

type Save = (tensors: Tensor[]) => void;

/**
 * ReLU, and dropout where masks are given. One mask of noughts and the rest serves both directions: the stock gradient of ReLU
 * asks seven kernels once more which inputs were above nought. The gradient is the same to the bit.
 */
export function rectified<T extends Tensor>(tf: Tf, z: T, masks?: Masks): T {
  if (!masks) return tf.relu(z);
  const masked = tf.customGrad<T>((x, save) => {
    const factor = factors(tf, x as T, masks);
    (save as Save)([factor]);
    return { value: tf.mul<T>(x as T, factor), gradFunc: (dy: T, saved: Tensor[]) => tf.mul<T>(dy, saved[0]!) };
  });
  return masked(z);
}

function factors<T extends Tensor>(tf: Tf, x: T, masks: Masks): T {
  const draws = tf.getBackend() === 'wasm' ? masks.draw(x.size) : undefined;
  if (draws) return factorsAbove(tf, x, draws.words, draws.kept);
  return masks.drop(tf, tf.cast<T>(tf.greater<T>(x, 0), 'float32'));
}

/**
 * Sums of each member's units, weighed: rows × members × units by members × units (or one × members × units) to rows × members.
 * The stock gradient of a sum first makes a tensor of ones as large as what was summed.
 */
export function weighedSums(tf: Tf, units: Tensor, weights: Tensor): Tensor2D {
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
