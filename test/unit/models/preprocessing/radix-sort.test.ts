import { Rng } from '../../../../domain/rng';
import { radixSort } from '../../../../models/preprocessing/radix-sort';

test('the same order as the built-in sort, also for many numbers', () => {
  const rng = new Rng('ascending');
  const wide = [
    0,
    -0,
    5e-324,
    -5e-324,
    Number.MAX_VALUE,
    -Number.MAX_VALUE,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    1,
    -1,
  ];
  for (const draw of [() => rng.normal(), () => rng.below(44) - 3, () => rng.pick(wide), () => 7]) {
    const values = Float64Array.from({ length: 20_000 }, draw);
    expect(Buffer.from(radixSort(values.slice()).buffer).equals(Buffer.from(values.slice().sort().buffer))).toBe(true);
  }
});
