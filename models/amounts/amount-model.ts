import type { MatrixData, MatrixMeta } from '../../domain/schemas/matrix';
import { PROFILE_DEVIATION } from '../baselines/baselines';
import { fitRidge, leaveOneOut, mean, type RidgeFit } from './ridge';

/**
 * Expected upheld amount given a finding: the second part of a hurdle (two-part) model, whose first part is the
 * probability of a finding. Eighty findings a year allow little, so it is a ridge regression of the logarithm on what
 * practice looks at: size, deviation of the profile, rule hits, and provider group.
 */
export interface AmountModel {
  readonly format: 1;
  /** Columns in order; `log` means log(1 + x). Missing values are set to the center. */
  readonly inputs: readonly {
    readonly name: string;
    readonly log: boolean;
    readonly center: number;
    readonly scale: number;
  }[];
  readonly groups: readonly { readonly name: string; readonly center: number }[];
  /** One for each input, then one for each group. */
  readonly weights: readonly number[];
  readonly intercept: number;
  /** Ridge penalty with the lowest leave-one-out error; null where the mean alone did no worse. */
  readonly penalty: number | null;
  /** Mean of exp(leave-one-out residual): turns a median into a mean (Duan 1983). */
  readonly smearing: number;
  /** Lowest and highest amount of the training rows, in NOK: predictions are clipped to it. */
  readonly range: readonly [number, number];
  /** Share of the findings that had any upheld amount. */
  readonly share: number;
  /** Number of findings with an amount that it was fitted on. */
  readonly rows: number;
}

/** Findings with an amount that a fit needs. */
export const MIN_AMOUNTS = 15;
const PENALTIES = [1, 3, 10, 30, 100, 300];
/** A column with a smaller standard deviation is constant. */
const MIN_SCALE = 1e-9;

/** Columns that amounts are predicted from, of those that the matrix names and the model may use. */
const amountColumns = ({ baselines }: MatrixMeta, use: readonly string[]): string[] =>
  [baselines.size, baselines.ruleHits].filter((name): name is string => name !== undefined && use.includes(name));

/**
 * The same rows give the same document.
 * @param use feature columns that the model may use
 * @returns undefined where fewer than `MIN_AMOUNTS` findings have an amount
 */
export function fitAmountModel(
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
  const inputs = fitInputs(data, [...amountColumns(meta, use), PROFILE_DEVIATION], withAmount);
  const groups = fitGroups(data, withAmount);
  const x = withAmount.map((row) => designRow(data, row, inputs, groups));
  const { penalty, weights, residuals } = selectPenalty(x, y, intercept);
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

function fitInputs(data: MatrixData, names: readonly string[], rows: readonly number[]): AmountModel['inputs'] {
  return names.flatMap((name) => {
    const values = data.numeric.get(name);
    if (!values) return [];
    const log = name !== PROFILE_DEVIATION;
    const present = rows.map((row) => transform(values[row]!, log)).filter((value) => !Number.isNaN(value));
    const center = mean(present);
    const scale = Math.sqrt(mean(present.map((value) => (value - center) ** 2)));
    return present.length > 0 && scale > MIN_SCALE ? [{ name, log, center, scale }] : [];
  });
}

function fitGroups(data: MatrixData, rows: readonly number[]): AmountModel['groups'] {
  const names = [...new Set(rows.map((row) => data.group[row]!))].sort();
  return names.map((name) => ({ name, center: mean(rows.map((row) => Number(data.group[row] === name))) }));
}

/** The penalty with the lowest leave-one-out error; no inputs at all where none beats the mean. */
function selectPenalty(x: number[][], y: readonly number[], intercept: number): RidgeFit & { penalty: number | null } {
  const meanOnly = leaveOneOut(
    y,
    y.map(() => intercept),
    y.map(() => 1 / y.length),
  );
  let best: RidgeFit & { penalty: number | null } = { penalty: null, weights: x[0]!.map(() => 0), ...meanOnly };
  for (const penalty of x[0]!.length > 0 ? PENALTIES : []) {
    const fit = fitRidge(x, y, intercept, penalty);
    if (fit.error < best.error) best = { penalty, ...fit };
  }
  return best;
}

/** Expected upheld amount of each row, in NOK, given that a control case ends in a finding. */
export function expectedAmounts(model: AmountModel, data: MatrixData, rows: readonly number[]): number[] {
  const [lowest, highest] = model.range;
  return rows.map((row) => {
    const x = designRow(data, row, model.inputs, model.groups);
    const median = Math.exp(x.reduce((sum, value, j) => sum + value * model.weights[j]!, model.intercept));
    return model.share * Math.min(highest, Math.max(lowest, median * model.smearing));
  });
}

const transform = (value: number, log: boolean): number => (log ? Math.log1p(Math.max(0, value)) : value);

/** Standardized inputs and centered group indicators; of a group without training rows all indicators are 0. */
function designRow(
  data: MatrixData,
  row: number,
  inputs: AmountModel['inputs'],
  groups: AmountModel['groups'],
): number[] {
  const numbers = inputs.map(({ name, log, center, scale }) => {
    const value = transform(data.numeric.get(name)?.[row] ?? Number.NaN, log);
    return Number.isNaN(value) ? 0 : (value - center) / scale;
  });
  const group = data.group[row];
  const isKnown = groups.some(({ name }) => name === group);
  return [...numbers, ...groups.map(({ name, center }) => (isKnown ? Number(group === name) - center : 0))];
}
