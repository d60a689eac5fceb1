import { inverse, Matrix } from 'ml-matrix';
import type { MatrixData, MatrixMeta } from '../../domain/schemas/matrix';
import { PROFILE_DEVIATION } from '../baselines/baselines';

/**
 * Kroner upheld where a control finds something: the second half of a hurdle, beside the probability of a finding. With
 * eighty outcomes a year it can learn little, so it is a ridge on the logarithm over what practice looks at: how large the
 * provider is, how far its profile deviates, its rule hits, and its provider group.
 */
export interface AmountModel {
  readonly format: 1;
  /** Columns as they enter, in order; `log` is log(1 + x). Missing ones stand at the centre. */
  readonly inputs: readonly {
    readonly name: string;
    readonly log: boolean;
    readonly centre: number;
    readonly scale: number;
  }[];
  readonly groups: readonly { readonly name: string; readonly centre: number }[];
  /** One an input, then one a group. */
  readonly weights: readonly number[];
  readonly intercept: number;
  /** Ridge penalty that leaving one out chose; null where the mean alone did no worse. */
  readonly penalty: number | null;
  /** Mean of exp(residual), left out one at a time: what turns a median back into a mean (Duan 1983). */
  readonly smearing: number;
  /** Least and greatest kroner that training saw: no prediction leaves them. */
  readonly range: readonly [number, number];
  /** Share of the findings that had any kroner. */
  readonly share: number;
  /** Findings with kroner that it was fitted on. */
  readonly rows: number;
}

/** Fewer say nothing about amounts. */
export const MIN_AMOUNTS = 15;
const PENALTIES = [1, 3, 10, 30, 100, 300];

/** Columns that the amounts rest on, of those that a matrix file names and the model may use. */
const amountColumns = ({ baselines }: MatrixMeta, use: readonly string[]): string[] =>
  [baselines.size, baselines.ruleHits].filter((name): name is string => name !== undefined && use.includes(name));

/** Undefined where too few findings have an amount. The same rows give the same document. */
export function fitAmounts(
  data: MatrixData,
  meta: MatrixMeta,
  use: readonly string[],
  rows: readonly number[],
): AmountModel | undefined {
  const findings = rows.filter((row) => data.label[row] === 1);
  const withAmount = findings
    .filter((row) => data.amountOre[row]! > 0)
    .sort((a, b) => (data.rowId[a]! < data.rowId[b]! ? -1 : 1));
  if (withAmount.length < MIN_AMOUNTS) return undefined;
  const amountNok = withAmount.map((row) => data.amountOre[row]! / 100);
  const y = amountNok.map(Math.log);
  const intercept = mean(y);
  const inputs = [...amountColumns(meta, use), PROFILE_DEVIATION].flatMap((name) => {
    const values = data.numeric.get(name);
    if (!values) return [];
    const log = name !== PROFILE_DEVIATION;
    const known = withAmount.map((row) => entered(values[row]!, log)).filter((value) => !Number.isNaN(value));
    const centre = mean(known);
    const scale = Math.sqrt(mean(known.map((value) => (value - centre) ** 2)));
    return known.length > 0 && scale > 1e-9 ? [{ name, log, centre, scale }] : [];
  });
  const names = [...new Set(withAmount.map((row) => data.group[row]!))].sort();
  const groups = names.map((name) => ({
    name,
    centre: mean(withAmount.map((row) => Number(data.group[row] === name))),
  }));
  const x = withAmount.map((row) => inputsOf(data, row, inputs, groups));
  const alone = leftOut(
    y,
    y.map(() => intercept),
    y.map(() => 1 / y.length),
  );
  let best: { penalty: number | null; weights: readonly number[]; residuals: readonly number[]; error: number } = {
    penalty: null,
    weights: x[0]!.map(() => 0),
    ...alone,
  };
  for (const penalty of x[0]!.length > 0 ? PENALTIES : []) {
    const { weights, fitted, leverage } = ridge(x, y, intercept, penalty);
    const found = leftOut(y, fitted, leverage);
    if (found.error < best.error) best = { penalty, weights, ...found };
  }
  const { penalty, weights, residuals } = best;
  return {
    format: 1,
    inputs,
    groups,
    weights,
    intercept,
    penalty,
    smearing: mean(residuals.map(Math.exp)),
    range: [Math.min(...amountNok), Math.max(...amountNok)],
    share: withAmount.length / findings.length,
    rows: withAmount.length,
  };
}

/** Expected kroner of each row, given that a control finds something. */
export function amountsOf(model: AmountModel, data: MatrixData, rows: readonly number[]): number[] {
  const [least, most] = model.range;
  return rows.map((row) => {
    const x = inputsOf(data, row, model.inputs, model.groups);
    const median = Math.exp(x.reduce((sum, value, j) => sum + value * model.weights[j]!, model.intercept));
    return model.share * Math.min(most, Math.max(least, median * model.smearing));
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const entered = (value: number, log: boolean): number => (log ? Math.log1p(Math.max(0, value)) : value);

function inputsOf(
  data: MatrixData,
  row: number,
  inputs: AmountModel['inputs'],
  groups: AmountModel['groups'],
): number[] {
  const numbers = inputs.map(({ name, log, centre, scale }) => {
    const value = entered(data.numeric.get(name)?.[row] ?? Number.NaN, log);
    return Number.isNaN(value) ? 0 : (value - centre) / scale;
  });
  const known = groups.some(({ name }) => name === data.group[row]);
  return [...numbers, ...groups.map(({ name, centre }) => (known ? Number(data.group[row] === name) - centre : 0))];
}

/** Ridge with the mean left free: columns are centred, so the intercept is the mean of y. */
function ridge(x: number[][], y: readonly number[], intercept: number, penalty: number) {
  const X = new Matrix(x);
  const Xt = X.transpose();
  const gram = inverse(Xt.mmul(X).add(Matrix.eye(X.columns).mul(penalty)));
  const toWeights = gram.mmul(Xt);
  const weights = toWeights.mmul(Matrix.columnVector(y.map((value) => value - intercept))).to1DArray();
  const fitted = x.map((row) => row.reduce((sum, value, j) => sum + value * weights[j]!, intercept));
  const leverage = x.map(
    (row, i) => 1 / x.length + row.reduce((sum, value, j) => sum + value * toWeights.get(j, i), 0),
  );
  return { weights, fitted, leverage };
}

/** Residuals as if each row had been left out of the fit (exact for a linear smoother). */
function leftOut(y: readonly number[], fitted: readonly number[], leverage: readonly number[]) {
  const residuals = y.map((value, i) => (value - fitted[i]!) / (1 - leverage[i]!));
  return { residuals, error: mean(residuals.map((value) => value ** 2)) };
}
