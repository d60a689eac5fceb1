import fc from 'fast-check';
import { Rng } from '../../../../domain/rng';
import { calibrated, selectCalibrator } from '../../../../models/calibration/calibrator';
import { fitRankNormalizer, normalizedRankOf } from '../../../../models/calibration/rank-normalizer';
import type { ScoredModel } from '../../../../models/evaluation/scored-model';
import { evaluateRun } from '../../../../models/evaluation/evaluate';
import { normalQuantile } from '../../../../models/preprocessing/quantile-transformer';

const SETTINGS = { ks: [10], bootstrap: 50, seed: 1 };

describe('rank normalization', () => {
  test('three providers by hand: normal scores of 1/6, 1/2 and 5/6, linear between, constant beyond', () => {
    const rankNormalizer = fitRankNormalizer([7, 3, 5]);
    expect(rankNormalizer.scores).toEqual([3, 5, 7]);
    expect(normalizedRankOf(rankNormalizer, 3)).toBeCloseTo(-0.967422, 6);
    expect(normalizedRankOf(rankNormalizer, 5)).toBeCloseTo(0, 9);
    expect(normalizedRankOf(rankNormalizer, 6)).toBeCloseTo(0.967422 / 2, 6);
    expect([normalizedRankOf(rankNormalizer, -100), normalizedRankOf(rankNormalizer, 100)]).toEqual([
      normalizedRankOf(rankNormalizer, 3),
      normalizedRankOf(rankNormalizer, 7),
    ]);
  });

  test('ties have the same normal score; where all scores are equal it is 0', () => {
    const rankNormalizer = fitRankNormalizer([1, 2, 2, 2, 9]);
    expect(normalizedRankOf(rankNormalizer, 2)).toBeCloseTo(0, 9);
    expect(normalizedRankOf(fitRankNormalizer([4, 4, 4]), 4)).toBeCloseTo(0, 9);
    expect(normalizedRankOf(fitRankNormalizer([]), 4)).toBe(0);
  });

  test('20,000 scores need few knots and are right to 0.02, also at both ends', () => {
    const rng = new Rng('standing');
    const scores = Float64Array.from({ length: 20_000 }, () => rng.normal());
    const rankNormalizer = fitRankNormalizer(scores);
    expect(rankNormalizer.scores.length).toBeLessThan(170);
    const sorted = scores.slice().sort();
    for (const at of [0, 10, 200, 5000, 10_000, 19_000, 19_920, 19_980, 19_999])
      expect(
        Math.abs(normalizedRankOf(rankNormalizer, sorted[at]!) - normalQuantile((at + 0.5) / sorted.length)),
      ).toBeLessThan(0.02);
  });

  test('property: monotone, and invariant to stretching the scores', () => {
    const scores = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 1, maxLength: 400 });
    fc.assert(
      fc.property(
        scores,
        fc.double({ min: 0.01, max: 20, noNaN: true }),
        fc.double({ min: -9, max: 9, noNaN: true }),
        (own, by, plus) => {
          const rankNormalizer = fitRankNormalizer(own);
          const order = [...own].sort((a, b) => a - b).map((score) => normalizedRankOf(rankNormalizer, score));
          for (let i = 1; i < order.length; i++) expect(order[i]!).toBeGreaterThanOrEqual(order[i - 1]!);
          const powers = own.map((score) => Math.round(score)); // whole numbers, so that stretching rounds nothing away
          const [before, after] = [
            fitRankNormalizer(powers),
            fitRankNormalizer(powers.map((score) => score * Math.ceil(by) + Math.round(plus))),
          ];
          for (const score of powers)
            expect(normalizedRankOf(after, score * Math.ceil(by) + Math.round(plus))).toBeCloseTo(
              normalizedRankOf(before, score),
              9,
            );
        },
      ),
    );
  });
});

describe('calibration on population ranks', () => {
  /**
   * 4,000 providers; the chance of a finding rises with what both models see. One stopped early: its scores hardly
   * spread.
   */
  const rng = new Rng('stopped early');
  const strength = Float64Array.from({ length: 4000 }, () => rng.normal());
  const chance = (x: number) => 1 / (1 + Math.exp(-(x - 2)));
  const stoppedEarly = strength.map((x) => -3 + 0.05 * x);
  const whole = strength.map((x) => -1 + 1.6 * x);
  const labeledRows = Array.from({ length: 400 }, (_, i) => i * 10);
  const labels = Float64Array.from(labeledRows, (row) => (rng.chance(chance(strength[row]!)) ? 1 : 0));
  const entities = labeledRows.map((row) => `P${row}`);
  const first = [...strength.keys()].sort((a, b) => whole[b]! - whole[a]!).slice(0, 100);
  const there = first.reduce((sum, row) => sum + chance(strength[row]!), 0);

  test('a calibrator of one model fits another whose raw scores spread thirty times as far', () => {
    const early = Float64Array.from(labeledRows, (row) => stoppedEarly[row]!);
    const raw = selectCalibrator(early, labels, entities, 1).calibrator;
    const rankNormalizer = fitRankNormalizer(stoppedEarly);
    const read = selectCalibrator(
      early.map((score) => normalizedRankOf(rankNormalizer, score)),
      labels,
      entities,
      1,
    ).calibrator;
    const predicted = (of: Parameters<typeof calibrated>[0]) =>
      first.reduce((sum, row) => sum + calibrated(of, whole[row]!), 0);
    expect(predicted(raw)).toBeGreaterThan(1.5 * there);
    expect(predicted({ ...read, rankNormalizer: fitRankNormalizer(whole) }) / there).toBeGreaterThan(0.8);
    expect(predicted({ ...read, rankNormalizer: fitRankNormalizer(whole) }) / there).toBeLessThan(1.2);
  });

  test('an evaluation names the calibration input; rankings are by the raw score either way', () => {
    const scoredModel = (normalizedRanks?: readonly number[]): ScoredModel => ({
      family: 'tabm-mini',
      isModel: true,
      labeled: { scores: labeledRows.map((row) => whole[row]!), labels, entities, rowIds: entities },
      ...(normalizedRanks ? { normalizedRanks } : {}),
      groups: entities.map(() => 'all'),
      periods: entities.map(() => 'fold-1'),
    });
    const line = fitRankNormalizer(whole);
    const [raw, read] = [undefined, labeledRows.map((row) => normalizedRankOf(line, whole[row]!))].map(
      (normalizedRanks) => evaluateRun([scoredModel(normalizedRanks)], SETTINGS),
    );
    expect(read!.calibrators['tabm-mini']).toMatchObject({ calibrationInput: 'population-rank' });
    expect(read!.document.reliability[0]).toMatchObject({ calibrationInput: 'population-rank' });
    expect(raw!.calibrators['tabm-mini']).not.toHaveProperty('calibrationInput');
    expect(raw!.document.reliability[0]).not.toHaveProperty('calibrationInput');
    const naive = (of: typeof raw) => of!.document.rows.filter(({ method }) => method.startsWith('naive'));
    expect(naive(read)).toEqual(naive(raw));
  });
});
