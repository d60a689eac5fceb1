import type { RankNormalizer } from '../../domain/schemas/calibration';
import { normalQuantile } from '../preprocessing/quantile-transformer';
import { interpolate } from './piecewise-linear';

/** Knots on each side of the median, and their distance in normal scores: beyond the last is 1 provider in 30,000. */
const KNOTS = 80;
const SPACING = 0.05;

/**
 * Rank normalization: maps a score to the normal score of its rank in the population scored by the same model (van der
 * Waerden 1952): 0 is the median provider, 2.33 the top 1 %. Models fitted on other rows, or stopped earlier, have
 * scores of another spread; a rank in the population means the same in all of them.
 *
 * @param scores of the population by one model, in any order
 * @returns a piecewise linear map, with fewer knots for small populations and ties
 */
export function fitRankNormalizer(scores: ArrayLike<number>): RankNormalizer {
  const sorted = Float64Array.from(scores).sort();
  const last = sorted.length - 1;
  const rank = (i: number) => (i + 0.5) / sorted.length;
  const knots: { score: number; normalScore: number }[] = [];
  const add = (i: number) => {
    if (sorted[i]! > (knots.at(-1)?.score ?? -Infinity))
      knots.push({ score: sorted[i]!, normalScore: normalQuantile(rank(middleOfTies(sorted, i))) });
  };
  if (last < 0) return { scores: [], normalScores: [] };
  add(0);
  let next = 0;
  for (let knot = -KNOTS; knot <= KNOTS; knot++) {
    const normalScore = knot * SPACING;
    while (next < last && normalQuantile(rank(next)) < normalScore) next++;
    add(next);
  }
  add(last);
  return { scores: knots.map(({ score }) => score), normalScores: knots.map(({ normalScore }) => normalScore) };
}

/** Providers with the same score have the rank of the middle one. */
function middleOfTies(sorted: Float64Array, i: number): number {
  let [first, last] = [i, i];
  while (first > 0 && sorted[first - 1] === sorted[i]) first--;
  while (last < sorted.length - 1 && sorted[last + 1] === sorted[i]) last++;
  return (first + last) / 2;
}

/** Normal score of a score's rank; scores outside the population's range get that of its ends. */
export const normalizedRankOf = ({ scores, normalScores }: RankNormalizer, score: number): number =>
  interpolate(scores, normalScores, score) ?? 0;
