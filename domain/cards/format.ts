import { type EvaluationRow, hasValue, noValueText } from '../schemas/evaluation';

interface Interval {
  readonly lo: number;
  readonly hi: number;
}
type Value = Interval & { readonly value: number };

/** Such as `0.500 [0.400, 0.600]`. */
export const estimateText = ({ value, lo, hi }: Value): string =>
  `${value.toFixed(3)} [${lo.toFixed(3)}, ${hi.toFixed(3)}]`;

/** A row's figure, or why it has none. */
export const rowText = (row: EvaluationRow, text: (value: Value) => string = estimateText): string =>
  hasValue(row) ? text(row) : noValueText(row, 'en');

/** Whole kroner. */
export const amountText = ({ value, lo, hi }: Value): string =>
  `${Math.round(value)} [${Math.round(lo)}, ${Math.round(hi)}]`;

/** Bounds without a value: they say nothing about what lies between. */
export const boundsText = ({ lo, hi }: Interval): string => `${lo.toFixed(3)} to ${hi.toFixed(3)}`;

/** Such as `precision @50`. */
export const metricText = (metric: string, k: number): string => (k > 0 ? `${metric} @${k}` : metric);
