import type { Estimate, GroupFairness } from '../../domain/schemas/evaluation';
import { bootstrapWeights, percentileInterval, rankOrder } from '../metrics/ranking-metrics';
import { hasLowSupport } from './low-support';
import type { EvaluationSettings, ScoredModel } from './scored-model';

const MAX_DRAWS = 200;

/** Share of the list and false discovery rate of every provider group, for each length of the list. */
export function fairnessOf(scoredModel: ScoredModel, { ks, bootstrap, seed }: EvaluationSettings): GroupFairness[] {
  const { family, labeled, groups } = scoredModel;
  const n = labeled.labels.length;
  const order = rankOrder(labeled, seed);
  const ranked: RankedRows = {
    groups: order.map((row) => groups[row]!),
    labels: order.map((row) => labeled.labels[row]!),
  };
  const entities = order.map((row) => labeled.entities[row]!);
  const draws = [...bootstrapWeights(entities, Math.min(bootstrap, MAX_DRAWS), seed)];
  return ks
    .filter((k) => k <= n)
    .flatMap((k) =>
      [...new Set(groups)].sort().map((group): GroupFairness => {
        const point = groupOnList(ranked, group, k, new Float64Array(n).fill(1));
        const drawn = draws.map((weights) => groupOnList(ranked, group, k, weights));
        const rows = groups.filter((own) => own === group).length;
        const selected = Math.round(point.share * k);
        return {
          family,
          group,
          k,
          rows,
          lowSupport: hasLowSupport(rows, selected),
          shareOfRows: rows / n,
          shareOfList: estimateOf(
            point.share,
            drawn.map(({ share }) => share),
            k,
          ),
          falseDiscoveryRate:
            point.falseDiscoveryRate === undefined
              ? null
              : estimateOf(
                  point.falseDiscoveryRate,
                  drawn.map(({ falseDiscoveryRate: rate }) => rate ?? Number.NaN),
                  selected,
                ),
        };
      }),
    );
}

/** Rows in the order of the list. */
interface RankedRows {
  readonly groups: readonly string[];
  readonly labels: readonly number[];
}

const estimateOf = (value: number, draws: readonly number[], n: number): Estimate => ({
  value,
  ...percentileInterval(draws, value),
  n,
});

/** A group's share of the first k rows, and the share of those without a finding; undefined where it has none there. */
function groupOnList(
  { groups, labels }: RankedRows,
  group: string,
  k: number,
  weights: ArrayLike<number>,
): { share: number; falseDiscoveryRate: number | undefined } {
  let [listed, own, withoutFinding] = [0, 0, 0];
  for (let i = 0; i < groups.length && listed < k; i++) {
    const weight = Math.min(weights[i]!, k - listed);
    listed += weight;
    if (groups[i] !== group) continue;
    own += weight;
    withoutFinding += weight * (1 - labels[i]!);
  }
  return { share: own / k, falseDiscoveryRate: own > 0 ? withoutFinding / own : undefined };
}
