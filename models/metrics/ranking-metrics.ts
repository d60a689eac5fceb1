import type { MetricEstimate } from '../../domain/schemas/evaluation';
import { Rng } from '../../domain/rng';
import { seededUniform } from '../baselines/baselines';

/** One judged ranking: labels and entities in the order of the list, best first. */
export interface Ranking {
  readonly labels: Float64Array;
  readonly entities: readonly string[];
}

/** Orders rows by score, higher first; equal scores by a seeded key, so that ties help nobody. */
export function toRanking(
  scores: Float64Array,
  labels: Float64Array,
  entities: readonly string[],
  rowIds: readonly string[],
  seed: number,
): Ranking {
  const keys = rowIds.map((id) => seededUniform(seed, id));
  const order = Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || keys[a]! - keys[b]!);
  return { labels: Float64Array.from(order, (i) => labels[i]!), entities: order.map((i) => entities[i]!) };
}

/** All metrics: higher is better. `weights` counts how often each row was drawn (1 for the estimate itself). */
export function metricsOf(labels: Float64Array, weights: Float64Array, ks: readonly number[]): Map<string, number> {
  const n = weights.reduce((sum, w) => sum + w, 0);
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += weights[i]! * labels[i]!;
  const cuts = [...ks.map((k) => ({ name: `@${k}`, k: Math.min(k, n) })), { name: '@half', k: n / 2 }].sort((a, b) => a.k - b.k);
  const out = new Map<string, number>();
  let [seen, hits, precisionSum, next] = [0, 0, 0, 0];
  for (let i = 0; i < labels.length && n > 0; i++) {
    const w = weights[i]!;
    while (next < cuts.length && seen + w >= cuts[next]!.k) {
      const cut = cuts[next++]!;
      const inside = hits + (cut.k - seen) * labels[i]!;
      out.set(`precision${cut.name}`, inside / cut.k);
      out.set(`recall${cut.name}`, positives > 0 ? inside / positives : 0);
      out.set(`lift${cut.name}`, positives > 0 ? inside / cut.k / (positives / n) : 0);
    }
    seen += w;
    hits += w * labels[i]!;
    if (w > 0 && labels[i] === 1) precisionSum += w * (hits / seen);
  }
  out.set('average-precision', positives > 0 ? precisionSum / positives : 0);
  return out;
}

export const INTERVAL = 0.95;

/**
 * Every metric with a percentile bootstrap interval over entities: an actor controlled twice is drawn twice together.
 * Judges controlled rows only, as if they had been chosen at random: that is the naive estimator, and it is named so.
 */
export function estimate(ranking: Ranking, ks: readonly number[], replicates: number, seed: number): MetricEstimate[] {
  const n = ranking.labels.length;
  const point = metricsOf(ranking.labels, new Float64Array(n).fill(1), ks);
  const rowsOf = new Map<string, number[]>();
  ranking.entities.forEach((entity, i) => rowsOf.set(entity, [...(rowsOf.get(entity) ?? []), i]));
  const clusters = [...rowsOf.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, rows]) => rows);
  const rng = new Rng(seed, 'bootstrap');
  const draws = new Map<string, number[]>([...point.keys()].map((name) => [name, []]));
  for (let r = 0; r < replicates; r++) {
    const weights = new Float64Array(n);
    for (let c = 0; c < clusters.length; c++) for (const row of clusters[rng.below(clusters.length)]!) weights[row]!++;
    for (const [name, value] of metricsOf(ranking.labels, weights, ks)) draws.get(name)!.push(value);
  }
  return [...point].map(([name, value]) => {
    const sorted = draws.get(name)!.sort((a, b) => a - b);
    const at = (p: number) => sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(p * (sorted.length - 1))))] ?? value;
    const [metric = name, cut = ''] = name.split('@');
    const k = cut === '' ? 0 : cut === 'half' ? Math.floor(n / 2) : Number(cut);
    return {
      metric: cut === 'half' ? `${metric}-in-first-half` : metric,
      k: cut === 'half' ? 0 : k,
      value,
      lo: at((1 - INTERVAL) / 2),
      hi: at((1 + INTERVAL) / 2),
      n,
    };
  });
}
