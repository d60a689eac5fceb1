import type { CaseworkerEffect } from '../../domain/schemas/evaluation';
import { estimateWithDraws, type LabeledScores, percentileInterval, toRanking } from '../metrics/ranking-metrics';

const METRICS = ['average-precision', 'recall-in-first-half', 'precision'];

/**
 * How much of the outcomes depends on the caseworker and not on the provider: the difference of a family fitted on the
 * same folds and rows with and without the caseworker columns. Bootstrap draws are paired, since they are of the same
 * providers.
 */
export function caseworkerEffects(
  family: string,
  { without, withColumns }: { without: LabeledScores; withColumns: LabeledScores },
  { ks, bootstrap, seed }: { ks: readonly number[]; bootstrap: number; seed: number },
): CaseworkerEffect[] {
  const estimates = (labeled: LabeledScores) => estimateWithDraws(toRanking(labeled, seed), ks, bootstrap, seed);
  const others = estimates(withColumns);
  return estimates(without)
    .filter(({ estimate }) => METRICS.includes(estimate.metric))
    .flatMap(({ estimate: { metric, k, ...own }, draws }): CaseworkerEffect[] => {
      const other = others.find(({ estimate }) => estimate.metric === metric && estimate.k === k);
      if (!other) return [];
      const { value, lo, hi, n } = other.estimate;
      const difference = value - own.value;
      const drawnDifferences = other.draws.map((draw, r) => draw - draws[r]!);
      const interval = percentileInterval(drawnDifferences, difference);
      return [
        {
          family,
          metric,
          k,
          without: own,
          withColumns: { value, lo, hi, n },
          difference: { value: difference, ...interval, n: own.n },
        },
      ];
    });
}
