import type { Isotonic } from '../../domain/schemas/calibration';
import { interpolate } from './piecewise-linear';

interface Block {
  sum: number;
  count: number;
  scoreSum: number;
}

/**
 * Isotonic regression by pooling adjacent violators (Ayer et al. 1955); a block's point is at the mean of its scores.
 */
export function fitIsotonic(scores: ArrayLike<number>, labels: ArrayLike<number>): Isotonic {
  const order = Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[a]! - scores[b]!);
  const blocks: Block[] = [];
  const rate = (block: Block) => block.sum / block.count;
  for (const row of order) {
    blocks.push({ sum: labels[row]!, count: 1, scoreSum: scores[row]! });
    for (let last = blocks.length - 1; last > 0 && rate(blocks[last - 1]!) >= rate(blocks[last]!); last--) {
      const { sum, count, scoreSum } = blocks.pop()!;
      const before = blocks[last - 1]!;
      [before.sum, before.count, before.scoreSum] = [
        before.sum + sum,
        before.count + count,
        before.scoreSum + scoreSum,
      ];
    }
  }
  return { scores: blocks.map(({ scoreSum, count }) => scoreSum / count), probabilities: blocks.map(rate) };
}

export const isotonicProbability = ({ scores, probabilities }: Isotonic, score: number): number =>
  interpolate(scores, probabilities, score) ?? 0.5;
