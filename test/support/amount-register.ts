import { Rng } from '../../domain/rng';
import type { MatrixData, MatrixMeta } from '../../domain/schemas/matrix';

export const META: MatrixMeta = {
  columns: [],
  baselines: { size: 'size', ruleHits: 'hits' },
  rows: 0,
  labeled: 0,
  positives: 0,
};
export const USE = ['size', 'hits'];

/** Providers with amounts proportional to size^exponent, times noise; every third is without a finding. */
export function register(n: number, exponent: number, noise: number, seed = 'amounts'): MatrixData {
  const rng = new Rng(seed);
  const ids = Array.from({ length: n }, (_, i) => `C${String(i).padStart(5, '0')}`);
  const size = Float64Array.from(ids, () => Math.exp(12 + rng.normal()));
  const label = Float64Array.from(ids, (_, i) => (i % 3 === 0 ? 0 : 1));
  const amountNok = ids.map((_, i) =>
    Math.exp(exponent * Math.log(size[i]!) + (1 - exponent) * 12 - 2 + noise * rng.normal()),
  );
  return {
    n,
    rowId: ids,
    entity: ids,
    asOf: ids.map(() => '2024-01-01'),
    group: ids.map((_, i) => (i % 2 ? 'LE' : 'FT')),
    label,
    labelKnownOn: ids.map(() => '2024-06-01'),
    amountOre: Float64Array.from(ids, (_, i) => (label[i] === 1 ? Math.round(amountNok[i]! * 100) : 0)),
    numeric: new Map([
      ['size', size],
      ['hits', Float64Array.from(ids, () => rng.below(5))],
    ]),
    categorical: new Map(),
  };
}

export const rows = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);
export const upheldNok = (data: MatrixData, row: number) => data.amountOre[row]! / 100;
export const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
