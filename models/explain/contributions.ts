import type { MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import { modelFamily } from '../families';
import { type RowContributions, toTensors } from '../nn/network';
import { encode, encodedWidth, inputColumns } from '../preprocessing/encoder';
import type { FittedModel } from '../training/fitted-model';

/** What each feature adds to the score of one row, in logits, compared with the mean training row. */
export interface Contributions {
  readonly score: number;
  /** Score of the mean training row. */
  readonly base: number;
  readonly byFeature: ReadonlyMap<string, number>;
  /**
   * score - base - Σ contributions: rounding for linear and additive models, discretization of the path for networks.
   */
  readonly completenessError: number;
}

/**
 * Contributions of the features to the scores of the given rows: exact for linear and additive models, integrated
 * gradients for networks. Those of a feature's input columns are summed, and averaged over the members.
 */
export function contributions(tf: Tf, model: FittedModel, data: MatrixData, rows: readonly number[]): Contributions[] {
  const width = encodedWidth(model.encoder);
  const columns = inputColumns(model.encoder);
  const x = encode(model.encoder, data, rows);
  const baseline = Float32Array.from(model.attributionBaseline);
  if (baseline.length !== width)
    throw new RangeError(`the attribution baseline has ${baseline.length} inputs, the encoder makes ${width}`);
  const family = modelFamily(model.family);
  const members = model.members.map((member) => {
    const tensors = toTensors(tf, member);
    try {
      return family.explain(tf, tensors, x, baseline);
    } finally {
      tf.dispose(Object.values(tensors));
    }
  });
  return rows.map((_, row) => {
    const average = (valueOf: (member: RowContributions) => number) =>
      members.reduce((sum, member) => sum + valueOf(member), 0) / members.length;
    const byFeature = new Map<string, number>();
    columns.forEach(({ feature }, column) => {
      const contribution = average((member) => member.columns[row * width + column]!);
      byFeature.set(feature, (byFeature.get(feature) ?? 0) + contribution);
    });
    const score = average((member) => member.scores[row]!);
    const base = average((member) => member.base);
    const total = [...byFeature.values()].reduce((sum, value) => sum + value, 0);
    return { score, base, byFeature, completenessError: score - base - total };
  });
}
