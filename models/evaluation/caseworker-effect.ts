import type { CaseworkerEffect } from '../../domain/schemas/evaluation';
import { estimateWithDraws, type LabeledScores, percentileInterval, toRanking } from '../metrics/ranking-metrics';

const SHOWN = ['average-precision', 'recall-in-first-half', 'precision'];

/**
 * The same family on the same folds and rows, without and with the columns that say who looked: how much of what the
 * controls found is the caseworker and not the provider. Draws are of the same providers, so the difference is drawn in pairs.
 */
export function caseworkerEffects(
  family: string,
  { without, withColumns }: { without: LabeledScores; withColumns: LabeledScores },
  { ks, bootstrap, seed }: { ks: readonly number[]; bootstrap: number; seed: number },
): CaseworkerEffect[] {
  const drawn = (labeled: LabeledScores) => estimateWithDraws(toRanking(labeled, seed), ks, bootstrap, seed);
  const other = drawn(withColumns);
  return drawn(without)
    .filter(({ estimate }) => SHOWN.includes(estimate.metric))
    .map(({ estimate: { metric, k, ...own }, draws }): CaseworkerEffect => {
      const match = other.find(({ estimate }) => estimate.metric === metric && estimate.k === k)!;
      const { value: theirs, lo, hi, n } = match.estimate;
      const value = theirs - own.value;
      const differences = match.draws.map((draw, r) => draw - draws[r]!);
      return {
        family,
        metric,
        k,
        without: own,
        withColumns: { value: theirs, lo, hi, n },
        difference: { value, ...percentileInterval(differences, value), n: own.n },
      };
    });
}
