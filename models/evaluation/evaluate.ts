import type { Calibrator } from '../../domain/schemas/calibration';
import type {
  Curve,
  EvaluationDocument,
  EvaluationRow,
  PairedDifference,
  ReliabilityReport,
} from '../../domain/schemas/evaluation';
import {
  type EstimateWithDraws,
  estimateWithDraws,
  INTERVAL,
  type LabeledScores,
  metricsWithoutValue,
  percentileInterval,
  toRanking,
} from '../metrics/ranking-metrics';
import { calibrationReport } from './calibration-report';
import { fairnessOf } from './fairness';
import { hasLowSupport } from './low-support';
import { type EvaluationSettings, type ScoredModel, selectRows } from './scored-model';

const CURVE_POINTS = 60;
const MAX_CURVE_DRAWS = 200;

const percent = `${Math.round(INTERVAL * 100)} %`;
const ESTIMAND = 'share of findings among the first k, had the list been drawn from the labelled providers';
const ASSUMPTION =
  'naive: labelled providers stand for all. Control cases were not opened at random, so this says how well ' +
  'labelled providers are ranked, not how many findings a list of unlabelled ones would give';

/** Evaluates every family and baseline on the same rows. The same arguments give the same document. */
export function evaluateRun(
  scoredModels: readonly ScoredModel[],
  settings: EvaluationSettings,
): { document: EvaluationDocument; calibrators: Record<string, Calibrator> } {
  const rows: EvaluationRow[] = [];
  const estimates = new Map<string, EstimateWithDraws[]>();
  const calibrators: Record<string, Calibrator> = {};
  const reliability: ReliabilityReport[] = [];
  for (const scoredModel of scoredModels) {
    const { family, labeled } = scoredModel;
    const all = evaluateSlice(labeled, 'all', settings);
    estimates.set(family, all.estimates);
    rows.push(...[...all.rows, ...evaluateSlices(scoredModel, settings)].map((row) => ({ family, ...row })));
    if (!scoredModel.isModel) continue;
    const report = calibrationReport(scoredModel, settings);
    calibrators[family] = report.calibrator;
    if (report.reliability) reliability.push(report.reliability);
    rows.push(...report.rows.map((row) => ({ family, ...row })));
  }
  const document: EvaluationDocument = {
    format: 1,
    estimand: ESTIMAND,
    assumption: ASSUMPTION,
    rows,
    curves: scoredModels.map((scoredModel) => curveOf(scoredModel, settings)),
    paired: pairedDifferences(scoredModels, estimates),
    fairness: scoredModels.filter(({ isModel }) => isModel).flatMap((scoredModel) => fairnessOf(scoredModel, settings)),
    reliability,
  };
  return { document, calibrators };
}

type Row = Omit<EvaluationRow, 'family'>;

function evaluateSlice(
  labeled: LabeledScores,
  slice: string,
  { ks, bootstrap, seed }: EvaluationSettings,
): { rows: Row[]; estimates: EstimateWithDraws[] } {
  const ranking = toRanking(labeled, seed);
  const estimates = estimateWithDraws(ranking, ks, bootstrap, seed);
  const findings = Array.from(labeled.labels).filter((label) => label === 1).length;
  const support = hasLowSupport(labeled.labels.length, findings)
    ? `; low support: ${labeled.labels.length} rows with ${findings} findings`
    : '';
  const method = `naive on labelled providers, entity bootstrap ${bootstrap}, ${percent}${support}`;
  const common = { slice, method };
  const found = estimates.map(({ estimate }): Row => ({ ...estimate, noValue: null, ...common }));
  const n = labeled.labels.length;
  const missing = metricsWithoutValue(ranking, ks).map((metric): Row => ({
    ...metric,
    value: null,
    lo: null,
    hi: null,
    n,
    ...common,
  }));
  return { rows: [...found, ...missing], estimates };
}

/** Every provider group, every period and every case source, also those with low support. */
function evaluateSlices(
  { labeled, groups, periods, caseSources = [] }: ScoredModel,
  settings: EvaluationSettings,
): Row[] {
  const slicesBy = (kind: string, names: readonly string[]) =>
    [...new Set(names)].sort().flatMap((name) => {
      const rows = names.flatMap((own, row) => (own === name ? [row] : []));
      const ks = settings.ks.filter((k) => k <= rows.length);
      return evaluateSlice(selectRows(labeled, rows), `${kind}:${name}`, { ...settings, ks }).rows;
    });
  return [...slicesBy('group', groups), ...slicesBy('period', periods), ...slicesBy('case-source', caseSources)];
}

/** Points are denser at the top of the list. */
function curveOf({ family, labeled }: ScoredModel, { bootstrap, seed }: EvaluationSettings): Curve {
  const n = labeled.labels.length;
  const points = Array.from({ length: CURVE_POINTS }, (_, i) => ((i + 1) / CURVE_POINTS) ** 2 * n);
  const ks = [...new Set(points.map((point) => Math.max(1, Math.round(point))))];
  const estimates = estimateWithDraws(toRanking(labeled, seed), ks, Math.min(bootstrap, MAX_CURVE_DRAWS), seed);
  const at = (metric: string, k: number) =>
    estimates.find(({ estimate }) => estimate.metric === metric && estimate.k === k)?.estimate;
  return {
    family,
    points: ks.flatMap((k) => {
      const [precision, recall] = [at('precision', k), at('recall', k)];
      return precision && recall ? [{ k, precision, recall, amountNok: at('amount-upheld', k) }] : [];
    }),
  };
}

/**
 * Differences of every model from every other model and baseline. Draws of two rankings are of the same providers, so
 * the interval of a difference is narrower than the intervals of the two.
 */
function pairedDifferences(
  scoredModels: readonly ScoredModel[],
  estimates: ReadonlyMap<string, readonly EstimateWithDraws[]>,
): PairedDifference[] {
  return scoredModels.flatMap((one, i) =>
    scoredModels.flatMap((other, j) => {
      const isReversed = other.isModel && j < i; // the pair is there in the other direction
      if (!one.isModel || i === j || isReversed) return [];
      const others = estimates.get(other.family)!;
      return estimates.get(one.family)!.flatMap(({ estimate, draws }): PairedDifference[] => {
        const { metric, k, n } = estimate;
        const match = others.find((entry) => entry.estimate.metric === metric && entry.estimate.k === k);
        if (!match || metric === 'lift') return [];
        const value = estimate.value - match.estimate.value;
        const differences = draws.map((draw, r) => draw - match.draws[r]!);
        const interval = percentileInterval(differences, value);
        return [{ family: one.family, against: other.family, metric, k, value, ...interval, n }];
      });
    }),
  );
}
