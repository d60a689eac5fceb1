import type { MatrixData } from '../domain/schemas/matrix';
import type { Tf } from './backend';
import { encode, encodedWidth } from './preprocessing/encoder';
import { type FittedModel, FORWARD } from './training/fit';
import { toTensors } from './nn/network';
import { networkLogits } from './nn/train';

/** Rows encoded at once: bounds memory for a whole register. */
const CHUNK = 8192;

/** Raw scores (the members' logits averaged) of the given rows. Higher means more likely a finding. */
export function scoreRows(tf: Tf, model: FittedModel, data: MatrixData, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length);
  const width = encodedWidth(model.encoder);
  const members = model.members.map((member) => toTensors(tf, member));
  for (let at = 0; at < rows.length; at += CHUNK) {
    const x = encode(model.encoder, data, rows.slice(at, at + CHUNK));
    for (const tensors of members)
      networkLogits(tf, FORWARD[model.family], tensors, x, width).forEach(
        (logit, i) => (out[at + i]! += logit / members.length),
      );
  }
  tf.dispose(members.flatMap((tensors) => Object.values(tensors)));
  return out;
}
