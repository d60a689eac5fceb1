import type { Calibrator } from '../../domain/schemas/calibration';
import type { EvaluationRow, ReliabilityReport } from '../../domain/schemas/evaluation';
import { chooseCalibrator } from '../calibration/calibrator';
import { estimateCaseSourceOffset } from '../calibration/case-source-offset';
import { brierScore, calibrationError, logLossOfProbabilities, reliability } from '../metrics/probability-metrics';
import {
  bootstrapWeights,
  INTERVAL,
  type LabeledScores,
  percentileInterval,
  rankOrder,
} from '../metrics/ranking-metrics';
import { offsetMask, type ScoredModel, type EvaluationSettings, pick, calibrationInput } from './scored-model';

type Row = Omit<EvaluationRow, 'family'>;
const percent = `${Math.round(INTERVAL * 100)} %`;
const MEASURES = {
  'brier-score': brierScore,
  'log-loss': logLossOfProbabilities,
  'calibration-error': calibrationError,
};

/**
 * Whether a model's probabilities hold. Of a run they come from calibrators that a row's entity took no part in, each control
 * with its ground; of a frozen version they are what it promised, judged on the controls that rest on the columns alone.
 */
export function calibrationOf(
  scoredModel: ScoredModel,
  settings: EvaluationSettings,
): { calibrator: Calibrator; rows: Row[]; reliability: ReliabilityReport | undefined } {
  const { family, labeled, predicted } = scoredModel;
  const beyond = offsetMask(scoredModel, settings);
  const [scores, labels] = [calibrationInput(scoredModel), Float64Array.from(labeled.labels)];
  const {
    calibrator: fitted,
    crossFitted,
    logLoss,
  } = chooseCalibrator(scores, labels, labeled.entities, settings.seed, beyond);
  const from = scoredModel.rankNormalizer ? { calibrationInput: 'population-rank' as const } : {};
  const calibrator = { ...fitted, ...from };
  const ground = beyond?.includes(true)
    ? { caseSourceOffset: caseSourceOf({ ...labeled, scores }, beyond, settings) }
    : {};
  const chosen = { family, chosen: calibrator.kind, logLoss, ...from };
  if (!predicted) {
    const how = `${calibrator.kind}, cross-fitted over entities`;
    return {
      calibrator,
      rows: measured(labeled, crossFitted, how, settings),
      reliability: { ...chosen, ...predictedAndFound(labeled, crossFitted, settings), ...ground },
    };
  }
  const alone = [...labels.keys()].filter((row) => !beyond?.[row]);
  if (alone.length === 0) return { calibrator, rows: [], reliability: undefined };
  const [rows, own] = [pick(labeled, alone), Float64Array.from(alone, (row) => predicted[row]!)];
  const predictedLogLoss = logLossOfProbabilities(own, Float64Array.from(rows.labels));
  return {
    calibrator,
    rows: measured(rows, own, 'as the version promised', settings),
    reliability: { ...chosen, predictedLogLoss, ...predictedAndFound(rows, own, settings), ...ground },
  };
}

function measured(
  labeled: LabeledScores,
  probability: Float64Array,
  how: string,
  { bootstrap, seed }: EvaluationSettings,
): Row[] {
  const labels = Float64Array.from(labeled.labels);
  const draws = Object.keys(MEASURES).map(() => [] as number[]);
  for (const weights of bootstrapWeights(labeled.entities, bootstrap, seed)) {
    const rows = [...weights.keys()].flatMap((row) => Array<number>(weights[row]!).fill(row));
    const [p, y] = [rows.map((row) => probability[row]!), rows.map((row) => labels[row]!)];
    Object.values(MEASURES).forEach((measure, i) => draws[i]!.push(measure(p, y)));
  }
  const method = `${how}, entity bootstrap ${bootstrap} less its bias, ${percent}; lower is better`;
  return Object.entries(MEASURES).map(([metric, measure], i): Row => {
    const value = measure(probability, labels);
    const bias = draws[i]!.reduce((sum, draw) => sum + draw, 0) / draws[i]!.length - value;
    const centred = draws[i]!.map((draw) => Math.max(0, draw - bias)); // rows drawn twice look worse calibrated than they are
    return { metric, k: 0, value, ...percentileInterval(centred, value), n: labels.length, slice: 'all', method };
  });
}

function predictedAndFound(
  labeled: LabeledScores,
  probability: Float64Array,
  { ks, bootstrap, seed }: EvaluationSettings,
): Pick<ReliabilityReport, 'bins' | 'top'> {
  const labels = Float64Array.from(labeled.labels);
  const order = rankOrder(labeled, seed);
  const top = ks
    .filter((k) => k <= labels.length)
    .map((k) => {
      const first = order.slice(0, k);
      const part = pick(labeled, first);
      const mean = (values: Float64Array) => first.reduce((sum, row) => sum + values[row]!, 0) / k;
      const own = [...bootstrapWeights(part.entities, bootstrap, seed)].map(
        (weights) =>
          weights.reduce((sum, weight, i) => sum + weight * part.labels[i]!, 0) / weights.reduce((a, b) => a + b, 0),
      );
      const value = mean(labels);
      return { k, meanProbability: mean(probability), findingRate: { value, ...percentileInterval(own, value), n: k } };
    });
  return { bins: reliability(probability, labels), top };
}

/** How many times the odds of a finding a ground beyond the columns has at the same score. */
function caseSourceOf(
  labeled: LabeledScores,
  beyond: readonly boolean[],
  { bootstrap, seed, adjustFor = [] }: EvaluationSettings,
): NonNullable<ReliabilityReport['caseSourceOffset']> {
  const ratio = (rows: readonly number[]) =>
    Math.exp(
      estimateCaseSourceOffset(
        rows.map((row) => labeled.scores[row]!),
        rows.map((row) => labeled.labels[row]!),
        rows.map((row) => beyond[row]!),
      ).logOdds,
    );
  const rows = [...beyond.keys()];
  const value = ratio(rows);
  const draws = [...bootstrapWeights(labeled.entities, Math.min(bootstrap, 200), seed)].map((weights) =>
    ratio(rows.flatMap((row) => Array<number>(weights[row]!).fill(row))),
  );
  return {
    bases: [...adjustFor],
    oddsRatio: { value, ...percentileInterval(draws, value), n: beyond.filter(Boolean).length },
  };
}
