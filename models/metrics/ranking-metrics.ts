import type { MetricEstimate } from '../../domain/schemas/evaluation';
import { Rng } from '../../domain/rng';
import { seededUniform } from '../baselines/baselines';

/** One judged ranking: labels, kroner upheld and entities in the order of the list, best first. */
export interface Ranking {
  readonly labels: Float64Array;
  /** Kroner upheld where there was a finding; left out where the source has no amounts. */
  readonly amountNok?: Float64Array | undefined;
  readonly entities: readonly string[];
}

export interface LabeledScores {
  readonly scores: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly amountNok?: ArrayLike<number> | undefined;
  readonly entities: readonly string[];
  readonly rowIds: readonly string[];
}

/** Orders rows by score, higher first; equal scores by a seeded key, so that ties help nobody. */
export function rankOrder({ scores, rowIds }: Pick<LabeledScores, 'scores' | 'rowIds'>, seed: number): number[] {
  const keys = rowIds.map((id) => seededUniform(seed, id));
  return Array.from({ length: scores.length }, (_, i) => i).sort(
    (a, b) => scores[b]! - scores[a]! || keys[a]! - keys[b]!,
  );
}

export function toRanking(labeled: LabeledScores, seed: number): Ranking {
  const { labels, amountNok, entities } = labeled;
  const order = rankOrder(labeled, seed);
  return {
    labels: Float64Array.from(order, (i) => labels[i]!),
    ...(amountNok ? { amountNok: Float64Array.from(order, (i) => amountNok[i]!) } : {}),
    entities: order.map((i) => entities[i]!),
  };
}

/** All metrics: higher is better. `weights` counts how often each row was drawn (1 for the estimate itself). */
export function metricsOf(
  { labels, amountNok }: Omit<Ranking, 'entities'>,
  weights: Float64Array,
  ks: readonly number[],
): Map<string, number> {
  const n = weights.reduce((sum, w) => sum + w, 0);
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += weights[i]! * labels[i]!;
  const cuts = [...ks.map((k) => ({ name: `@${k}`, k: Math.min(k, n) })), { name: '@half', k: n / 2 }].sort(
    (a, b) => a.k - b.k,
  );
  const out = new Map<string, number>();
  let [seen, hits, upheld, precisionSum, next] = [0, 0, 0, 0, 0];
  for (let i = 0; i < labels.length && n > 0; i++) {
    const w = weights[i]!;
    while (next < cuts.length && seen + w >= cuts[next]!.k) {
      const cut = cuts[next++]!;
      const inside = hits + (cut.k - seen) * labels[i]!;
      out.set(`precision${cut.name}`, inside / cut.k);
      out.set(`recall${cut.name}`, positives > 0 ? inside / positives : 0);
      out.set(`lift${cut.name}`, positives > 0 ? inside / cut.k / (positives / n) : 0);
      if (amountNok) out.set(`amount-upheld${cut.name}`, upheld + (cut.k - seen) * amountNok[i]!);
    }
    seen += w;
    hits += w * labels[i]!;
    if (amountNok) upheld += w * amountNok[i]!;
    if (w > 0 && labels[i] === 1) precisionSum += w * (hits / seen);
  }
  out.set('average-precision', positives > 0 ? precisionSum / positives : 0);
  return out;
}

/** Average precision alone, without an interval. */
export const averagePrecisionOf = (labeled: LabeledScores, seed: number): number =>
  metricsOf(toRanking(labeled, seed), new Float64Array(labeled.labels.length).fill(1), []).get('average-precision')!;

export const INTERVAL = 0.95;

/** Middle of the draws that `INTERVAL` leaves in. */
export function percentileInterval(draws: readonly number[], value: number): { lo: number; hi: number } {
  const sorted = [...draws].sort((a, b) => a - b);
  const at = (p: number) =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(p * (sorted.length - 1))))] ?? value;
  return { lo: at((1 - INTERVAL) / 2), hi: at((1 + INTERVAL) / 2) };
}

/** How often each row of the ranking is drawn, for each replicate: a provider controlled twice is drawn twice together. */
export function* bootstrapWeights(
  entities: readonly string[],
  replicates: number,
  seed: number,
): Generator<Float64Array> {
  const rowsOf = new Map<string, number[]>();
  entities.forEach((entity, i) => rowsOf.set(entity, [...(rowsOf.get(entity) ?? []), i]));
  const clusters = [...rowsOf.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
  const rng = new Rng(seed, 'bootstrap');
  for (let r = 0; r < replicates; r++) {
    const weights = new Float64Array(entities.length);
    for (let c = 0; c < clusters.length; c++) for (const row of clusters[rng.below(clusters.length)]!) weights[row]!++;
    yield weights;
  }
}

/** An estimate and its draws: draws of two rankings of the same rows and seed are pairs, whatever their order. */
export interface Drawn {
  readonly estimate: MetricEstimate;
  readonly draws: readonly number[];
}

/**
 * Every metric with a percentile bootstrap interval over entities. Judges controlled rows only, as if they had been chosen
 * at random: that is the naive estimator, and it is named so.
 */
export function estimateWithDraws(ranking: Ranking, ks: readonly number[], replicates: number, seed: number): Drawn[] {
  const n = ranking.labels.length;
  const point = metricsOf(ranking, new Float64Array(n).fill(1), ks);
  const draws = new Map<string, number[]>([...point.keys()].map((name) => [name, []]));
  for (const weights of bootstrapWeights(ranking.entities, replicates, seed))
    for (const [name, value] of metricsOf(ranking, weights, ks)) draws.get(name)!.push(value);
  return [...point].map(([name, value]) => {
    const [metric = name, cut = ''] = name.split('@');
    const k = cut === '' || cut === 'half' ? 0 : Number(cut);
    const own = draws.get(name)!;
    const estimate = {
      metric: cut === 'half' ? `${metric}-in-first-half` : metric,
      k,
      value,
      ...percentileInterval(own, value),
      n,
    };
    return { estimate, draws: own };
  });
}
