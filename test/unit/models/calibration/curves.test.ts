import { fitIsotonic, isotonicProbability } from '../../../../models/calibration/isotonic';
import { interpolate } from '../../../../models/calibration/piecewise-linear';
import { fitPlatt, plattProbability, smoothedTargets } from '../../../../models/calibration/platt';

describe('isotonic regression', () => {
  test('neighbours that fall are pooled, also when that makes an earlier pair fall', () => {
    // In the order of scores: 1, 1, 0, 0. The last three pool to 1/3, below the first: all four are one block.
    expect(fitIsotonic([4, 1, 3, 2], [0, 1, 0, 1])).toEqual({ scores: [2.5], probabilities: [0.5] });
  });

  test('equal rates are one block, rising ones stay apart', () => {
    expect(fitIsotonic([1, 3, 5, 7], [0, 0, 1, 1])).toEqual({ scores: [2, 6], probabilities: [0, 1] });
    const fitted = fitIsotonic([1, 2, 4, 6], [0, 1, 0, 1]);
    expect(fitted).toEqual({ scores: [1, 3, 6], probabilities: [0, 0.5, 1] });
    expect(isotonicProbability(fitted, 4)).toBeCloseTo(0.5 + 0.5 / 3, 12);
    expect(isotonicProbability({ scores: [], probabilities: [] }, 4)).toBe(0.5);
  });
});

test('a line between points, level beyond them, nothing without any', () => {
  const at = (x: number) => interpolate([1, 3, 4], [10, 20, 0], x);
  expect([0, 1, 1.5, 3, 3.75, 4, 9].map(at)).toEqual([10, 10, 12.5, 20, 5, 0, 0]);
  expect(interpolate([], [], 1)).toBeUndefined();
});

describe('Platt', () => {
  test('targets are held back by how few labels there are', () => {
    const target = smoothedTargets([1, 1, 1, 0]);
    expect([target(1), target(0)]).toEqual([4 / 5, 1 / 3]);
  });

  test('two scores: the line goes through the smoothed shares of both', () => {
    // At score 1: 3 of 4 findings, at score -1: 1 of 4. Targets 5/6 and 1/6: shares 2/3 and 1/3, log odds ± ln 2.
    const scores = Float64Array.of(1, 1, 1, 1, -1, -1, -1, -1);
    const { a, b } = fitPlatt(scores, Float64Array.of(1, 1, 1, 0, 1, 0, 0, 0));
    expect(a).toBeCloseTo(Math.LN2, 6);
    expect(b).toBeCloseTo(0, 6);
  });

  test('the intercept is that of the scores as they stand', () => {
    // The same with every score moved by 3: the slope stays, the intercept takes the move back.
    const scores = Float64Array.of(4, 4, 4, 4, 2, 2, 2, 2);
    const platt = fitPlatt(scores, Float64Array.of(1, 1, 1, 0, 1, 0, 0, 0));
    expect(platt.a).toBeCloseTo(Math.LN2, 5);
    expect(platt.b).toBeCloseTo(-3 * Math.LN2, 5);
    expect(plattProbability(platt, 4)).toBeCloseTo(2 / 3, 5);
  });

  test('scores that rank findings last carry no information: every row has the base rate, in order', () => {
    // Targets 4/5 for three findings and 1/3 for one row without: their mean is 41/60.
    const platt = fitPlatt(Float64Array.of(2, 4, 6, 20), Float64Array.of(1, 1, 1, 0));
    expect(platt.a).toBe(0.001);
    expect(platt.b).toBeCloseTo(Math.log(41 / 19) - 0.001 * 8, 12);
  });
});
