import type { Tensor } from '@tensorflow/tfjs';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Tf } from '../backend';
import type { MaskDraws } from './dropout-masks';

/**
 * A kernel that the WASM backend lacks, written into its memory from JavaScript: one pass where the backend's own
 * kernels take five, without copying the inputs.
 */

const isWasm = (backend: object): backend is BackendWasm => 'typedArrayFromHeap' in backend;
const asInt32 = ({ buffer, byteOffset, length }: ArrayLike<number> & ArrayBufferView) =>
  new Int32Array(buffer, byteOffset, length);

/**
 * Factors of ReLU followed by dropout: 0 where the input is negative, else the dropout factor of its draw. At 0, where
 * ReLU has no slope, the sign bit decides.
 * @throws Error on another backend
 */
export function reluDropoutFactors<T extends Tensor>(tf: Tf, x: T, { words, factors }: MaskDraws): T {
  const backend = tf.backend();
  if (!isWasm(backend)) throw new Error(`this kernel needs the wasm backend, not ${tf.getBackend()}`);
  // The second half of the table is all zeros and is selected by the sign bit: a branch would be mispredicted half the
  // time.
  const bySignAndDraw = new Float32Array(512);
  bySignAndDraw.set(factors);
  const table = asInt32(bySignAndDraw);
  const draws = asInt32(words);
  const info = backend.makeOutput(x.shape, 'float32');
  // Views are made after the output is allocated, since allocating may move the heap. Int32 views avoid float
  // conversion.
  const [from, to] = [asInt32(backend.typedArrayFromHeap(x)), asInt32(backend.typedArrayFromHeap(info))];
  const last = from.length & ~3;
  for (let i = 0, at = 0; i < last; i += 4, at++) {
    const word = draws[at]!;
    to[i] = table[(word & 255) | ((from[i]! >>> 23) & 256)]!;
    to[i + 1] = table[((word >>> 8) & 255) | ((from[i + 1]! >>> 23) & 256)]!;
    to[i + 2] = table[((word >>> 16) & 255) | ((from[i + 2]! >>> 23) & 256)]!;
    to[i + 3] = table[(word >>> 24) | ((from[i + 3]! >>> 23) & 256)]!;
  }
  for (let i = last; i < from.length; i++)
    to[i] = table[((draws[i >> 2]! >>> ((i & 3) << 3)) & 255) | ((from[i]! >>> 23) & 256)]!;
  return tf.engine().makeTensorFromTensorInfo(info) as T;
}
