import { createHash } from 'node:crypto';
import type { MatrixData, MatrixMeta } from '../../domain/schemas/matrix';

/** Number in [0, 1) from a seed and a row: a random order that anyone can redo and that storage cannot change. */
export const seededUniform = (seed: number, key: string): number =>
  createHash('sha256').update(`${seed}\u0000${key}`).digest().readUInt32BE() / 2 ** 32;

/** Scores of the baselines that every model must be shown beside. A source without a size or rule column has none. */
export function baselineScores(data: MatrixData, meta: MatrixMeta, rows: readonly number[], seed: number): Map<string, Float64Array> {
  const scores = new Map<string, Float64Array>([['random', Float64Array.from(rows, (row) => seededUniform(seed, data.rowId[row]!))]]);
  const column = (name: string, feature: string | undefined) => {
    const values = feature === undefined ? undefined : data.numeric.get(feature);
    if (values)
      scores.set(
        name,
        Float64Array.from(rows, (row) => (Number.isNaN(values[row]!) ? -Infinity : values[row]!)),
      );
  };
  column('size', meta.baselines.size);
  column('rule-hits', meta.baselines.ruleHits);
  return scores;
}
