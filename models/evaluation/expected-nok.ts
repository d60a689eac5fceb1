import type { AmountReport } from '../../domain/schemas/evaluation';
import { chooseCalibrator } from '../calibration/calibrator';
import { bootstrapWeights, percentileInterval } from '../metrics/ranking-metrics';
import type { Contender, EvaluationSettings } from './evaluate';

/**
 * A family whose list is ordered by probability times amount, judged on the same rows; and whether the amounts hold: what
 * the findings of the test parts were expected to be worth, beside what was upheld.
 *
 * @param kroner expected of each judged row, given a finding
 */
export function byExpectedNok(contender: Contender, kroner: readonly number[], { bootstrap, seed }: EvaluationSettings): { contender: Contender; report: AmountReport } {
  const { judged, family } = contender;
  const orderedAs = `${family}-nok`;
  const [scores, labels] = [Float64Array.from(judged.scores), Float64Array.from(judged.labels)];
  const { crossFitted } = chooseCalibrator(scores, labels, judged.entities, seed);
  const findings = labels.reduce<number[]>((rows, label, row) => (label === 1 && judged.kroner![row]! > 0 ? [...rows, row] : rows), []);
  const ratio = (weights: ArrayLike<number>) => {
    const sum = (of: ArrayLike<number>) => findings.reduce((total, row) => total + weights[row]! * of[row]!, 0);
    return sum(judged.kroner!) / sum(kroner);
  };
  const value = ratio(new Float64Array(labels.length).fill(1));
  const draws = [...bootstrapWeights(judged.entities, bootstrap, seed)].map(ratio).filter((draw) => Number.isFinite(draw));
  const pick = (of: ArrayLike<number>) => findings.map((row) => of[row]!);
  return {
    contender: { ...contender, family: orderedAs, isModel: false, judged: { ...judged, scores: Float64Array.from(crossFitted, (p, row) => p * kroner[row]!) } },
    report: {
      family,
      orderedAs,
      expectedKroner: median(pick(kroner)),
      upheldKroner: median(pick(judged.kroner!)),
      ratio: { value, ...percentileInterval(draws, value), n: findings.length },
      rankCorrelation: correlation(ranks(pick(kroner)), ranks(pick(judged.kroner!))),
    },
  };
} // prettier-ignore

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Place of each value from 0; equal ones share the middle of theirs. */
function ranks(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

/** Pearson's; of ranks it is Spearman's. 0 where one of them does not vary. */
function correlation(x: readonly number[], y: readonly number[]): number {
  const centre = (values: readonly number[]) => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const [a, b] = [centre(x), centre(y)];
  const scale = Math.sqrt(dot(a, a) * dot(b, b));
  return scale > 0 ? dot(a, b) / scale : 0;
}
