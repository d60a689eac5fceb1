import type { Tensor } from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tf } from '../backend';

/**
 * What the WASM backend has no quick kernel for, written into its memory from here: one pass where its own kernels take five,
 * and no copy on the way in.
 */

const isHeap = (backend: object): backend is BackendWasm => 'typedArrayFromHeap' in backend;
const whole = ({ buffer, byteOffset, length }: ArrayLike<number> & ArrayBufferView) =>
  new Int32Array(buffer, byteOffset, length);

/**
 * What each number is multiplied by where ReLU and dropout follow each other: nought where it is below nought, else what its draw
 * of 8 bits is kept as. At nought itself, where ReLU has no slope, the bit of the sign decides.
 * @param words four draws each
 * @param kept factors of the 256 draws
 */
export function factorsAbove<T extends Tensor>(tf: Tf, x: T, words: Uint32Array, kept: Float32Array): T {
  const backend = tf.backend();
  if (!isHeap(backend)) throw new Error(`the ${tf.getBackend()} backend keeps its numbers elsewhere`);
  // A second half of noughts, chosen by the sign: a branch would be mispredicted every second time.
  const table = new Float32Array(512);
  table.set(kept);
  const factors = whole(table);
  const draws = whole(words);
  const info = backend.makeOutput(x.shape, 'float32');
  // Looked at after the new one is made, which may move everything; as whole numbers, which nothing converts on the way.
  const [from, to] = [whole(backend.typedArrayFromHeap(x)), whole(backend.typedArrayFromHeap(info))];
  const last = from.length & ~3;
  for (let i = 0, at = 0; i < last; i += 4, at++) {
    const word = draws[at]!;
    to[i] = factors[(word & 255) | ((from[i]! >>> 23) & 256)]!;
    to[i + 1] = factors[((word >>> 8) & 255) | ((from[i + 1]! >>> 23) & 256)]!;
    to[i + 2] = factors[((word >>> 16) & 255) | ((from[i + 2]! >>> 23) & 256)]!;
    to[i + 3] = factors[(word >>> 24) | ((from[i + 3]! >>> 23) & 256)]!;
  }
  for (let i = last; i < from.length; i++)
    to[i] = factors[((draws[i >> 2]! >>> ((i & 3) << 3)) & 255) | ((from[i]! >>> 23) & 256)]!;
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}
