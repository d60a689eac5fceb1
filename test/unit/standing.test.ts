import fc from 'fast-check';
import { Rng } from '../../domain/rng';
import { calibrated, chooseCalibrator } from '../../models/calibration/calibrator';
import { fitStanding, standingOf } from '../../models/calibration/rank-normalizer';
import type { Contender } from '../../models/evaluation/scored-model';
import { evaluateRun } from '../../models/evaluation/evaluate';
import { normalQuantile } from '../../models/preprocessing/quantile-transformer';

const SETTINGS = { ks: [10], bootstrap: 50, seed: 1 };

describe('where a score stands among everybody', () => {
  test('three actors by hand: normal scores of 1/6, 1/2 and 5/6, a line between, level beyond', () => {
    const standing = fitStanding([7, 3, 5]);
    expect(standing.scores).toEqual([3, 5, 7]);
    expect(standingOf(standing, 3)).toBeCloseTo(-0.967422, 6);
    expect(standingOf(standing, 5)).toBeCloseTo(0, 9);
    expect(standingOf(standing, 6)).toBeCloseTo(0.967422 / 2, 6);
    expect([standingOf(standing, -100), standingOf(standing, 100)]).toEqual([
      standingOf(standing, 3),
      standingOf(standing, 7),
    ]);
  });

  test('actors of one score stand together, and where all have one score nobody stands out', () => {
    const standing = fitStanding([1, 2, 2, 2, 9]);
    expect(standingOf(standing, 2)).toBeCloseTo(0, 9);
    expect(standingOf(fitStanding([4, 4, 4]), 4)).toBeCloseTo(0, 9);
    expect(standingOf(fitStanding([]), 4)).toBe(0);
  });

  test('of twenty thousand the line keeps few points, and is right to two hundredths in the middle and at both ends', () => {
    const rng = new Rng('standing');
    const scores = Float64Array.from({ length: 20_000 }, () => rng.normal());
    const standing = fitStanding(scores);
    expect(standing.scores.length).toBeLessThan(170);
    const sorted = scores.slice().sort();
    for (const at of [0, 10, 200, 5000, 10_000, 19_000, 19_920, 19_980, 19_999])
      expect(Math.abs(standingOf(standing, sorted[at]!) - normalQuantile((at + 0.5) / sorted.length))).toBeLessThan(
        0.02,
      );
  });

  test('any scores: a higher one never stands lower, and stretching a model’s scores moves nobody', () => {
    const scores = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        scores,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        (own, by, plus) => {
          const standing = fitStanding(own);
          const order = [...own].sort((a, b) => a - b).map((score) => standingOf(standing, score));
          for (let i = 1; i < order.length; i++) expect(order[i]!).toBeGreaterThanOrEqual(order[i - 1]!);
          const powers = own.map((score) => Math.round(score)); // whole numbers, so that stretching rounds nothing away
          const [before, after] = [
            fitStanding(powers),
            fitStanding(powers.map((score) => score * Math.ceil(by) + Math.round(plus))),
          ];
          for (const score of powers)
            expect(standingOf(after, score * Math.ceil(by) + Math.round(plus))).toBeCloseTo(
              standingOf(before, score),
              9,
            );
        },
      ),
    );
  });
});

describe('probabilities read from standings', () => {
  /** 4,000 actors; the chance of a finding rises with what both models see. One stopped early: its scores hardly spread. */
  const rng = new Rng('stopped early');
  const seen = Float64Array.from({ length: 4000 }, () => rng.normal());
  const chance = (x: number) => 1 / (1 + Math.exp(-(x - 2)));
  const stoppedEarly = seen.map((x) => -3 + 0.05 * x);
  const whole = seen.map((x) => -1 + 1.6 * x);
  const controlled = Array.from({ length: 400 }, (_, i) => i * 10);
  const labels = Float64Array.from(controlled, (row) => (rng.chance(chance(seen[row]!)) ? 1 : 0));
  const entities = controlled.map((row) => `P${row}`);
  const first = [...seen.keys()].sort((a, b) => whole[b]! - whole[a]!).slice(0, 100);
  const there = first.reduce((sum, row) => sum + chance(seen[row]!), 0);

  test('a version keeps what a fold’s model promised, though its raw scores spread thirty times as far', () => {
    const early = Float64Array.from(controlled, (row) => stoppedEarly[row]!);
    const raw = chooseCalibrator(early, labels, entities, 1).calibrator;
    const standing = fitStanding(stoppedEarly);
    const read = chooseCalibrator(
      early.map((score) => standingOf(standing, score)),
      labels,
      entities,
      1,
    ).calibrator;
    const promised = (of: Parameters<typeof calibrated>[0]) =>
      first.reduce((sum, row) => sum + calibrated(of, whole[row]!), 0);
    expect(promised(raw)).toBeGreaterThan(1.5 * there);
    expect(promised({ ...read, standing: fitStanding(whole) }) / there).toBeGreaterThan(0.8);
    expect(promised({ ...read, standing: fitStanding(whole) }) / there).toBeLessThan(1.2);
  });

  test('an evaluation says what it read from, and rows are ordered by the raw score all the same', () => {
    const contender = (standing?: readonly number[]): Contender => ({
      family: 'tabm-mini',
      isModel: true,
      judged: { scores: controlled.map((row) => whole[row]!), labels, entities, rowIds: entities },
      ...(standing ? { standing } : {}),
      groups: entities.map(() => 'all'),
      periods: entities.map(() => 'fold-1'),
    });
    const line = fitStanding(whole);
    const [raw, read] = [undefined, controlled.map((row) => standingOf(line, whole[row]!))].map((standing) =>
      evaluateRun([contender(standing)], SETTINGS),
    );
    expect(read!.calibrators['tabm-mini']).toMatchObject({ readFrom: 'standing' });
    expect(read!.document.reliability[0]).toMatchObject({ readFrom: 'standing' });
    expect(raw!.calibrators['tabm-mini']).not.toHaveProperty('readFrom');
    expect(raw!.document.reliability[0]).not.toHaveProperty('readFrom');
    const naive = (of: typeof raw) => of!.document.rows.filter(({ method }) => method.startsWith('naive'));
    expect(naive(read)).toEqual(naive(raw));
  });
});
