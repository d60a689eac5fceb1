import type { MatrixData } from '../domain/schemas/matrix';
import type { Tf } from './backend';
import { modelFamily } from './families';
import { toTensors } from './nn/network';
import { networkLogits } from './nn/predict';
import { encode, encodedWidth } from './preprocessing/encoder';
import type { FittedModel } from './training/fitted-model';

/** Rows encoded at once: bounds the memory for a national register. */
const CHUNK = 8192;

/**
 * Raw scores of the given rows: logits averaged over the members. A higher score means that a finding is more likely.
 * Leaves no tensor behind.
 */
export function scoreRows(tf: Tf, model: FittedModel, data: MatrixData, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length);
  const width = encodedWidth(model.encoder);
  const family = modelFamily(model.family);
  const members = model.members.map((member) => toTensors(tf, member));
  for (let at = 0; at < rows.length; at += CHUNK) {
    const x = encode(model.encoder, data, rows.slice(at, at + CHUNK));
    for (const tensors of members)
      networkLogits(tf, family, tensors, x, width).forEach((logit, i) => (out[at + i]! += logit / members.length));
  }
  tf.dispose(members.flatMap((tensors) => Object.values(tensors)));
  return out;
}
