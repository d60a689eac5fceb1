import { fitIsotonic, isotonicProbability } from '../../../../models/calibration/isotonic';

test('blocks worked by hand, linear between them, constant beyond the ends', () => {
  const fitted = fitIsotonic([1, 2, 3, 4, 5], [0, 1, 0, 1, 1]);
  expect(fitted.probabilities).toEqual([0, 0.5, 1]); // 2 and 3 are one block; 4 and 5 are another
  expect(fitted.scores).toEqual([1, 2.5, 4.5]);
  expect(isotonicProbability(fitted, 1.75)).toBeCloseTo(0.25, 12);
  expect([isotonicProbability(fitted, -9), isotonicProbability(fitted, 9)]).toEqual([0, 1]);
});
