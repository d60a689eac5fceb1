import type { DenseRows } from '../../nn/network';
import type { InputColumn } from '../../preprocessing/encoder';

/** Columns whose pairs are screened, strongest main effect first: 16 give 120 pairs. */
const SCREENED_COLUMNS = 16;
/** Quantile bins of each column in the screening. */
const BINS = 4;

/**
 * Pairs of value columns that get an interaction term: those whose table of 4 × 4 cells explains most of what the
 * curves leave in the residuals, beyond what its rows and columns explain (the idea of FAST, Lou et al. 2013). Ties are
 * in the order of the columns.
 * @param logits of the curves alone, one for each training row
 * @returns at most `count` pairs of input columns, strongest first
 */
export function selectPairs(
  train: DenseRows,
  inputs: readonly InputColumn[],
  logits: ArrayLike<number>,
  count: number,
): [number, number][] {
  if (count === 0) return [];
  const residuals = Float64Array.from(train.y, (y, row) => y - 1 / (1 + Math.exp(-logits[row]!)));
  const mean = train.y.reduce((sum, value) => sum + value, 0) / train.y.length;
  const outcomes = Float64Array.from(train.y, (y) => y - mean);
  const screened = inputs
    .flatMap(({ kind }, column) => (kind === 'value' ? [{ column, bins: binsOf(train, column) }] : []))
    .map((entry) => ({ ...entry, mainEffect: explainedVariance(entry.bins, BINS, outcomes) }))
    .sort((a, b) => b.mainEffect - a.mainEffect || a.column - b.column)
    .slice(0, SCREENED_COLUMNS);
  const pairs: { pair: [number, number]; gain: number }[] = [];
  screened.forEach((a, i) => {
    for (const b of screened.slice(i + 1)) {
      const cells = a.bins.map((bin, row) => bin * BINS + b.bins[row]!);
      const gain =
        explainedVariance(cells, BINS * BINS, residuals) -
        explainedVariance(a.bins, BINS, residuals) -
        explainedVariance(b.bins, BINS, residuals);
      pairs.push({ pair: a.column < b.column ? [a.column, b.column] : [b.column, a.column], gain });
    }
  });
  return pairs
    .sort((a, b) => b.gain - a.gain || a.pair[0] - b.pair[0] || a.pair[1] - b.pair[1])
    .slice(0, count)
    .map(({ pair }) => pair);
}

/** Quantile bin of each row in one column. */
function binsOf(train: DenseRows, column: number): Uint8Array {
  const values = Float32Array.from(train.y, (_, row) => train.x[row * train.width + column]!);
  const sorted = values.slice().sort();
  const edges = Array.from({ length: BINS - 1 }, (_, i) => sorted[Math.floor(((i + 1) / BINS) * sorted.length)]!);
  return Uint8Array.from(values, (value) => edges.filter((edge) => value >= edge).length);
}

/** Sum over cells of (sum of deviations)² / rows. */
function explainedVariance(cells: Uint8Array, count: number, deviations: Float64Array): number {
  const sums = new Float64Array(count);
  const rows = new Float64Array(count);
  cells.forEach((cell, row) => {
    sums[cell]! += deviations[row]!;
    rows[cell]!++;
  });
  return sums.reduce((total, sum, cell) => total + (rows[cell]! > 0 ? sum ** 2 / rows[cell]! : 0), 0);
}
