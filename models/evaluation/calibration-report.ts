import type { Calibrator } from '../../domain/schemas/calibration';
import type { EvaluationRow, ReliabilityReport } from '../../domain/schemas/evaluation';
import { selectCalibrator } from '../calibration/calibrator';
import { estimateCaseSourceOffset } from '../calibration/case-source-offset';
import { brierScore, calibrationError, logLossOfProbabilities, reliability } from '../metrics/probability-metrics';
import {
  bootstrapWeights,
  INTERVAL,
  type LabeledScores,
  percentileInterval,
  rankOrder,
  resample,
} from '../metrics/ranking-metrics';
import { calibrationScores, type EvaluationSettings, offsetMask, type ScoredModel, selectRows } from './scored-model';

type Row = Omit<EvaluationRow, 'family'>;
const percent = `${Math.round(INTERVAL * 100)} %`;
const METRICS = {
  'brier-score': brierScore,
  'log-loss': logLossOfProbabilities,
  'calibration-error': calibrationError,
};
/** Draws for the interval of the case-source offset; each is a fit. */
const MAX_OFFSET_DRAWS = 200;

export interface CalibrationReport {
  readonly calibrator: Calibrator;
  readonly rows: readonly Row[];
  readonly reliability: ReliabilityReport | undefined;
}

/**
 * How well calibrated a model is. The probabilities of a run are cross-fitted over entities, with each row's
 * case-source offset. Those of a frozen version are as it predicted them, evaluated on the rows without an offset.
 */
export function calibrationReport(scoredModel: ScoredModel, settings: EvaluationSettings): CalibrationReport {
  const { family, labeled, predictedProbability } = scoredModel;
  const hasOffset = offsetMask(scoredModel, settings);
  const [scores, labels] = [calibrationScores(scoredModel), Float64Array.from(labeled.labels)];
  const fitted = selectCalibrator(scores, labels, labeled.entities, settings.seed, hasOffset);
  const input = scoredModel.normalizedRanks ? { calibrationInput: 'population-rank' as const } : {};
  const calibrator = { ...fitted.calibrator, ...input };
  const common = { family, selected: calibrator.kind, logLoss: fitted.logLoss, ...input };
  const offset = hasOffset?.includes(true)
    ? { caseSourceOffset: offsetReport({ ...labeled, scores }, hasOffset, settings) }
    : {};
  if (!predictedProbability) {
    const method = `${calibrator.kind}, cross-fitted over entities`;
    const bins = reliabilityOf(labeled, fitted.crossFitted, settings);
    return {
      calibrator,
      rows: probabilityMetrics(labeled, fitted.crossFitted, method, settings),
      reliability: { ...common, ...bins, ...offset },
    };
  }
  const rows = [...labels.keys()].filter((row) => !hasOffset?.[row]);
  if (rows.length === 0) return { calibrator, rows: [], reliability: undefined };
  const evaluated = selectRows(labeled, rows);
  const probability = Float64Array.from(rows, (row) => predictedProbability[row]!);
  const predictedLogLoss = logLossOfProbabilities(probability, evaluated.labels);
  const bins = reliabilityOf(evaluated, probability, settings);
  return {
    calibrator,
    rows: probabilityMetrics(evaluated, probability, 'as the version predicted', settings),
    reliability: { ...common, predictedLogLoss, ...bins, ...offset },
  };
}

function probabilityMetrics(
  labeled: LabeledScores,
  probability: Float64Array,
  how: string,
  { bootstrap, seed }: EvaluationSettings,
): Row[] {
  if (labeled.labels.length === 0) return [];
  const labels = Float64Array.from(labeled.labels);
  const draws = Object.keys(METRICS).map(() => [] as number[]);
  for (const weights of bootstrapWeights(labeled.entities, bootstrap, seed)) {
    const rows = resample(weights);
    const [p, y] = [rows.map((row) => probability[row]!), rows.map((row) => labels[row]!)];
    Object.values(METRICS).forEach((metric, i) => draws[i]!.push(metric(p, y)));
  }
  const method = `${how}, entity bootstrap ${bootstrap} with bias correction, ${percent}; lower is better`;
  const common = { slice: 'all', method };
  return Object.entries(METRICS).map(([metric, valueOf], i): Row => {
    const value = valueOf(probability, labels);
    const bias = draws[i]!.reduce((sum, draw) => sum + draw, 0) / draws[i]!.length - value;
    // Rows drawn more than once make the draws look worse calibrated than the sample is.
    const corrected = draws[i]!.map((draw) => Math.max(0, draw - bias));
    return { metric, k: 0, value, ...percentileInterval(corrected, value), n: labels.length, noValue: null, ...common };
  });
}

/** Predicted probabilities and finding rates: in bins of all rows, and among the first k of the list. */
function reliabilityOf(
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
      const listed = selectRows(labeled, first);
      const mean = (values: Float64Array) => first.reduce((sum, row) => sum + values[row]!, 0) / k;
      const draws = [...bootstrapWeights(listed.entities, bootstrap, seed)].map((weights) => {
        const findings = weights.reduce((sum, weight, i) => sum + weight * listed.labels[i]!, 0);
        return findings / weights.reduce((a, b) => a + b, 0);
      });
      const value = mean(labels);
      const findingRate = { value, ...percentileInterval(draws, value), n: k };
      return { k, meanProbability: mean(probability), findingRate };
    });
  return { bins: reliability(probability, labels), top };
}

/** The case-source offset as an odds ratio. */
function offsetReport(
  { scores, labels, entities }: LabeledScores,
  hasOffset: readonly boolean[],
  { bootstrap, seed, adjustFor = [] }: EvaluationSettings,
): NonNullable<ReliabilityReport['caseSourceOffset']> {
  const oddsRatio = (rows: readonly number[]) =>
    Math.exp(
      estimateCaseSourceOffset(
        rows.map((row) => scores[row]!),
        rows.map((row) => labels[row]!),
        rows.map((row) => hasOffset[row]!),
      ).logOdds,
    );
  const value = oddsRatio([...hasOffset.keys()]);
  const draws = [...bootstrapWeights(entities, Math.min(bootstrap, MAX_OFFSET_DRAWS), seed)].map((weights) =>
    oddsRatio(resample(weights)),
  );
  return {
    caseSources: [...adjustFor],
    oddsRatio: { value, ...percentileInterval(draws, value), n: hasOffset.filter(Boolean).length },
  };
}
