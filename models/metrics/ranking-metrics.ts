import type { MetricEstimate, NoValue } from '../../domain/schemas/evaluation';
import { Rng } from '../../domain/rng';
import { seededUniform } from '../baselines/baselines';

/** A labeled ranking in the order of the list, highest score first. */
export interface Ranking {
  readonly labels: Float64Array;
  /** Upheld amounts, 0 without a finding; left out where the source has no amounts. */
  readonly amountNok?: Float64Array | undefined;
  readonly entities: readonly string[];
}

/** Scored rows with their labels. */
export interface LabeledScores {
  readonly scores: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  /** Upheld amounts, 0 without a finding. */
  readonly amountNok?: ArrayLike<number> | undefined;
  readonly entities: readonly string[];
  readonly rowIds: readonly string[];
}

/** Rows by score, highest first. Ties are broken at random by seed, independent of the order in storage. */
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

/**
 * Ranking metrics by name; higher is better. `@k` metrics are of the first k rows, `@half` ones of the first half.
 * Those without a value are left out: all where there is no finding, and those of a list longer than the rows.
 * @param weights how often the bootstrap drew each row; 1 for the point estimate
 */
export function metricsOf(
  { labels, amountNok }: Omit<Ranking, 'entities'>,
  weights: Float64Array,
  ks: readonly number[],
): Map<string, number> {
  const n = weights.reduce((sum, w) => sum + w, 0);
  let positives = 0;
  for (let i = 0; i < labels.length; i++) positives += weights[i]! * labels[i]!;
  const out = new Map<string, number>();
  if (positives === 0) return out;
  const whole = ks.filter((k) => k <= n).map((k) => ({ name: `@${k}`, k }));
  const cutoffs = [...whole, { name: '@half', k: n / 2 }].sort((a, b) => a.k - b.k);
  let [seen, hits, upheld, precisionSum, next] = [0, 0, 0, 0, 0];
  for (let i = 0; i < labels.length; i++) {
    const w = weights[i]!;
    while (next < cutoffs.length && seen + w >= cutoffs[next]!.k) {
      const { name, k } = cutoffs[next++]!;
      const inside = hits + (k - seen) * labels[i]!;
      out.set(`precision${name}`, inside / k);
      out.set(`recall${name}`, inside / positives);
      out.set(`lift${name}`, inside / k / (positives / n));
      if (amountNok) out.set(`amount-upheld${name}`, upheld + (k - seen) * amountNok[i]!);
    }
    seen += w;
    hits += w * labels[i]!;
    if (amountNok) upheld += w * amountNok[i]!;
    if (w > 0 && labels[i] === 1) precisionSum += w * (hits / seen);
  }
  out.set('average-precision', precisionSum / positives);
  return out;
}

/** Average precision without an interval; of rows with a finding, since it has no value without. */
export const averagePrecisionOf = (labeled: LabeledScores, seed: number): number =>
  metricsOf(toRanking(labeled, seed), new Float64Array(labeled.labels.length).fill(1), []).get('average-precision')!;

/** Level of all confidence intervals. */
export const INTERVAL = 0.95;

/** Percentile bootstrap interval of the draws that have a value; `value` at both ends where there are none. */
export function percentileInterval(draws: readonly number[], value: number): { lo: number; hi: number } {
  const sorted = draws.filter((draw) => Number.isFinite(draw)).sort((a, b) => a - b);
  const at = (p: number) =>
    sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(p * (sorted.length - 1))))] ?? value;
  return { lo: at((1 - INTERVAL) / 2), hi: at((1 + INTERVAL) / 2) };
}

/** Cluster bootstrap: how often each row is drawn, for each replicate. Rows of one entity are drawn together. */
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

/** Row numbers, each as often as its weight says. */
export const resample = (weights: Float64Array): number[] =>
  [...weights.keys()].flatMap((row) => Array<number>(weights[row]!).fill(row));

/**
 * An estimate and its bootstrap draws, NaN where the metric has no value in a draw. Draws of two rankings of the same
 * rows with the same seed are paired.
 */
export interface EstimateWithDraws {
  readonly estimate: MetricEstimate;
  readonly draws: readonly number[];
}

/**
 * Every metric that has a value, with a percentile bootstrap interval over entities. Uses labeled rows as if they were
 * a random sample: the naive estimator.
 */
export function estimateWithDraws(
  ranking: Ranking,
  ks: readonly number[],
  replicates: number,
  seed: number,
): EstimateWithDraws[] {
  const n = ranking.labels.length;
  const point = metricsOf(ranking, new Float64Array(n).fill(1), ks);
  const draws = new Map<string, number[]>([...point.keys()].map((name) => [name, []]));
  if (point.size > 0)
    for (const weights of bootstrapWeights(ranking.entities, replicates, seed)) {
      const drawn = metricsOf(ranking, weights, ks);
      for (const [name, own] of draws) own.push(drawn.get(name) ?? Number.NaN);
    }
  return [...point].map(([name, value]) => {
    const own = draws.get(name)!;
    return { estimate: { ...nameAndLength(name), value, ...percentileInterval(own, value), n }, draws: own };
  });
}

function nameAndLength(name: string): { metric: string; k: number } {
  const [metric = name, cutoff = ''] = name.split('@');
  return cutoff === 'half' ? { metric: `${metric}-in-first-half`, k: 0 } : { metric, k: Number(cutoff) };
}

/** Metrics of a ranking that have no value, each with the reason. */
export function metricsWithoutValue(
  { labels, amountNok }: Omit<Ranking, 'entities'>,
  ks: readonly number[],
): { metric: string; k: number; noValue: NoValue }[] {
  const noFindings = !labels.includes(1);
  const kinds = ['precision', 'recall', 'lift', ...(amountNok ? ['amount-upheld'] : [])];
  const ofLists = ks
    .filter((k) => noFindings || k > labels.length)
    .flatMap((k) => kinds.map((metric) => ({ metric, k })));
  const others = noFindings ? ['average-precision', ...kinds.map((kind) => `${kind}@half`)] : [];
  return [...ofLists, ...others.map(nameAndLength)].map((found) => ({
    ...found,
    noValue: found.k > labels.length ? 'fewer-rows-than-k' : 'no-findings',
  }));
}
