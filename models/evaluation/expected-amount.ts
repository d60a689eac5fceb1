import type { AmountReport } from '../../domain/schemas/evaluation';
import { chooseCalibrator } from '../calibration/calibrator';
import { spearman } from '../leakage/statistics';
import { median } from '../metrics/median';
import { bootstrapWeights, percentileInterval } from '../metrics/ranking-metrics';
import { offsetMask, type ScoredModel, type EvaluationSettings, calibrationInput } from './scored-model';

/**
 * A family whose list is ordered by probability times amount, judged on the same rows; and whether the amounts hold: what
 * the findings of the test parts were expected to be worth, beside what was upheld.
 *
 * @param kroner expected of each judged row, given a finding
 */
export function rankByExpectedAmount(
  scoredModel: ScoredModel,
  amountNok: readonly number[],
  settings: EvaluationSettings,
): { scoredModel: ScoredModel; report: AmountReport } {
  const { labeled, family } = scoredModel;
  const { bootstrap, seed } = settings;
  const orderedAs = `${family}-nok`;
  const [scores, labels] = [calibrationInput(scoredModel), Float64Array.from(labeled.labels)];
  // A frozen version's list was ordered by what it promised; of a run the promise is that of the other entities' calibrators.
  const probability =
    scoredModel.predicted ??
    chooseCalibrator(scores, labels, labeled.entities, seed, offsetMask(scoredModel, settings)).withoutCaseSourceOffset;
  // Those that ended without kroner too: what a finding is worth has their share in it.
  const findings = [...labels.keys()].filter((row) => labels[row] === 1);
  const ratio = (weights: ArrayLike<number>) => {
    const sum = (of: ArrayLike<number>) => findings.reduce((total, row) => total + weights[row]! * of[row]!, 0);
    return sum(labeled.amountNok!) / sum(amountNok);
  };
  const value = ratio(new Float64Array(labels.length).fill(1));
  const draws = [...bootstrapWeights(labeled.entities, bootstrap, seed)]
    .map(ratio)
    .filter((draw) => Number.isFinite(draw));
  const pick = (of: ArrayLike<number>) => findings.map((row) => of[row]!);
  return {
    scoredModel: {
      ...scoredModel,
      family: orderedAs,
      isModel: false,
      labeled: { ...labeled, scores: Float64Array.from(probability, (p, row) => p * amountNok[row]!) },
    },
    report: {
      family,
      orderedAs,
      expectedAmountNok: median(pick(amountNok))!,
      upheldNok: median(pick(labeled.amountNok!))!,
      ratio: { value, ...percentileInterval(draws, value), n: findings.length },
      rankCorrelation: spearman(pick(amountNok), pick(labeled.amountNok!)),
    },
  };
}
