import type { Tensor2D } from '@tensorflow/tfjs';
import type { Tf } from '../backend';

/**
 * Matrix product whose gradients use the plain product only. On the WASM backend every transposed or batched product is
 * 10 to 40 times slower than the plain one, and stock gradients are transposed; elsewhere the stock ones are right.
 */
export function product(tf: Tf, a: Tensor2D, b: Tensor2D): Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(a, b);
  const explicit = tf.customGrad<Tensor2D>((left, right, save) => {
    const [l, r] = [left as Tensor2D, right as Tensor2D];
    (save as GradSaver)([l, r]);
    return {
      value: tf.matMul<Tensor2D>(l, r),
      gradFunc: (dy, saved) => [
        tf.matMul<Tensor2D>(dy, tf.transpose(saved[1] as Tensor2D)),
        tf.matMul<Tensor2D>(tf.transpose(saved[0] as Tensor2D), dy),
      ],
    };
  });
  return explicit(a, b);
}
type GradSaver = (tensors: Tensor2D[]) => void;

/** The same where `x` is data: its gradient is not wanted. */
export function dataProduct(tf: Tf, x: Tensor2D, b: Tensor2D): Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(x, b);
  const explicit = tf.customGrad<Tensor2D>((right, save) => {
    (save as GradSaver)([x]); // widened inputs are made on the way, and gone before gradients are asked for
    return {
      value: tf.matMul<Tensor2D>(x, right as Tensor2D),
      gradFunc: (dy, saved) => tf.matMul<Tensor2D>(tf.transpose(saved[0] as Tensor2D), dy),
    };
  });
  return explicit(b);
}
