import { Rng } from '../../domain/rng';
import type { MatrixData } from '../../domain/schemas/matrix';

/** n rows: two numeric features, the second with missing values, and one category. The first determines the label. */
export function learnableMatrix(n: number, seed = 1): MatrixData {
  const rng = new Rng(seed, 'world');
  const x = Float64Array.from({ length: n }, () => rng.normal());
  const z = Float64Array.from({ length: n }, (_, i) => (i % 7 === 0 ? Number.NaN : rng.normal()));
  const label = Float64Array.from(x, (value) => (rng.chance(1 / (1 + Math.exp(-2 * value))) ? 1 : 0));
  const ids = Array.from({ length: n }, (_, i) => `r${String(i).padStart(5, '0')}`);
  const days = ids.map((_, i) => `2023-${String(1 + Math.floor((i * 12) / n)).padStart(2, '0')}-15`);
  return {
    n,
    rowId: ids,
    entity: ids,
    asOf: days,
    group: ids.map(() => 'g'),
    label,
    labelKnownOn: days,
    amountOre: new Float64Array(n),
    numeric: new Map([
      ['x', x],
      ['z', z],
    ]),
    categorical: new Map([['c', ids.map((_, i) => 'ab'[i % 2]!)]]),
  };
}
export const columns = [
  { name: 'x', kind: 'numeric', role: 'feature' },
  { name: 'z', kind: 'numeric', role: 'feature' },
  { name: 'c', kind: 'categorical', role: 'feature' },
] as const;
export const rows = (n: number) => Array.from({ length: n }, (_, i) => i);
