import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../backend';
import { type DenseRows, type NamedTensor, type Network, toTensors } from './network';

/** Rows scored at once: bounds the memory for a national register. */
const CHUNK = 4096;

/** Logits of encoded rows (rows × width); the mean over submodels that share weights. */
export function networkLogits(
  tf: Tf,
  network: Pick<Network, 'forward'>,
  tensors: Record<string, Tensor>,
  x: Float32Array,
  width: number,
): Float32Array {
  const rows = x.length / width;
  const out = new Float32Array(rows);
  for (let at = 0; at < rows; at += CHUNK) {
    const chunk = x.subarray(at * width, Math.min(rows, at + CHUNK) * width);
    const logits = tf.tidy(() => {
      const z = network.forward(tf, tensors, tf.tensor2d(chunk, [chunk.length / width, width]));
      return tf.mean(z, 1).dataSync() as Float32Array;
    });
    out.set(logits, at);
  }
  return out;
}

/** Logits of one fitted member. Leaves no tensor behind. */
export function memberLogits(
  tf: Tf,
  network: Pick<Network, 'forward'>,
  member: readonly NamedTensor[],
  { x, width }: Pick<DenseRows, 'x' | 'width'>,
): Float32Array {
  const tensors = toTensors(tf, member);
  try {
    return networkLogits(tf, network, tensors, x, width);
  } finally {
    tf.dispose(Object.values(tensors));
  }
}

/** Logits averaged over members, in float64. */
export function meanLogits(
  tf: Tf,
  network: Pick<Network, 'forward'>,
  members: readonly (readonly NamedTensor[])[],
  rows: DenseRows,
): Float64Array {
  const sums = new Float64Array(rows.y.length);
  for (const member of members)
    memberLogits(tf, network, member, rows).forEach((logit, i) => (sums[i]! += logit / members.length));
  return sums;
}
