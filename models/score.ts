import type { MatrixData } from '../domain/schemas/matrix';
import { logisticLogits } from './architectures/logistic';
import { mlpLogits } from './architectures/mlp';
import type { Tf } from './backend';
import { encode, encodedWidth } from './preprocessing/encoder';
import type { FittedModel } from './fit';

/** Rows encoded and multiplied at once: bounds memory for a whole register. */
const CHUNK = 8192;

/** Raw scores (logits; a network's members averaged) of the given rows. Higher means more likely a finding. */
export function scoreRows(tf: Tf, model: FittedModel, data: MatrixData, rows: readonly number[]): Float64Array {
  const out = new Float64Array(rows.length);
  const width = encodedWidth(model.encoder);
  for (let at = 0; at < rows.length; at += CHUNK) {
    const part = rows.slice(at, at + CHUNK);
    const x = encode(model.encoder, data, part);
    if (model.family === 'logistic') {
      out.set(logisticLogits(tf, model.weights, x, width), at);
    } else {
      for (const member of model.members)
        mlpLogits(tf, member, x, width).forEach((logit, i) => (out[at + i]! += logit / model.members.length));
    }
  }
  return out;
}
