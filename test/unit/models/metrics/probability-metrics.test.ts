import { median } from '../../../../models/metrics/median';
import {
  brierScore,
  calibrationError,
  logLossOfProbabilities,
  reliability,
} from '../../../../models/metrics/probability-metrics';

test('log loss: the mean of what was given to the right class, and never without end', () => {
  expect(logLossOfProbabilities([0.8, 0.4], [1, 0])).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
  expect(logLossOfProbabilities([0, 1], [1, 0])).toBeCloseTo(-Math.log(1e-6), 9);
  expect(logLossOfProbabilities([1], [1])).toBeCloseTo(1e-6, 9);
});

test('Brier score: the mean squared distance', () => {
  expect(brierScore([0.8, 0.4, 0.5], [1, 0, 1])).toBeCloseTo((0.04 + 0.16 + 0.25) / 3, 12);
});

describe('reliability', () => {
  test('bins of equal counts in the order of the probabilities, whatever the order of the rows', () => {
    expect(reliability([0.9, 0.1, 0.7, 0.3], [1, 0, 0, 1], 2)).toEqual([
      { rows: 2, meanProbability: expect.closeTo(0.2, 12) as number, findingRate: 0.5 },
      { rows: 2, meanProbability: expect.closeTo(0.8, 12) as number, findingRate: 0.5 },
    ]);
  });

  test('more bins than rows: the empty ones are left out', () => {
    expect(reliability([0.2, 0.6], [0, 1], 4).map(({ rows }) => rows)).toEqual([1, 1]);
    expect(reliability([0.2], [0])).toHaveLength(1);
  });

  test('calibration error: bins weigh by their rows', () => {
    // Three rows in two bins: round(1.5) = 2 in the first, 0.2 against 0; one in the second, 0.9 against 1.
    expect(calibrationError([0.1, 0.3, 0.9], [0, 0, 1], 2)).toBeCloseTo((0.2 * 2 + 0.1) / 3, 12);
  });
});

test('median: the middle, the mean of two middles, nothing of nothing', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([9, 1, 5, 2])).toBe(3.5);
  expect(median([10, 9])).toBe(9.5);
  expect(median([])).toBeUndefined();
});

test('metrics worked by hand', () => {
  const [p, y] = [
    [0.2, 0.8, 0.5, 0.5],
    [0, 1, 1, 0],
  ];
  expect(brierScore(p, y)).toBeCloseTo((0.04 + 0.04 + 0.25 + 0.25) / 4, 12);
  expect(logLossOfProbabilities(p, y)).toBeCloseTo(-(2 * Math.log(0.8) + 2 * Math.log(0.5)) / 4, 12);
  expect(reliability(p, y, 2)).toEqual([
    { rows: 2, meanProbability: 0.35, findingRate: 0.5 },
    { rows: 2, meanProbability: 0.65, findingRate: 0.5 },
  ]);
  expect(calibrationError(p, y, 2)).toBeCloseTo(0.15, 12);
});
