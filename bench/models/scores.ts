import { Rng } from '../../domain/rng';

/** Average precision; equal scores count together. */
export function averagePrecision(y: ArrayLike<number>, scores: ArrayLike<number>, weights?: ArrayLike<number>): number {
  const order = Array.from({ length: y.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);
  return orderedAveragePrecision(order, y, scores, weights);
}

function orderedAveragePrecision(
  order: readonly number[],
  y: ArrayLike<number>,
  scores: ArrayLike<number>,
  weights?: ArrayLike<number>,
): number {
  let [seen, hits, sum, before] = [0, 0, 0, 0];
  for (let at = 0; at < order.length;) {
    const score = scores[order[at]!]!;
    for (; at < order.length && scores[order[at]!] === score; at++) {
      const weight = weights?.[order[at]!] ?? 1;
      seen += weight;
      hits += weight * y[order[at]!]!;
    }
    if (seen > 0) sum += ((hits - before) * hits) / seen;
    before = hits;
  }
  return hits > 0 ? sum / hits : 0;
}

/**
 * Ratio of two models' mean average precision over the same test rows, each model given by the scores of its seeds,
 * with a paired bootstrap over rows.
 */
export function pairedRatio(
  y: ArrayLike<number>,
  ours: readonly ArrayLike<number>[],
  theirs: readonly ArrayLike<number>[],
  replicates: number,
  seed: number,
): { ratio: number; draws: number[] } {
  const sorted = [ours, theirs].map((models) =>
    models.map((scores) => ({
      scores,
      order: Array.from({ length: y.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!),
    })),
  );
  const ratio = (weights?: ArrayLike<number>) => {
    const [a, b] = sorted.map(
      (models) =>
        models.reduce((sum, { scores, order }) => sum + orderedAveragePrecision(order, y, scores, weights), 0) /
        models.length,
    );
    return a! / b!;
  };
  const rng = new Rng('paired', seed);
  const draws = Array.from({ length: replicates }, () => {
    const weights = new Float64Array(y.length);
    for (let i = 0; i < y.length; i++) weights[rng.below(y.length)]!++;
    return ratio(weights);
  });
  return { ratio: ratio(), draws };
}
