import type { RankNormalizer } from '../../domain/schemas/calibration';
import { normalQuantile } from '../preprocessing/quantile-transformer';
import { heightOf } from './piecewise-linear';

/** Points of the line to each side of the middle provider, and how far apart: beyond the last there is one in 30,000. */
const POINTS = 80;
const APART = 0.05;

/**
 * Where a score stands among the scores of all active providers by the same model, as a normal score (van der Waerden 1952):
 * 0 is the middle provider, 2.33 the first in a hundred. Models that were fitted on other rows, or stopped earlier, give scores
 * of another spread; where a provider stands among the others means the same in all of them.
 *
 * @param scores of everybody by one model, in any order
 * @returns a line with as many points as so many providers can tell apart
 */
export function fitRankNormalizer(scores: ArrayLike<number>): RankNormalizer {
  const sorted = Float64Array.from(scores).sort();
  const last = sorted.length - 1;
  const place = (i: number) => (i + 0.5) / sorted.length;
  const line: { score: number; at: number }[] = [];
  const add = (i: number) => {
    if (sorted[i]! > (line.at(-1)?.score ?? -Infinity))
      line.push({ score: sorted[i]!, at: normalQuantile(place(middleOfTies(sorted, i))) });
  };
  if (last < 0) return { scores: [], at: [] };
  add(0);
  let next = 0;
  for (let point = -POINTS; point <= POINTS; point++) {
    const wanted = point * APART;
    while (next < last && normalQuantile(place(next)) < wanted) next++;
    add(next);
  }
  add(last);
  return { scores: line.map(({ score }) => score), at: line.map(({ at }) => at) };
}

/** Providers of one score stand where the middle one of them does. */
function middleOfTies(sorted: Float64Array, i: number): number {
  let [first, last] = [i, i];
  while (first > 0 && sorted[first - 1] === sorted[i]) first--;
  while (last < sorted.length - 1 && sorted[last + 1] === sorted[i]) last++;
  return (first + last) / 2;
}

/** A score beyond everybody's stands with the last of them: nothing was seen there. */
export const normalizedRankOf = ({ scores, at }: RankNormalizer, score: number): number =>
  heightOf(scores, at, score) ?? 0;
