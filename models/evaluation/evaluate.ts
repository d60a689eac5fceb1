import type { Calibrator } from '../../domain/schemas/calibration';
import type {
  Curve,
  EvaluationDocument,
  EvaluationRow,
  GroupFairness,
  PairedDifference,
  ReliabilityReport,
} from '../../domain/schemas/evaluation';
import {
  bootstrapWeights,
  type Drawn,
  estimateWithDraws,
  INTERVAL,
  type LabeledScores,
  percentileInterval,
  rankOrder,
  toRanking,
} from '../metrics/ranking-metrics';
import { calibrationOf } from './calibration-report';
import { type ScoredModel, type EvaluationSettings, pick } from './scored-model';

/** Below these a slice's figures are shown and marked: they carry no verdict of their own. */
const FEW_ROWS = 20;
const FEW_FINDINGS = 5;
/** Too little for a verdict of its own. */
export const isThin = (rows: number, findings: number): boolean => rows < FEW_ROWS || findings < FEW_FINDINGS;
const CURVE_POINTS = 60;

const percent = `${Math.round(INTERVAL * 100)} %`;
const ESTIMAND = 'share of findings among the first k, had the list been drawn from the providers that were controlled';
const ASSUMPTION =
  'naive: controlled providers stand for all. Controls were not chosen at random, so this says how well controlled providers are ordered, not how many findings a list of uncontrolled ones would give';

/** Judges every family and baseline on the same rows. The same arguments give the same document. */
export function evaluateRun(
  scoredModels: readonly ScoredModel[],
  settings: EvaluationSettings,
): { document: EvaluationDocument; calibrators: Record<string, Calibrator> } {
  const rows: EvaluationRow[] = [];
  const drawn = new Map<string, Drawn[]>();
  const calibrators: Record<string, Calibrator> = {};
  const reports: ReliabilityReport[] = [];
  for (const scoredModel of scoredModels) {
    const { family, labeled } = scoredModel;
    const found = evaluateSlice(labeled, 'all', settings);
    drawn.set(family, found.drawn);
    rows.push(...found.rows.map((row) => ({ family, ...row })));
    rows.push(...evaluateSlices(scoredModel, settings).map((row) => ({ family, ...row })));
    if (!scoredModel.isModel) continue;
    const report = calibrationOf(scoredModel, settings);
    calibrators[family] = report.calibrator;
    if (report.reliability) reports.push(report.reliability);
    rows.push(...report.rows.map((row) => ({ family, ...row })));
  }
  const document: EvaluationDocument = {
    format: 1,
    estimand: ESTIMAND,
    assumption: ASSUMPTION,
    rows,
    curves: scoredModels.map((scoredModel) => curveOf(scoredModel, settings)),
    paired: pairedDifferences(scoredModels, drawn),
    fairness: scoredModels.filter(({ isModel }) => isModel).flatMap((scoredModel) => fairnessOf(scoredModel, settings)),
    reliability: reports,
  };
  return { document, calibrators };
}

type Row = Omit<EvaluationRow, 'family'>;

function evaluateSlice(
  labeled: LabeledScores,
  slice: string,
  { ks, bootstrap, seed }: EvaluationSettings,
): { rows: Row[]; drawn: Drawn[] } {
  const drawn = estimateWithDraws(toRanking(labeled, seed), ks, bootstrap, seed);
  const findings = Array.from(labeled.labels).filter((label) => label === 1).length;
  const few = isThin(labeled.labels.length, findings)
    ? `; few rows: ${labeled.labels.length} with ${findings} findings`
    : '';
  const method = `naive on controlled providers, entity bootstrap ${bootstrap}, ${percent}${few}`;
  return { rows: drawn.map(({ estimate }) => ({ ...estimate, slice, method })), drawn };
}

/** Every provider group, every period and every basis of control, however few its rows: none is dropped. */
function evaluateSlices({ labeled, groups, periods, bases = [] }: ScoredModel, settings: EvaluationSettings): Row[] {
  const by = (kind: string, names: readonly string[]) =>
    [...new Set(names)].sort().flatMap((name) => {
      const rows = names.flatMap((own, row) => (own === name ? [row] : []));
      const ks = settings.ks.filter((k) => k <= rows.length);
      return evaluateSlice(pick(labeled, rows), `${kind}:${name}`, { ...settings, ks }).rows;
    });
  return [...by('group', groups), ...by('period', periods), ...by('basis', bases)];
}

function curveOf({ family, labeled }: ScoredModel, { bootstrap, seed }: EvaluationSettings): Curve {
  const n = labeled.labels.length;
  const ks = [
    ...new Set(
      Array.from({ length: CURVE_POINTS }, (_, i) => Math.max(1, Math.round(((i + 1) / CURVE_POINTS) ** 2 * n))),
    ),
  ];
  const drawn = estimateWithDraws(toRanking(labeled, seed), ks, Math.min(bootstrap, 200), seed);
  const at = (metric: string, k: number) =>
    drawn.find(({ estimate }) => estimate.metric === metric && estimate.k === k)?.estimate;
  return {
    family,
    points: ks.map((k) => ({
      k,
      precision: at('precision', k)!,
      recall: at('recall', k)!,
      amountNok: at('amount-upheld', k),
    })),
  };
}

/** All models against all others: the draws are of the same providers, so their difference is narrower than their intervals. */
function pairedDifferences(
  scoredModels: readonly ScoredModel[],
  drawn: ReadonlyMap<string, readonly Drawn[]>,
): PairedDifference[] {
  const out: PairedDifference[] = [];
  scoredModels.forEach((one, i) => {
    scoredModels.forEach((other, j) => {
      if (!one.isModel || i === j || (other.isModel && j < i)) return;
      drawn.get(one.family)!.forEach(({ estimate, draws }) => {
        const match = drawn
          .get(other.family)!
          .find((entry) => entry.estimate.metric === estimate.metric && entry.estimate.k === estimate.k);
        if (!match || estimate.metric === 'lift') return;
        const value = estimate.value - match.estimate.value;
        const differences = draws.map((draw, r) => draw - match.draws[r]!);
        out.push({
          family: one.family,
          against: other.family,
          metric: estimate.metric,
          k: estimate.k,
          value,
          ...percentileInterval(differences, value),
          n: estimate.n,
        });
      });
    });
  });
  return out;
}

/** Shares of the list and controls in vain, per provider group and length of the list. */
function fairnessOf(
  { family, labeled, groups }: ScoredModel,
  { ks, bootstrap, seed }: EvaluationSettings,
): GroupFairness[] {
  const n = labeled.labels.length;
  const names = [...new Set(groups)].sort();
  const order = rankOrder(labeled, seed);
  const replicates = [
    ...bootstrapWeights(
      order.map((row) => labeled.entities[row]!),
      Math.min(bootstrap, 200),
      seed,
    ),
  ];
  return ks
    .filter((k) => k <= n)
    .flatMap((k) =>
      names.map((group): GroupFairness => {
        const measure = (weights: ArrayLike<number>) => {
          let [seen, own, ownClean] = [0, 0, 0];
          for (let i = 0; i < n && seen < k; i++) {
            const w = Math.min(weights[i]!, k - seen);
            seen += w;
            if (groups[order[i]!] !== group) continue;
            own += w;
            ownClean += w * (1 - labeled.labels[order[i]!]!);
          }
          return { share: own / k, falseDiscoveryRate: own > 0 ? ownClean / own : Number.NaN };
        };
        const point = measure(new Float64Array(n).fill(1));
        const draws = replicates.map(measure);
        const rows = groups.filter((own) => own === group).length;
        const selected = Math.round(point.share * k);
        const falseDiscoveryRate = Number.isNaN(point.falseDiscoveryRate) ? 0 : point.falseDiscoveryRate;
        return {
          family,
          group,
          k,
          rows,
          few: isThin(rows, selected),
          shareOfRows: rows / n,
          shareOfList: {
            value: point.share,
            ...percentileInterval(
              draws.map(({ share }) => share),
              point.share,
            ),
            n: k,
          },
          falseDiscoveryRate: {
            value: falseDiscoveryRate,
            ...percentileInterval(
              draws.map((draw) => draw.falseDiscoveryRate).filter((value) => !Number.isNaN(value)),
              falseDiscoveryRate,
            ),
            n: selected,
          },
        };
      }),
    );
}
