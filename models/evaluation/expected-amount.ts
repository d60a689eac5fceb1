import { BY_AMOUNT } from '../../domain/families/names';
import type { AmountReport } from '../../domain/schemas/evaluation';
import { selectCalibrator } from '../calibration/calibrator';
import { median } from '../metrics/median';
import { spearman } from '../metrics/rank-statistics';
import { bootstrapWeights, percentileInterval } from '../metrics/ranking-metrics';
import { calibrationScores, type EvaluationSettings, offsetMask, type ScoredModel } from './scored-model';

/**
 * The family ranked by expected upheld amount (probability of a finding times its expected amount) on the same rows,
 * and a comparison of expected with upheld amounts over the findings of the test parts.
 *
 * @param amountNok expected amount of each row, given a finding
 */
export function rankByExpectedAmount(
  scoredModel: ScoredModel,
  amountNok: readonly number[],
  settings: EvaluationSettings,
): { scoredModel: ScoredModel; report: AmountReport } {
  const { labeled, family } = scoredModel;
  const rankedAs = `${family}${BY_AMOUNT}`;
  const probability = probabilityOf(scoredModel, settings);
  return {
    scoredModel: {
      ...scoredModel,
      family: rankedAs,
      isModel: false,
      labeled: { ...labeled, scores: Float64Array.from(probability, (p, row) => p * amountNok[row]!) },
    },
    report: { family, rankedAs, ...compareAmounts(labeled, amountNok, settings) },
  };
}

/** As a list was ranked: by a frozen version's own probabilities, or cross-fitted ones of a run. */
function probabilityOf(scoredModel: ScoredModel, settings: EvaluationSettings): ArrayLike<number> {
  if (scoredModel.predictedProbability) return scoredModel.predictedProbability;
  const { labels, entities } = scoredModel.labeled;
  const mask = offsetMask(scoredModel, settings);
  return selectCalibrator(calibrationScores(scoredModel), Float64Array.from(labels), entities, settings.seed, mask)
    .withoutCaseSourceOffset;
}

function compareAmounts(
  { labels, amountNok: upheldNok, entities }: ScoredModel['labeled'],
  amountNok: readonly number[],
  { bootstrap, seed }: EvaluationSettings,
): Omit<AmountReport, 'family' | 'rankedAs'> {
  // Findings without an upheld amount count: the expected amount includes their share.
  const findings = Array.from(labels, (label, row) => (label === 1 ? row : -1)).filter((row) => row >= 0);
  const ratio = (weights: ArrayLike<number>) => {
    const sum = (of: ArrayLike<number>) => findings.reduce((total, row) => total + weights[row]! * of[row]!, 0);
    return sum(upheldNok!) / sum(amountNok);
  };
  const value = ratio(new Float64Array(labels.length).fill(1));
  const draws = [...bootstrapWeights(entities, bootstrap, seed)].map(ratio).filter((draw) => Number.isFinite(draw));
  const ofFindings = (of: ArrayLike<number>) => findings.map((row) => of[row]!);
  const [expected, upheld] = [ofFindings(amountNok), ofFindings(upheldNok!)];
  return {
    expectedAmountNok: median(expected)!,
    upheldNok: median(upheld)!,
    ratio: { value, ...percentileInterval(draws, value), n: findings.length },
    rankCorrelation: spearman(expected, upheld),
  };
}
