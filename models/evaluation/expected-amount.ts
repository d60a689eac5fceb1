import type { AmountReport } from '../../domain/schemas/evaluation';
import { chooseCalibrator } from '../calibration/calibrator';
import { spearman } from '../leakage/statistics';
import { median } from '../metrics/median';
import { bootstrapWeights, percentileInterval } from '../metrics/ranking-metrics';
import { beyondOf, type Contender, type EvaluationSettings, readFrom } from './scored-model';

/**
 * A family whose list is ordered by probability times amount, judged on the same rows; and whether the amounts hold: what
 * the findings of the test parts were expected to be worth, beside what was upheld.
 *
 * @param kroner expected of each judged row, given a finding
 */
export function byExpectedNok(
  contender: Contender,
  kroner: readonly number[],
  settings: EvaluationSettings,
): { contender: Contender; report: AmountReport } {
  const { judged, family } = contender;
  const { bootstrap, seed } = settings;
  const orderedAs = `${family}-nok`;
  const [scores, labels] = [readFrom(contender), Float64Array.from(judged.labels)];
  // A frozen version's list was ordered by what it promised; of a run the promise is that of the other entities' calibrators.
  const probability =
    contender.promised ??
    chooseCalibrator(scores, labels, judged.entities, seed, beyondOf(contender, settings)).withoutGround;
  // Those that ended without kroner too: what a finding is worth has their share in it.
  const findings = [...labels.keys()].filter((row) => labels[row] === 1);
  const ratio = (weights: ArrayLike<number>) => {
    const sum = (of: ArrayLike<number>) => findings.reduce((total, row) => total + weights[row]! * of[row]!, 0);
    return sum(judged.kroner!) / sum(kroner);
  };
  const value = ratio(new Float64Array(labels.length).fill(1));
  const draws = [...bootstrapWeights(judged.entities, bootstrap, seed)]
    .map(ratio)
    .filter((draw) => Number.isFinite(draw));
  const pick = (of: ArrayLike<number>) => findings.map((row) => of[row]!);
  return {
    contender: {
      ...contender,
      family: orderedAs,
      isModel: false,
      judged: { ...judged, scores: Float64Array.from(probability, (p, row) => p * kroner[row]!) },
    },
    report: {
      family,
      orderedAs,
      expectedKroner: median(pick(kroner))!,
      upheldKroner: median(pick(judged.kroner!))!,
      ratio: { value, ...percentileInterval(draws, value), n: findings.length },
      rankCorrelation: spearman(pick(kroner), pick(judged.kroner!)),
    },
  };
}
