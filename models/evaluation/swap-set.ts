import type { Platt } from '../../domain/schemas/calibration';
import type { Estimate, SwapEstimate } from '../../domain/schemas/evaluation';
import { percentileInterval, rankOrder } from '../metrics/ranking-metrics';
import type { PopulationCalibrator } from './population-calibrator';
import type { LabeledCase, PopulationPart, PopulationRanking } from './population-ranking';

/** One in so many of the labeled cases is replaced. */
const REPLACED_ONE_IN = 10;

/** Means over the replaced cases (or their replacements), for one bootstrap sample. */
interface SwapMeans {
  readonly findings: number;
  readonly amountNok: number;
  readonly gain: number;
  readonly gainNok: number;
}

/**
 * Swap-set analysis: the tenth of the past cases with the lowest scores is replaced by the highest-scoring unlabeled
 * providers of the same test part. Their findings are predicted by the calibrated score, their amounts by the mean
 * amount of a finding.
 */
export function swapSetAnalysis(
  parts: readonly PopulationPart[],
  { family, scores }: PopulationRanking,
  orders: readonly (readonly number[])[],
  calibrator: PopulationCalibrator,
): SwapEstimate {
  const { cases } = calibrator;
  const replaced = lowestScored(cases);
  const replacements = parts.flatMap((part, p) => {
    const count = replaced.filter((row) => cases[row]!.fold === part.fold).length;
    return orders[p]!.filter((row) => !part.cases.has(part.entities[row]!))
      .slice(0, count)
      .map((row) => scores[p]![row]!);
  });
  const means = (platt?: Platt, weights?: ArrayLike<number>) =>
    swapMeans(calibrator, replaced, replacements, platt, weights);
  const point = means();
  // A bootstrap sample without any of the replaced cases says nothing about them.
  const draws = calibrator.draws
    .filter(({ weights }) => replaced.some((row) => weights[row]! > 0))
    .map(({ platt, weights }) => means(platt, weights));
  const estimate = (key: keyof SwapMeans, n: number): Estimate => ({
    value: point[key],
    ...percentileInterval(
      draws.map((draw) => draw[key]),
      point[key],
    ),
    n,
  });
  const hasAmounts = cases.some(({ amountNok }) => amountNok !== undefined);
  return {
    family,
    replaced: replaced.length,
    observed: {
      findings: estimate('findings', replaced.length),
      amountNok: hasAmounts ? estimate('amountNok', replaced.length) : null,
    },
    gain: {
      findings: estimate('gain', replacements.length),
      amountNok: hasAmounts ? estimate('gainNok', replacements.length) : null,
    },
    bounds: { lo: -point.findings, hi: 1 - point.findings },
  };
}

function lowestScored(cases: readonly LabeledCase[]): number[] {
  const count = Math.max(1, Math.round(cases.length / REPLACED_ONE_IN));
  const rowIds = cases.map(({ fold, entity }, i) => `${fold} ${entity} ${i}`);
  return rankOrder({ scores: cases.map(({ score }) => -score), rowIds }, 0).slice(0, count);
}

function swapMeans(
  calibrator: PopulationCalibrator,
  replaced: readonly number[],
  replacements: readonly number[],
  platt: Platt | undefined,
  weights: ArrayLike<number> | undefined,
): SwapMeans {
  const { cases } = calibrator;
  const weightOf = (row: number) => weights?.[row] ?? 1;
  const mean = (rows: readonly number[], valueOf: (row: LabeledCase) => number) => {
    const total = rows.reduce((sum, row) => sum + weightOf(row), 0);
    return rows.reduce((sum, row) => sum + weightOf(row) * valueOf(cases[row]!), 0) / Math.max(1e-9, total);
  };
  const withFinding = [...cases.keys()].filter((row) => cases[row]!.label === 1);
  const expected =
    replacements.reduce((sum, score) => sum + calibrator.probability(score, platt), 0) /
    Math.max(1, replacements.length);
  const amountNok = mean(replaced, (row) => row.amountNok ?? 0);
  const findings = mean(replaced, ({ label }) => label);
  return {
    findings,
    amountNok,
    gain: expected - findings,
    gainNok: expected * mean(withFinding, (row) => row.amountNok ?? 0) - amountNok,
  };
}
