import type { Platt } from '../../domain/schemas/calibration';
import { dampedNewton, logitLoss } from '../linalg/damped-newton';

/** Keeps the mapping increasing, so that calibration never reverses a ranking. */
const MIN_SLOPE = 1e-3;

/**
 * Platt's smoothed targets (Platt 1999): closer to 1 and 0 the more rows there are, so few labels do not give
 * certainty.
 */
export function smoothedTargets(labels: ArrayLike<number>): (label: number) => number {
  const positives = Array.from(labels).filter((label) => label === 1).length;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  return (label) => (label === 1 ? high : low);
}

/** Minimizes the log loss against smoothed targets by Newton's method. */
export function fitPlatt(scores: Float64Array, labels: Float64Array): Platt {
  const target = smoothedTargets(labels);
  const loss = ([a, b]: readonly number[]) =>
    scores.reduce((sum, score, i) => sum + logitLoss(a! * score + b!, target(labels[i]!)), 0);
  const newtonStep = ([a, b]: readonly number[]) => {
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
  const [a, b] = dampedNewton([1, 0], newtonStep, loss);
  if (a! >= MIN_SLOPE) return { a: a!, b: b! };
  // The scores rank findings last, so they carry no information: every row gets the base rate.
  const mean = (of: (row: number) => number) => scores.reduce((sum, _, row) => sum + of(row), 0) / scores.length;
  const share = mean((row) => target(labels[row]!));
  return { a: MIN_SLOPE, b: Math.log(share / (1 - share)) - MIN_SLOPE * mean((row) => scores[row]!) };
}

export const plattProbability = (platt: Platt, score: number): number =>
  1 / (1 + Math.exp(-(platt.a * score + platt.b)));
