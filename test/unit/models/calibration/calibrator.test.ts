import { Rng } from '../../../../domain/rng';
import { calibrated, selectCalibrator } from '../../../../models/calibration/calibrator';

const rng = new Rng(5);
const scores = Float64Array.from({ length: 3000 }, () => 2 * rng.normal());
const entities = Array.from(scores, (_, i) => `e${i}`);
const drawLabels = (p: (score: number) => number) =>
  Float64Array.from(scores, (score) => (rng.chance(p(score)) ? 1 : 0));

test('Platt scaling is selected where the true curve is a sigmoid, isotonic regression where it is a step', () => {
  const smooth = selectCalibrator(
    scores,
    drawLabels((s) => 1 / (1 + Math.exp(-s))),
    entities,
    1,
  );
  expect(smooth.calibrator.kind).toBe('platt');
  const step = selectCalibrator(
    scores,
    drawLabels((s) => (s > 1 ? 0.9 : s > -1 ? 0.4 : 0.35)),
    entities,
    1,
  );
  expect(step.calibrator.kind).toBe('isotonic');
  expect(step.logLoss.isotonic).toBeLessThan(step.logLoss.platt);
  expect(calibrated(step.calibrator, 2.5)).toBeGreaterThan(0.8);
});

test('cross-fitted log loss of random labels is not better than chance', () => {
  const noise = selectCalibrator(scores.slice(0, 60), drawLabels(() => 0.5).slice(0, 60), entities.slice(0, 60), 1);
  expect(noise.logLoss[noise.calibrator.kind]).toBeGreaterThan(0.66);
});

test('the case-source offset is estimated where tips carry information, and near 0 where they do not', () => {
  const tip = Array.from(scores, () => rng.chance(0.5));
  const found = Float64Array.from(scores, (score, i) =>
    rng.chance(1 / (1 + Math.exp(-(score - 1 + (tip[i] ? 1.5 : 0))))) ? 1 : 0,
  );
  const adjusted = selectCalibrator(scores, found, entities, 1, tip);
  expect(adjusted.caseSourceOffset.logOdds).toBeGreaterThan(1.2);
  expect(adjusted.caseSourceOffset.logOdds).toBeLessThan(1.8);
  // At score 0 the finding rate without a tip is 1 / (1 + e) = 0.27; of both together it would be 0.43.
  expect(Math.abs(calibrated(adjusted.calibrator, 0) - 0.269)).toBeLessThan(0.04);
  expect(calibrated(selectCalibrator(scores, found, entities, 1).calibrator, 0)).toBeGreaterThan(0.38);
  const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
  // With its offset, each row is predicted right on average.
  expect(Math.abs(mean(adjusted.crossFitted) - mean(found))).toBeLessThan(0.02);
  expect(mean(adjusted.withoutCaseSourceOffset)).toBeLessThan(mean(found) - 0.08);
  const idle = selectCalibrator(
    scores,
    drawLabels((s) => 1 / (1 + Math.exp(-s))),
    entities,
    1,
    tip,
  );
  expect(Math.abs(idle.caseSourceOffset.logOdds)).toBeLessThan(0.25);
});
