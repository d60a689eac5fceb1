import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import { fitQuantiles, toNormal } from './quantile-normal';

/** How numbers become inputs: place among training quantiles, or distance from the median in smooth robust units. */
export type NumericForm = 'quantile-normal' | 'smooth-robust';

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

/** A category needs this many training rows for a column of its own; rarer ones share none (all zero). */
const MIN_CATEGORY_ROWS = 10;
const MISSING_INPUT = 0;

export const encodedWidth = (state: EncoderState): number =>
  state.numeric.reduce((sum, c) => sum + (c.missing ? 2 : 1), 0) + state.categorical.reduce((sum, c) => sum + c.values.length, 0);

/** Fits on the given rows and nothing else; constant columns are left out. */
export function fitEncoder(data: MatrixData, columns: readonly MatrixColumn[], rows: readonly number[], form: NumericForm): EncoderState {
  const numeric: NumericState[] = [];
  const categorical: CategoricalState[] = [];
  for (const { name, kind } of columns) {
    if (kind === 'numeric') {
      const values = Float64Array.from(rows, (row) => data.numeric.get(name)![row]!);
      const quantiles = fitQuantiles(values);
      if (quantiles.length === 0 || quantiles[0] === quantiles.at(-1)) continue;
      const missing = values.some(Number.isNaN);
      numeric.push(form === 'quantile-normal' ? { name, quantiles, missing } : { name, ...robust(quantiles), missing });
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

/** Row-major design matrix, rows × encodedWidth, float32. */
export function encode(state: EncoderState, data: MatrixData, rows: readonly number[]): Float32Array {
  const width = encodedWidth(state);
  const out = new Float32Array(rows.length * width);
  let at = 0;
  for (const column of state.numeric) {
    const values = data.numeric.get(column.name)!;
    rows.forEach((row, i) => {
      const value = values[row]!;
      const absent = Number.isNaN(value);
      out[i * width + at] = absent
        ? MISSING_INPUT
        : column.quantiles
          ? toNormal(value, column.quantiles)
          : smooth(value, column.median!, column.scale!);
      if (column.missing) out[i * width + at + 1] = absent ? 1 : 0;
    });
    at += column.missing ? 2 : 1;
  }
  for (const column of state.categorical) {
    const values = data.categorical.get(column.name)!;
    rows.forEach((row, i) => {
      const index = column.values.indexOf(values[row]!);
      if (index >= 0) out[i * width + at + index] = 1;
    });
    at += column.values.length;
  }
  return out;
}
