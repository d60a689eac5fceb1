import { createHash } from 'node:crypto';
import type { BaselineName } from '../../domain/families/names';
import type { MatrixColumn, MatrixData, MatrixMeta } from '../../domain/schemas/matrix';

/**
 * Pseudo-random number in [0, 1) from a seed and a key: a random order that can be repeated and does not depend on
 * storage.
 */
export const seededUniform = (seed: number, key: string): number =>
  createHash('sha256').update(`${seed}\u0000${key}`).digest().readUInt32BE() / 2 ** 32;

/** Deviations are clipped to [0, 5]: one outlier must not outweigh the rest of a profile. */
const MAX_DEVIATION = 5;

/** How far a profile lies above its peers: mean of clipped robust z-scores; a missing one counts as 0. */
const meanDeviation = (profile: readonly Float64Array[], row: number): number =>
  profile.reduce((sum, z) => sum + (Number.isNaN(z[row]!) ? 0 : Math.min(MAX_DEVIATION, Math.max(0, z[row]!))), 0) /
  profile.length;

/** Column added by `withProfileDeviation`. */
export const PROFILE_DEVIATION = 'profile_deviation';

/**
 * Adds the mean deviation from peers as a feature: a few hundred labels are too few for a model to learn to sum eighty
 * columns. Only of columns that the model may use, and row by row, so nothing is fitted.
 */
export function withProfileDeviation(
  data: MatrixData,
  columns: readonly MatrixColumn[],
  meta: MatrixMeta,
): { data: MatrixData; columns: readonly MatrixColumn[] } {
  const used = (meta.baselines.deviations ?? []).filter((name) => columns.some((column) => column.name === name));
  const profile = used.map((name) => data.numeric.get(name)!);
  if (profile.length === 0) return { data, columns };
  const values = Float64Array.from({ length: data.n }, (_, row) => meanDeviation(profile, row));
  return {
    data: { ...data, numeric: new Map([...data.numeric, [PROFILE_DEVIATION, values]]) },
    columns: [...columns, { name: PROFILE_DEVIATION, kind: 'numeric', role: 'feature' }],
  };
}

/** Matrix columns that the baselines read. */
export const baselineColumns = ({ baselines }: MatrixMeta): string[] => [
  ...[baselines.size, baselines.ruleHits].filter((name) => name !== undefined),
  ...(baselines.deviations ?? []),
];

/**
 * Scores of the baselines that every model is compared with. A source without their columns lacks those baselines.
 * - random: a seeded order
 * - current practice: the order in which the control cases were opened
 * - size, rule hits: the column itself
 * - outlier rule: mean clipped robust z-score of the profile, the method of the prescribing-profile letters
 * - size times deviation: refunds times that deviation
 */
export function baselineScores(
  data: MatrixData,
  meta: MatrixMeta,
  rows: readonly number[],
  seed: number,
): Map<BaselineName, Float64Array> {
  const { size, ruleHits, deviations } = meta.baselines;
  const column = (name: string | undefined) => (name === undefined ? undefined : data.numeric.get(name));
  const scores = new Map<BaselineName, Float64Array>();
  const add = (name: BaselineName, scoreOf: (row: number) => number) =>
    scores.set(
      name,
      Float64Array.from(rows, (row) => (Number.isNaN(scoreOf(row)) ? -Infinity : scoreOf(row))),
    );
  add('random', (row) => seededUniform(seed, data.rowId[row]!));
  const opened = new Map([...rows].sort((a, b) => compareOpened(data, a, b)).map((row, i) => [row, rows.length - i]));
  add('current-practice', (row) => opened.get(row)!);
  const [sizes, hits] = [column(size), column(ruleHits)];
  if (sizes) add('size', (row) => sizes[row]!);
  if (hits) add('rule-hits', (row) => hits[row]!);
  const profile = (deviations ?? []).flatMap((name) => column(name) ?? []);
  if (profile.length === 0) return scores;
  const deviation = (row: number) => meanDeviation(profile, row);
  add('peer-deviation', deviation);
  if (sizes) add('nok-at-risk', (row) => sizes[row]! * deviation(row));
  return scores;
}

const compareOpened = (data: MatrixData, a: number, b: number) => {
  const [left, right] = [`${data.asOf[a]} ${data.rowId[a]}`, `${data.asOf[b]} ${data.rowId[b]}`];
  return left < right ? -1 : left > right ? 1 : 0;
};
