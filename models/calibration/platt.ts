import type { Platt } from '../../domain/schemas/calibration';
import { dampedNewton, logitLoss } from '../linalg/damped-newton';

const MIN_SLOPE = 1e-3;

/** Platt's targets (Platt 1999): near 1 and 0 by how many rows there are, so that few labels do not give certainty. */
export function smoothedTargets(labels: ArrayLike<number>): (label: number) => number {
  const positives = Array.from(labels).filter((label) => label === 1).length;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  return (label) => (label === 1 ? high : low);
}

/** The least log loss with smoothed targets, by Newton's method. */
export function fitPlatt(scores: Float64Array, labels: Float64Array): Platt {
  const target = smoothedTargets(labels);
  const loss = ([a, b]: readonly number[]) =>
    scores.reduce((sum, score, i) => sum + logitLoss(a! * score + b!, target(labels[i]!)), 0);
  const move = ([a, b]: readonly number[]) => {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (let i = 0; i < scores.length; i++) {
      const p = 1 / (1 + Math.exp(-(a! * scores[i]! + b!)));
      const error = p - target(labels[i]!);
      const weight = p * (1 - p);
      ga += error * scores[i]!;
      gb += error;
      haa += weight * scores[i]! ** 2;
      hab += weight * scores[i]!;
      hbb += weight;
    }
    const det = haa * hbb - hab * hab;
    return Math.abs(det) > 1e-12 ? [(hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det] : undefined;
  };
  const [a, b] = dampedNewton([1, 0], move, loss);
  if (a! >= MIN_SLOPE) return { a: a!, b: b! };
  // The scores order findings last: they say nothing, and everybody gets the share that was found.
  const mean = (of: (row: number) => number) => scores.reduce((sum, _, row) => sum + of(row), 0) / scores.length;
  const share = mean((row) => target(labels[row]!));
  return { a: MIN_SLOPE, b: Math.log(share / (1 - share)) - MIN_SLOPE * mean((row) => scores[row]!) };
}

export const plattProbability = (platt: Platt, score: number): number =>
  1 / (1 + Math.exp(-(platt.a * score + platt.b)));
