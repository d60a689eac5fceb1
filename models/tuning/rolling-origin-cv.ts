import { UtplukkError } from '../../domain/errors';
import type { FamilySpec } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../backend';
import { fitParts, type PopulationInputs, inKnownTime, isEnough, attachPopulation } from '../training/fit';
import { logLossOfLogits } from '../nn/loss';
import { averagePrecisionOf } from '../metrics/ranking-metrics';
import { scoreRows } from '../scoring';

/** How one setting did on rows that it was not fitted on, all of them known before any test part. */
export interface TrialResult {
  /** Mean log loss over the validation rows, and over never controlled providers beside them: what trials are compared by. */
  readonly validationLoss: number;
  /** Of controlled rows alone, as the next two. */
  readonly averagePrecision: number;
  readonly rows: number;
  readonly findings: number;
  /** Never controlled providers that validated beside them, where the experiment asks for some. */
  readonly unlabeledRows?: number;
  /** What each fit chose for itself (penalty, epochs), a part each. */
  readonly chosen: readonly Readonly<Record<string, unknown>>[];
}

/** Each part begins where the rows before it end: 55 to 70, 70 to 85 and 85 to 100 % in known time. */
const CUTS = [0.55, 0.7, 0.85, 1];

/**
 * Fits a setting on what was known first and judges it on what came next, three times over. One network a fit: members are
 * averaged in the folds, where it counts.
 * @param given of everybody, as the fits of the experiment are given it: of a day before any test part begins
 * @throws UtplukkError NoLabels when no part has enough to learn from before it
 */
export function runTrial(
  tf: Tf,
  spec: FamilySpec,
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
  seed: number,
  given?: PopulationInputs,
): TrialResult {
  const one: FamilySpec = spec.family === 'logistic' ? spec : { ...spec, members: 1 };
  const order = inKnownTime(data, rows);
  const at = (share: number) => order.slice(0, Math.round(order.length * share));
  const judged: {
    rows: readonly number[];
    scores: Float64Array;
    others: Float64Array;
    chosen: Readonly<Record<string, unknown>>;
  }[] = [];
  CUTS.slice(1).forEach((until, i) => {
    const inner = at(CUTS[i]!);
    const validation = order.slice(inner.length, at(until).length);
    if (!isEnough(data, inner) || validation.length === 0) return;
    const { data: joined, parts } = attachPopulation(one, data, { inner, validation }, seed, given);
    const { model } = fitParts(tf, one, joined, columns, parts, seed);
    const scored = (part: readonly number[]) => scoreRows(tf, model, joined, part);
    judged.push({
      rows: validation,
      scores: scored(validation),
      others: scored(parts.beside?.validation ?? []),
      chosen: model.chosen,
    });
  });
  if (judged.length === 0)
    throw new UtplukkError(
      'NoLabels',
      `${rows.length} rows are too few to search settings on: no part of them has enough known outcomes before it`,
      'Leave `search` out of the experiment, or start the first test part later.',
    );
  const validation = judged.flatMap((part) => part.rows);
  const labels = Float64Array.from(validation, (row) => data.label[row]!);
  const scores = Float64Array.from(judged.flatMap((part) => [...part.scores]));
  const others = judged.flatMap((part) => [...part.others]);
  const loss = logLossOfLogits([...scores, ...others], [...labels, ...others.map(() => 0)]);
  return {
    validationLoss: Number.isFinite(loss) ? loss : Number.MAX_VALUE,
    averagePrecision: averagePrecisionOf(
      {
        scores,
        labels,
        entities: validation.map((row) => data.entity[row]!),
        rowIds: validation.map((row) => data.rowId[row]!),
      },
      seed,
    ),
    rows: validation.length,
    findings: labels.reduce((sum, label) => sum + label, 0),
    ...(given?.settings ? { unlabeledRows: others.length } : {}),
    chosen: judged.map((part) => part.chosen),
  };
}
