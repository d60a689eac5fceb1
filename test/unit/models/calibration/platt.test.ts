import { Rng } from '../../../../domain/rng';
import { fitPlatt, plattProbability, smoothedTargets } from '../../../../models/calibration/platt';

test('Platt scaling recovers a known sigmoid and keeps the ranking', () => {
  const rng = new Rng(8);
  const scores = Float64Array.from({ length: 4000 }, () => rng.normal() * 2);
  const labels = Float64Array.from(scores, (s) => (rng.chance(1 / (1 + Math.exp(-(0.5 * s - 1)))) ? 1 : 0));
  const platt = fitPlatt(scores, labels);
  expect(platt.a).toBeCloseTo(0.5, 1);
  expect(platt.b).toBeCloseTo(-1, 1);
  expect(plattProbability(platt, 1)).toBeGreaterThan(plattProbability(platt, 0.9));
  expect(fitPlatt(Float64Array.of(1, 2), Float64Array.of(1, 0)).a).toBeGreaterThan(0);
});

test('Platt scaling of strongly negative scores converges: predictions equal targets on average', () => {
  // Full Newton steps diverge on each of these, to slopes of thousands.
  const scores = Float64Array.of(-6, -5, -4, -3, -2, -1);
  for (const found of [
    [0, 1, 0, 0, 0, 1],
    [0, 0, 1, 0, 1, 1],
    [0, 0, 0, 1, 0, 0],
    [0, 1, 0, 1, 0, 1],
  ]) {
    const labels = Float64Array.from(found);
    const target = smoothedTargets(labels);
    const platt = fitPlatt(scores, labels);
    const predicted = scores.reduce((sum, score) => sum + plattProbability(platt, score), 0);
    expect(predicted).toBeCloseTo(
      found.reduce((sum, label) => sum + target(label), 0),
      6,
    );
    expect(platt.a).toBeLessThan(3);
  }
  // Scores that rank findings last give every row the base rate, not the intercept of a decreasing line.
  const falling = fitPlatt(scores, Float64Array.of(1, 1, 1, 0, 0, 0));
  expect(falling.a).toBe(0.001);
  expect(plattProbability(falling, -6)).toBeCloseTo(0.5, 2);
});
