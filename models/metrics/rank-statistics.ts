/** Rank statistics; tied values share their middle rank. */

/** Ranks from 1 to n; tied values get their mean rank. */
export function midRanks(values: ArrayLike<number>): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(values.length);
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j + 1 < order.length && values[order[j + 1]!] === values[order[i]!]) j++;
    for (let k = i; k <= j; k++) ranks[order[k]!] = (i + j) / 2 + 1;
    i = j + 1;
  }
  return ranks;
}

/** Area under the ROC curve. */
export interface RocAuc {
  /** Probability that a row with a finding has the higher value; 0.5 is no relation. */
  readonly auc: number;
  /** Standard error by Hanley and McNeil (1982), at the auc found. */
  readonly se: number;
  readonly positives: number;
  readonly negatives: number;
}

/** Area under the ROC curve by the Mann-Whitney statistic; 0.5 where a class is missing. */
export function rocAuc(values: ArrayLike<number>, labels: ArrayLike<number>): RocAuc {
  const ranks = midRanks(values);
  let [positives, sum] = [0, 0];
  for (let i = 0; i < ranks.length; i++) {
    if (labels[i] !== 1) continue;
    positives++;
    sum += ranks[i]!;
  }
  const negatives = ranks.length - positives;
  if (positives === 0 || negatives === 0) return { auc: 0.5, se: 1, positives, negatives };
  const auc = (sum - (positives * (positives + 1)) / 2) / (positives * negatives);
  const q1 = auc / (2 - auc);
  const q2 = (2 * auc * auc) / (1 + auc);
  const variance =
    (auc * (1 - auc) + (positives - 1) * (q1 - auc * auc) + (negatives - 1) * (q2 - auc * auc)) /
    (positives * negatives);
  return { auc, se: Math.sqrt(Math.max(variance, 0)), positives, negatives };
}

/**
 * Van Elteren's test: rank sums within strata, so that a base rate that differs between strata is no signal.
 * @returns z under the null hypothesis of no relation, and the pooled area under the ROC curve
 */
export function vanElteren(
  values: ArrayLike<number>,
  labels: ArrayLike<number>,
  strata: readonly string[],
): { z: number; auc: number } {
  const rowsOf = new Map<string, number[]>();
  strata.forEach((stratum, row) => rowsOf.set(stratum, [...(rowsOf.get(stratum) ?? []), row]));
  let [numerator, variance, weighted, pairs] = [0, 0, 0, 0];
  for (const rows of rowsOf.values()) {
    const s = rocAuc(
      rows.map((row) => values[row]!),
      rows.map((row) => labels[row]!),
    );
    const [m, n] = [s.positives, s.negatives];
    if (m === 0 || n === 0) continue;
    const weight = 1 / (m + n + 1);
    numerator += weight * (s.auc - 0.5) * m * n;
    variance += weight * weight * ((m * n * (m + n + 1)) / 12);
    weighted += s.auc * m * n;
    pairs += m * n;
  }
  return { z: variance > 0 ? numerator / Math.sqrt(variance) : 0, auc: pairs > 0 ? weighted / pairs : 0.5 };
}

/** Spearman's rank correlation. */
export function spearman(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [x, y] = [midRanks(a), midRanks(b)];
  const mean = (x.length + 1) / 2;
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    xy += (x[i]! - mean) * (y[i]! - mean);
    xx += (x[i]! - mean) ** 2;
    yy += (y[i]! - mean) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : 0;
}
