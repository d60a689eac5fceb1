import fc from 'fast-check';
import { fitQuantiles, normalQuantile, normalScores } from '../../../../models/preprocessing/quantile-transformer';

test('normal quantiles agree with tables', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 7);
  expect(normalQuantile(0.01)).toBeCloseTo(-2.326347874, 7);
  expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
});

test('normal scores of ranks among the training quantiles; ties get the middle rank; a constant gives 0', () => {
  const q = fitQuantiles(Float64Array.from({ length: 3001 }, (_, i) => i));
  expect(normalScores(q)(1500)).toBeCloseTo(0, 6);
  expect(normalScores(q)(-5)).toBeCloseTo(normalQuantile(1e-7), 6);
  expect(normalScores([0, 1, 1, 1, 2])(1)).toBeCloseTo(0, 9);
  expect(normalScores([3, 3])(3)).toBe(0);
});

test('property: the same rank as by counting, for tied, close and distant quantiles', () => {
  const some = fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
    fc.constantFrom(1e-300, 2e-300),
  );
  const counted = (q: readonly number[], value: number) => {
    const [below, upTo] = [q.filter((x) => x < value).length, q.filter((x) => x <= value).length];
    if (upTo > below) return (below + upTo - 1) / 2; // the middle of those it equals
    return below === 0
      ? 0
      : below === q.length
        ? below - 1
        : below - 1 + (value - q[below - 1]!) / (q[below]! - q[below - 1]!);
  };
  fc.assert(
    fc.property(fc.array(some, { minLength: 2, maxLength: 60 }), fc.array(some, { maxLength: 20 }), (knots, values) => {
      const q = knots.sort((a, b) => a - b);
      const score = normalScores(q);
      const constant = q[0] === q.at(-1);
      for (const value of [...values, ...q])
        expect(score(value)).toBe(
          constant ? 0 : normalQuantile(Math.min(1 - 1e-7, Math.max(1e-7, counted(q, value) / (q.length - 1)))),
        );
    }),
    { numRuns: 500, seed: 7 },
  );
});
