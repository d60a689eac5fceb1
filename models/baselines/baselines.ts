import { createHash } from 'node:crypto';
import type { MatrixColumn, MatrixData, MatrixMeta } from '../../domain/schemas/matrix';

/** Number in [0, 1) from a seed and a row: a random order that anyone can redo and that storage cannot change. */
export const seededUniform = (seed: number, key: string): number =>
  createHash('sha256').update(`${seed}\u0000${key}`).digest().readUInt32BE() / 2 ** 32;

/** A single far outlier must not outweigh a whole profile. */
const DEVIATION_LIMIT = 5;

/** How far a profile lies above its peers: mean of the robust z, each from 0 to 5; an unknown one deviates from nothing. */
const meanDeviation = (profile: readonly Float64Array[], row: number): number =>
  profile.reduce((sum, z) => sum + (Number.isNaN(z[row]!) ? 0 : Math.min(DEVIATION_LIMIT, Math.max(0, z[row]!))), 0) /
  profile.length;

export const PROFILE_DEVIATION = 'profile_deviation';

/**
 * Adds the peers' method as an input of its own: with a few hundred outcomes no model can learn to add up eighty columns
 * that practice adds up by hand. Of the columns in use only, row by row, so nothing is fitted.
 */
export function withProfile(
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
 * Scores of the baselines that every model must be shown beside; a source that lacks their columns has none of them.
 * - random: a seeded order
 * - current practice: the order in which the controls were opened
 * - size, rule hits: the column itself
 * - peer deviation: mean over the profile of how far a figure lies above its peers (robust z, from 0 to 5), the method of
 *   the prescribing-profile letters; NOK at risk: size times that deviation
 */
export function baselineScores(
  data: MatrixData,
  meta: MatrixMeta,
  rows: readonly number[],
  seed: number,
): Map<string, Float64Array> {
  const { size, ruleHits, deviations } = meta.baselines;
  const known = (name: string | undefined) => (name === undefined ? undefined : data.numeric.get(name));
  const scores = new Map<string, Float64Array>();
  const add = (name: string, of: (row: number) => number) =>
    scores.set(
      name,
      Float64Array.from(rows, (row) => (Number.isNaN(of(row)) ? -Infinity : of(row))),
    );
  add('random', (row) => seededUniform(seed, data.rowId[row]!));
  const opened = new Map([...rows].sort((a, b) => order(data, a, b)).map((row, i) => [row, rows.length - i]));
  add('current-practice', (row) => opened.get(row)!);
  const [sizes, hits] = [known(size), known(ruleHits)];
  if (sizes) add('size', (row) => sizes[row]!);
  if (hits) add('rule-hits', (row) => hits[row]!);
  const profile = (deviations ?? []).flatMap((name) => known(name) ?? []);
  if (profile.length === 0) return scores;
  const deviation = (row: number) => meanDeviation(profile, row);
  add('peer-deviation', deviation);
  if (sizes) add('nok-at-risk', (row) => sizes[row]! * deviation(row));
  return scores;
}

const order = (data: MatrixData, a: number, b: number) => {
  const [left, right] = [`${data.asOf[a]} ${data.rowId[a]}`, `${data.asOf[b]} ${data.rowId[b]}`];
  return left < right ? -1 : left > right ? 1 : 0;
};
