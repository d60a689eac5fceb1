import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import { fitQuantiles, normalScores } from './quantile-transformer';

/**
 * How numbers become inputs. `quantile-normal`: the normal score of the value among the training quantiles.
 * `robust-soft-clip`: the distance from the median in interquartile ranges, softly clipped. `quantile+raw`: the normal
 * score, and for columns with many ties (counts) the soft-clipped distance too, which quantiles lose.
 */
export type NumericEncoding = 'quantile-normal' | 'robust-soft-clip' | 'quantile+raw';

interface NumericState {
  readonly name: string;
  readonly quantiles?: readonly number[];
  readonly median?: number;
  readonly scale?: number;
  /** True where some training rows lack the value: a flag column follows. */
  readonly missing: boolean;
}
interface CategoricalState {
  readonly name: string;
  readonly values: readonly string[];
}

/** Fitted state, from training rows only; plain JSON, part of the model version. */
export interface EncoderState {
  readonly numericEncoding: NumericEncoding;
  readonly numeric: readonly NumericState[];
  readonly categorical: readonly CategoricalState[];
}

/** One column of the design matrix: the feature it encodes, and how. */
export interface InputColumn {
  readonly feature: string;
  readonly kind: 'value' | 'distance' | 'missing' | 'category';
  /** The category of a category column. */
  readonly value?: string;
}

/** A category needs this many training rows for a one-hot column; rarer ones are encoded as zeros. */
const MIN_CATEGORY_ROWS = 10;

/** A column with a smaller share of distinct quantiles is taken for a count. */
const MIN_DISTINCT_SHARE = 0.5;

const hasBoth = (column: NumericState) => column.quantiles !== undefined && column.median !== undefined;

/** The columns of the design matrix, in order. */
export const inputColumns = (state: EncoderState): InputColumn[] => [
  ...state.numeric.flatMap((column): InputColumn[] => [
    { feature: column.name, kind: 'value' },
    ...(hasBoth(column) ? [{ feature: column.name, kind: 'distance' } as const] : []),
    ...(column.missing ? [{ feature: column.name, kind: 'missing' } as const] : []),
  ]),
  ...state.categorical.flatMap(({ name, values }) =>
    values.map((value): InputColumn => ({ feature: name, kind: 'category', value })),
  ),
];

export const encodedWidth = (state: EncoderState): number => inputColumns(state).length;

/** Fits on the given rows only; constant columns are left out. */
export function fitEncoder(
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
  numericEncoding: NumericEncoding,
): EncoderState {
  const numeric: NumericState[] = [];
  const categorical: CategoricalState[] = [];
  for (const { name, kind } of columns) {
    if (kind === 'numeric') {
      const all = data.numeric.get(name)!;
      const present = presentValues(all, rows);
      const quantiles = fitQuantiles(present);
      if (quantiles.length === 0 || quantiles[0] === quantiles.at(-1)) continue;
      numeric.push({ name, ...numericState(numericEncoding, quantiles), missing: present.length < rows.length });
    } else {
      const counts = new Map<string, number>();
      for (const row of rows) {
        const value = data.categorical.get(name)![row]!;
        counts.set(value, (counts.get(value) ?? 0) + 1);
      }
      const values = [...counts]
        .filter(([, count]) => count >= MIN_CATEGORY_ROWS)
        .map(([value]) => value)
        .sort();
      if (values.length > 1) categorical.push({ name, values });
    }
  }
  return { numericEncoding, numeric, categorical };
}

/** Values of the rows, without the missing ones. */
function presentValues(values: Float64Array, rows: readonly number[]): Float64Array {
  const present = new Float64Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) present[n++] = value;
  }
  return present.subarray(0, n);
}

function numericState(encoding: NumericEncoding, quantiles: readonly number[]): Omit<NumericState, 'name' | 'missing'> {
  if (encoding === 'robust-soft-clip') return robustScale(quantiles);
  const isCount = encoding === 'quantile+raw' && new Set(quantiles).size < MIN_DISTINCT_SHARE * quantiles.length;
  return isCount ? { quantiles, ...robustScale(quantiles) } : { quantiles };
}

/** Median and interquartile range; half the whole range where the latter is 0. */
function robustScale(quantiles: readonly number[]): { median: number; scale: number } {
  const at = (p: number) => quantiles[Math.round(p * (quantiles.length - 1))]!;
  const spread = at(0.75) - at(0.25) || (at(1) - at(0)) / 2;
  return { median: at(0.5), scale: spread };
}

/** (x - median) / scale, softly clipped: outliers approach ±3 (RealMLP, Holzmüller et al. 2024). */
function softClip(value: number, median: number, scale: number): number {
  const x = (value - median) / scale;
  return x / Math.sqrt(1 + (x / 3) ** 2);
}

/** Rows written together, column by column: so many that cells and lookup tables stay in the CPU cache. */
const BLOCK = 2048;

/** Writes one feature of the rows from `begin` to `end`. */
type Writer = (begin: number, end: number) => void;

/** @returns the design matrix row by row, rows × encodedWidth, float32 */
export function encode(state: EncoderState, data: MatrixData, rows: readonly number[]): Float32Array {
  const width = encodedWidth(state);
  const out = new Float32Array(rows.length * width);
  const writers: Writer[] = [];
  let at = 0;
  for (const { name, quantiles, median, scale, missing } of state.numeric) {
    const values = data.numeric.get(name)!;
    const encodings = [
      ...(quantiles ? [normalScoresOf(quantiles)] : []),
      ...(median === undefined ? [] : [(value: number) => softClip(value, median, scale!)]),
    ];
    const [first, flag] = [at, at + encodings.length];
    at = missing ? flag + 1 : flag;
    writers.push((begin, end) => {
      for (let i = begin; i < end; i++) {
        const value = values[rows[i]!]!;
        if (!Number.isNaN(value))
          for (let f = 0; f < encodings.length; f++) out[i * width + first + f] = encodings[f]!(value);
        else if (missing) out[i * width + flag] = 1; // the value itself stays 0
      }
    });
  }
  for (const { name, values: known } of state.categorical) {
    const values = data.categorical.get(name)!;
    const columns = new Map(known.map((value, i) => [value, at + i]));
    at += known.length;
    writers.push((begin, end) => {
      for (let i = begin; i < end; i++) {
        const column = columns.get(values[rows[i]!]!);
        if (column !== undefined) out[i * width + column] = 1;
      }
    });
  }
  for (let begin = 0; begin < rows.length; begin += BLOCK)
    for (const write of writers) write(begin, Math.min(rows.length, begin + BLOCK));
  return out;
}

/** Lookup tables are built once for each fitted column: a model is often asked for one provider at a time. */
const lookups = new WeakMap<readonly number[], (value: number) => number>();
function normalScoresOf(quantiles: readonly number[]): (value: number) => number {
  const lookup = lookups.get(quantiles) ?? normalScores(quantiles);
  lookups.set(quantiles, lookup);
  return lookup;
}
