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
  type Judged,
  percentileInterval,
  rankOrder,
  toRanking,
} from '../metrics/ranking-metrics';
import { calibrationOf } from './calibration-report';
import { type Contender, type EvaluationSettings, pick } from './scored-model';

/** Below these a slice's figures are shown and marked: they carry no verdict of their own. */
const FEW_ROWS = 20;
const FEW_FINDINGS = 5;
/** Too little for a verdict of its own. */
export const isThin = (rows: number, findings: number): boolean => rows < FEW_ROWS || findings < FEW_FINDINGS;
const CURVE_POINTS = 60;

const percent = `${Math.round(INTERVAL * 100)} %`;
const ESTIMAND = 'share of findings among the first k, had the list been drawn from the actors that were controlled';
const ASSUMPTION =
  'naive: controlled actors stand for all. Controls were not chosen at random, so this says how well controlled actors are ordered, not how many findings a list of uncontrolled ones would give';

/** Judges every family and baseline on the same rows. The same arguments give the same document. */
export function evaluateRun(
  contenders: readonly Contender[],
  settings: EvaluationSettings,
): { document: EvaluationDocument; calibrators: Record<string, Calibrator> } {
  const rows: EvaluationRow[] = [];
  const drawn = new Map<string, Drawn[]>();
  const calibrators: Record<string, Calibrator> = {};
  const reports: ReliabilityReport[] = [];
  for (const contender of contenders) {
    const { family, judged } = contender;
    const found = judgeSlice(judged, 'all', settings);
    drawn.set(family, found.drawn);
    rows.push(...found.rows.map((row) => ({ family, ...row })));
    rows.push(...judgeSlices(contender, settings).map((row) => ({ family, ...row })));
    if (!contender.isModel) continue;
    const report = calibrationOf(contender, settings);
    calibrators[family] = report.calibrator;
    if (report.reliability) reports.push(report.reliability);
    rows.push(...report.rows.map((row) => ({ family, ...row })));
  }
  const document: EvaluationDocument = {
    format: 1,
    estimand: ESTIMAND,
    assumption: ASSUMPTION,
    rows,
    curves: contenders.map((contender) => curveOf(contender, settings)),
    paired: pairedDifferences(contenders, drawn),
    fairness: contenders.filter(({ isModel }) => isModel).flatMap((contender) => fairnessOf(contender, settings)),
    reliability: reports,
  };
  return { document, calibrators };
}

type Row = Omit<EvaluationRow, 'family'>;

function judgeSlice(
  judged: Judged,
  slice: string,
  { ks, bootstrap, seed }: EvaluationSettings,
): { rows: Row[]; drawn: Drawn[] } {
  const drawn = estimateWithDraws(toRanking(judged, seed), ks, bootstrap, seed);
  const findings = Array.from(judged.labels).filter((label) => label === 1).length;
  const few = isThin(judged.labels.length, findings)
    ? `; few rows: ${judged.labels.length} with ${findings} findings`
    : '';
  const method = `naive on controlled actors, entity bootstrap ${bootstrap}, ${percent}${few}`;
  return { rows: drawn.map(({ estimate }) => ({ ...estimate, slice, method })), drawn };
}

/** Every provider group, every period and every basis of control, however few its rows: none is dropped. */
function judgeSlices({ judged, groups, periods, bases = [] }: Contender, settings: EvaluationSettings): Row[] {
  const by = (kind: string, names: readonly string[]) =>
    [...new Set(names)].sort().flatMap((name) => {
      const rows = names.flatMap((own, row) => (own === name ? [row] : []));
      const ks = settings.ks.filter((k) => k <= rows.length);
      return judgeSlice(pick(judged, rows), `${kind}:${name}`, { ...settings, ks }).rows;
    });
  return [...by('group', groups), ...by('period', periods), ...by('basis', bases)];
}

function curveOf({ family, judged }: Contender, { bootstrap, seed }: EvaluationSettings): Curve {
  const n = judged.labels.length;
  const ks = [
    ...new Set(
      Array.from({ length: CURVE_POINTS }, (_, i) => Math.max(1, Math.round(((i + 1) / CURVE_POINTS) ** 2 * n))),
    ),
  ];
  const drawn = estimateWithDraws(toRanking(judged, seed), ks, Math.min(bootstrap, 200), seed);
  const at = (metric: string, k: number) =>
    drawn.find(({ estimate }) => estimate.metric === metric && estimate.k === k)?.estimate;
  return {
    family,
    points: ks.map((k) => ({
      k,
      precision: at('precision', k)!,
      recall: at('recall', k)!,
      kroner: at('kroner-upheld', k),
    })),
  };
}

/** All models against all others: the draws are of the same actors, so their difference is narrower than their intervals. */
function pairedDifferences(
  contenders: readonly Contender[],
  drawn: ReadonlyMap<string, readonly Drawn[]>,
): PairedDifference[] {
  const out: PairedDifference[] = [];
  contenders.forEach((one, i) => {
    contenders.forEach((other, j) => {
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
  { family, judged, groups }: Contender,
  { ks, bootstrap, seed }: EvaluationSettings,
): GroupFairness[] {
  const n = judged.labels.length;
  const names = [...new Set(groups)].sort();
  const order = rankOrder(judged, seed);
  const replicates = [
    ...bootstrapWeights(
      order.map((row) => judged.entities[row]!),
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
            ownClean += w * (1 - judged.labels[order[i]!]!);
          }
          return { share: own / k, inVain: own > 0 ? ownClean / own : Number.NaN };
        };
        const point = measure(new Float64Array(n).fill(1));
        const draws = replicates.map(measure);
        const rows = groups.filter((own) => own === group).length;
        const selected = Math.round(point.share * k);
        const inVain = Number.isNaN(point.inVain) ? 0 : point.inVain;
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
          inVain: {
            value: inVain,
            ...percentileInterval(
              draws.map((draw) => draw.inVain).filter((value) => !Number.isNaN(value)),
              inVain,
            ),
            n: selected,
          },
        };
      }),
    );
}
