import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import { fitQuantiles, normalScores } from './quantile-transformer';

/**
 * How numbers become inputs: place among training quantiles, distance from the median in smooth robust units, or
 * `counts-both`: quantiles, and for columns of many equal values (counts) the distance too, which quantiles lose.
 */
export type NumericForm = 'quantile-normal' | 'smooth-robust' | 'counts-both';

interface NumericState {
  readonly name: string;
  readonly quantiles?: readonly number[];
  readonly median?: number;
  readonly scale?: number;
  /** True when training rows lacked this value: a flag column follows. */
  readonly missing: boolean;
}
interface CategoricalState {
  readonly name: string;
  readonly values: readonly string[];
}

/** What fitting learnt from training rows only; plain JSON, part of the model version. */
export interface EncoderState {
  readonly form: NumericForm;
  readonly numeric: readonly NumericState[];
  readonly categorical: readonly CategoricalState[];
}

/** One column of the design matrix: which feature it speaks of, and how. */
export interface InputColumn {
  readonly feature: string;
  readonly kind: 'value' | 'distance' | 'missing' | 'category';
  /** The category of a category column. */
  readonly value?: string;
}

/** A category needs this many training rows for a column of its own; rarer ones share none (all zero). */
const MIN_CATEGORY_ROWS = 10;

/** Below this share of distinct quantiles a column counts as one of counts. */
const DISTINCT_SHARE = 0.5;

const isBoth = (column: NumericState) => column.quantiles !== undefined && column.median !== undefined;

/** What each column of the design matrix is, in order. */
export const inputColumns = (state: EncoderState): InputColumn[] => [
  ...state.numeric.flatMap((column): InputColumn[] => [
    { feature: column.name, kind: 'value' },
    ...(isBoth(column) ? [{ feature: column.name, kind: 'distance' } as const] : []),
    ...(column.missing ? [{ feature: column.name, kind: 'missing' } as const] : []),
  ]),
  ...state.categorical.flatMap(({ name, values }) =>
    values.map((value): InputColumn => ({ feature: name, kind: 'category', value })),
  ),
];

export const encodedWidth = (state: EncoderState): number => inputColumns(state).length;

/** Fits on the given rows and nothing else; constant columns are left out. */
export function fitEncoder(
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
  form: NumericForm,
): EncoderState {
  const numeric: NumericState[] = [];
  const categorical: CategoricalState[] = [];
  for (const { name, kind } of columns) {
    if (kind === 'numeric') {
      const all = data.numeric.get(name)!;
      const present = presentOf(all, rows);
      const quantiles = fitQuantiles(present);
      if (quantiles.length === 0 || quantiles[0] === quantiles.at(-1)) continue;
      numeric.push({ name, ...numericState(form, quantiles), missing: present.length < rows.length });
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
  return { form, numeric, categorical };
}

/** Values of the rows that have one. */
function presentOf(values: Float64Array, rows: readonly number[]): Float64Array {
  const present = new Float64Array(rows.length);
  let n = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isNaN(value)) present[n++] = value;
  }
  return present.subarray(0, n);
}

function numericState(form: NumericForm, quantiles: readonly number[]): Omit<NumericState, 'name' | 'missing'> {
  if (form === 'smooth-robust') return robust(quantiles);
  const counts = form === 'counts-both' && new Set(quantiles).size < DISTINCT_SHARE * quantiles.length;
  return counts ? { quantiles, ...robust(quantiles) } : { quantiles };
}

function robust(quantiles: readonly number[]): { median: number; scale: number } {
  const at = (p: number) => quantiles[Math.round(p * (quantiles.length - 1))]!;
  const spread = at(0.75) - at(0.25) || (at(1) - at(0)) / 2;
  return { median: at(0.5), scale: spread };
}

/** (x - median) / IQR, bent so that far outliers stay within a few units (RealMLP's smooth clipping at 3). */
function smooth(value: number, median: number, scale: number): number {
  const x = (value - median) / scale;
  return x / Math.sqrt(1 + (x / 3) ** 2);
}

/** Rows written together, column after column: of so many both the cells and the tables stay near the processor. */
const BLOCK = 2048;

/** Writes one input of the rows from `begin` to `end`. */
type Writer = (begin: number, end: number) => void;

/** Row-major design matrix, rows × encodedWidth, float32. */
export function encode(state: EncoderState, data: MatrixData, rows: readonly number[]): Float32Array {
  const width = encodedWidth(state);
  const out = new Float32Array(rows.length * width);
  const writers: Writer[] = [];
  let at = 0;
  for (const { name, quantiles, median, scale, missing } of state.numeric) {
    const values = data.numeric.get(name)!;
    const forms = [
      ...(quantiles ? [scoresOf(quantiles)] : []),
      ...(median === undefined ? [] : [(value: number) => smooth(value, median, scale!)]),
    ];
    const [first, flag] = [at, at + forms.length];
    at = missing ? flag + 1 : flag;
    writers.push((begin, end) => {
      for (let i = begin; i < end; i++) {
        const value = values[rows[i]!]!;
        if (!Number.isNaN(value)) for (let f = 0; f < forms.length; f++) out[i * width + first + f] = forms[f]!(value);
        else if (missing) out[i * width + flag] = 1; // and nought for the value itself
      }
    });
  }
  for (const { name, values: known } of state.categorical) {
    const values = data.categorical.get(name)!;
    const places = new Map(known.map((value, i) => [value, at + i]));
    at += known.length;
    writers.push((begin, end) => {
      for (let i = begin; i < end; i++) {
        const column = places.get(values[rows[i]!]!);
        if (column !== undefined) out[i * width + column] = 1;
      }
    });
  }
  for (let begin = 0; begin < rows.length; begin += BLOCK)
    for (const write of writers) write(begin, Math.min(rows.length, begin + BLOCK));
  return out;
}

/** By the quantiles that they were made for: a model explains one provider at a time, and its tables are made once. */
const scores = new WeakMap<readonly number[], (value: number) => number>();
function scoresOf(quantiles: readonly number[]): (value: number) => number {
  const known = scores.get(quantiles) ?? normalScores(quantiles);
  scores.set(quantiles, known);
  return known;
}
