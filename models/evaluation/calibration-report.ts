import type { Calibrator } from '../../domain/schemas/calibration';
import type { EvaluationRow, ReliabilityReport } from '../../domain/schemas/evaluation';
import { chooseCalibrator } from '../calibration/calibrator';
import { worthOfGround } from '../calibration/case-source-offset';
import { brierScore, calibrationError, logLossOfProbabilities, reliability } from '../metrics/probability-metrics';
import { bootstrapWeights, INTERVAL, type Judged, percentileInterval, rankOrder } from '../metrics/ranking-metrics';
import { beyondOf, type Contender, type EvaluationSettings, pick, readFrom } from './scored-model';

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
  contender: Contender,
  settings: EvaluationSettings,
): { calibrator: Calibrator; rows: Row[]; reliability: ReliabilityReport | undefined } {
  const { family, judged, promised } = contender;
  const beyond = beyondOf(contender, settings);
  const [scores, labels] = [readFrom(contender), Float64Array.from(judged.labels)];
  const {
    calibrator: fitted,
    crossFitted,
    logLoss,
  } = chooseCalibrator(scores, labels, judged.entities, settings.seed, beyond);
  const from = contender.standing ? { readFrom: 'standing' as const } : {};
  const calibrator = { ...fitted, ...from };
  const ground = beyond?.includes(true) ? { beyondColumns: groundOf({ ...judged, scores }, beyond, settings) } : {};
  const chosen = { family, chosen: calibrator.kind, logLoss, ...from };
  if (!promised) {
    const how = `${calibrator.kind}, cross-fitted over entities`;
    return {
      calibrator,
      rows: measured(judged, crossFitted, how, settings),
      reliability: { ...chosen, ...promisedAndFound(judged, crossFitted, settings), ...ground },
    };
  }
  const alone = [...labels.keys()].filter((row) => !beyond?.[row]);
  if (alone.length === 0) return { calibrator, rows: [], reliability: undefined };
  const [rows, own] = [pick(judged, alone), Float64Array.from(alone, (row) => promised[row]!)];
  const promisedLogLoss = logLossOfProbabilities(own, Float64Array.from(rows.labels));
  return {
    calibrator,
    rows: measured(rows, own, 'as the version promised', settings),
    reliability: { ...chosen, promisedLogLoss, ...promisedAndFound(rows, own, settings), ...ground },
  };
}

function measured(
  judged: Judged,
  probability: Float64Array,
  how: string,
  { bootstrap, seed }: EvaluationSettings,
): Row[] {
  const labels = Float64Array.from(judged.labels);
  const draws = Object.keys(MEASURES).map(() => [] as number[]);
  for (const weights of bootstrapWeights(judged.entities, bootstrap, seed)) {
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

function promisedAndFound(
  judged: Judged,
  probability: Float64Array,
  { ks, bootstrap, seed }: EvaluationSettings,
): Pick<ReliabilityReport, 'bins' | 'top'> {
  const labels = Float64Array.from(judged.labels);
  const order = rankOrder(judged, seed);
  const top = ks
    .filter((k) => k <= labels.length)
    .map((k) => {
      const first = order.slice(0, k);
      const part = pick(judged, first);
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
function groundOf(
  judged: Judged,
  beyond: readonly boolean[],
  { bootstrap, seed, beyondColumns = [] }: EvaluationSettings,
): NonNullable<ReliabilityReport['beyondColumns']> {
  const ratio = (rows: readonly number[]) =>
    Math.exp(
      worthOfGround(
        rows.map((row) => judged.scores[row]!),
        rows.map((row) => judged.labels[row]!),
        rows.map((row) => beyond[row]!),
      ).logOdds,
    );
  const rows = [...beyond.keys()];
  const value = ratio(rows);
  const draws = [...bootstrapWeights(judged.entities, Math.min(bootstrap, 200), seed)].map((weights) =>
    ratio(rows.flatMap((row) => Array<number>(weights[row]!).fill(row))),
  );
  return {
    bases: [...beyondColumns],
    oddsRatio: { value, ...percentileInterval(draws, value), n: beyond.filter(Boolean).length },
  };
}
