import type { Platt } from '../../domain/schemas/calibration';

const STEPS = 50;
const MIN_SLOPE = 1e-3;

/** Platt's targets (Platt 1999): near 1 and 0 by how many rows there are, so that few labels do not give certainty. */
export function smoothedTargets(labels: ArrayLike<number>): (label: number) => number {
  const positives = Array.from(labels).filter((label) => label === 1).length;
  const [high, low] = [(positives + 1) / (positives + 2), 1 / (labels.length - positives + 2)];
  return (label) => (label === 1 ? high : low);
}

/** Newton's method on the log loss with smoothed targets. */
export function fitPlatt(scores: Float64Array, labels: Float64Array): Platt {
  const target = smoothedTargets(labels);
  let [a, b] = [1, 0];
  for (let step = 0; step < STEPS; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-9, 0, 1e-9];
    for (let i = 0; i < scores.length; i++) {
      const p = 1 / (1 + Math.exp(-(a * scores[i]! + b)));
      const error = p - target(labels[i]!);
      const weight = p * (1 - p);
      ga += error * scores[i]!;
      gb += error;
      haa += weight * scores[i]! ** 2;
      hab += weight * scores[i]!;
      hbb += weight;
    }
    const det = haa * hbb - hab * hab;
    if (!(Math.abs(det) > 1e-12)) break;
    const [da, db] = [(hbb * ga - hab * gb) / det, (haa * gb - hab * ga) / det];
    a -= da;
    b -= db;
    if (Math.abs(da) + Math.abs(db) < 1e-9) break;
  }
  return Number.isFinite(a) && Number.isFinite(b) ? { a: Math.max(MIN_SLOPE, a), b } : { a: 1, b: 0 };
}

export const plattProbability = (platt: Platt, score: number): number => 1 / (1 + Math.exp(-(platt.a * score + platt.b)));
