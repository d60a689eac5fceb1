import { Rng } from '../../../domain/rng';

describe('seeded random numbers', () => {
  test('the same key gives the same numbers, another key others', () => {
    const draw = (...key: (string | number)[]) =>
      Array.from(
        { length: 5 },
        (
          (rng) => () =>
            rng.uint32()
        )(new Rng(...key)),
      );
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(11, 'a')).not.toEqual(draw(1, '1a'));
  });
  test('means and spreads are what they should be', () => {
    const rng = new Rng(5);
    const n = 40_000;
    const mean = (f: () => number) => Array.from({ length: n }, f).reduce((a, b) => a + b, 0) / n;
    expect(mean(() => rng.next())).toBeCloseTo(0.5, 2);
    expect(mean(() => rng.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => rng.poisson(4))).toBeCloseTo(4, 1);
  });
});
