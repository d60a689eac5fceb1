import type { Rank, Tensor, Tensor2D, Tensor3D } from '@tensorflow/tfjs';
import type { Tf } from '../backend';

/**
 * Matrix product whose gradients use the plain product only. On the WASM backend every transposed or batched product is
 * 10 to 40 times slower than the plain one, and stock gradients are transposed; elsewhere the stock ones are right.
 */
export function matMul(tf: Tf, a: Tensor2D, b: Tensor2D): Tensor2D {
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
type GradSaver<T = Tensor2D> = (tensors: T[]) => void;

/** Matrix product where `x` is data, so no gradient of it is computed. */
export function matMulData(tf: Tf, x: Tensor2D, b: Tensor2D): Tensor2D {
  if (tf.getBackend() !== 'wasm') return tf.matMul(x, b);
  const explicit = tf.customGrad<Tensor2D>((right, save) => {
    (save as GradSaver)([x]); // embedded inputs are intermediate tensors, disposed before the gradients are computed
    return {
      value: tf.matMul<Tensor2D>(x, right as Tensor2D),
      gradFunc: (dy, saved) => tf.matMul<Tensor2D>(tf.transpose(saved[0] as Tensor2D), dy),
    };
  });
  return explicit(b);
}

/**
 * Data, scaled by the factors of each submodel, times one matrix. The WASM backend packs the second matrix anew for
 * each product. Scaling the matrix instead makes it as wide as all submodels together, and packing it then costs a
 * tenth of a training step.
 * @param x rows × inputs
 * @param r inputs × submodels × 1
 * @param w inputs × units
 * @returns rows × submodels·units
 */
export function scaledMatMul(tf: Tf, x: Tensor2D, r: Tensor3D, w: Tensor2D): Tensor2D {
  const [[rows, inputs], submodels, units] = [x.shape, r.shape[1], w.shape[1]];
  return tf.customGrad<Tensor2D>((factors, right, save) => {
    (save as GradSaver<Tensor>)([x, factors as Tensor, right as Tensor]);
    const each = tf.mul(
      tf.expandDims(x, 1),
      tf.reshape(tf.transpose(tf.reshape(factors as Tensor, [inputs, submodels])), [1, submodels, inputs]),
    );
    return {
      value: tf.reshape(tf.matMul(tf.reshape<Rank.R2>(each, [rows * submodels, inputs]), right as Tensor2D), [
        rows,
        submodels * units,
      ]),
      gradFunc: (dy, saved) => {
        const [data, by, kernel] = saved as [Tensor2D, Tensor3D, Tensor2D];
        const all = tf.reshape(tf.matMul<Tensor2D>(tf.transpose(data), dy), [inputs, submodels, units]);
        return [tf.sum(tf.mul(all, tf.expandDims(kernel, 1)), 2, true), tf.sum(tf.mul(all, by), 1)];
      },
    };
  })(r, w);
}

/**
 * Sum of each column, 1 × columns. The WASM backend sums over rows cell by cell; a product with a row of ones takes a
 * third of the time, and almost none where another product has multiplied by `x` before, because the backend caches the
 * packed form of a matrix. Pass `x` itself, not a reshaped copy: the cache does not check the shape.
 */
export const columnSums = (tf: Tf, x: Tensor2D): Tensor2D =>
  tf.getBackend() === 'wasm' ? tf.matMul(tf.ones([1, x.shape[0]]), x) : tf.sum<Tensor2D>(x, 0, true);

/**
 * Adds `row` (1 × width) to every row of `x`, and to each submodel's part of a row where `x` is rows × submodels·width.
 * @returns rows·submodels × width
 */
export function addBias(tf: Tf, x: Tensor2D, row: Tensor2D): Tensor2D {
  const [rows, across] = x.shape;
  const width = row.shape[1];
  const add = (to: Tensor2D, by: Tensor2D) =>
    tf.add<Tensor2D>(tf.reshape<Rank.R2>(to, [(rows * across) / width, width]), by);
  if (tf.getBackend() !== 'wasm') return add(x, row);
  return tf.customGrad<Tensor2D>((to, by) => ({
    value: add(to as Tensor2D, by as Tensor2D),
    gradFunc: (dy: Tensor2D) => {
      const dx = tf.reshape<Rank.R2>(dy, [rows, across]);
      return [dx, tf.sum(tf.reshape(columnSums(tf, dx), [across / width, width]), 0, true)];
    },
  }))(x, row);
}
