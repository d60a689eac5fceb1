import { Rng } from '../../../../domain/rng';
import { studentT, wilson } from '../../../../models/evaluation/intervals';
import {
  bounds,
  type Candidate,
  contraction,
  doublyRobust,
  inverseProbability,
  naive,
  randomArm,
} from '../../../../models/evaluation/off-policy-estimators';

const ALL = [naive, inverseProbability, doublyRobust, randomArm, bounds];

describe('off-policy estimators', () => {
  const row = (labeled: boolean, outcome: number, propensity: number, predicted = 0.5): Candidate => ({
    listed: true,
    labeled,
    outcome,
    propensity,
    predicted,
  });
  test('worked by hand: two drawn with chance 1/4, one with 1/2, a perfect outcome model, bounds', () => {
    const drawn = [row(true, 1, 0.25), row(true, 0, 0.5), row(false, 0, 0.25), row(false, 0, 0.25)];
    expect(inverseProbability(drawn).value).toBeCloseTo(4 / 6, 12);
    expect(bounds(drawn)).toMatchObject({ lo: 0.25, hi: 0.75 });
    const perfect = [row(true, 1, 0.2, 1), row(false, 1, 0.2, 1), row(false, 0, 0.2, 0), row(true, 0, 0.2, 0)];
    expect(doublyRobust(perfect)).toMatchObject({ value: 0.5, lo: 0.5, hi: 0.5 });
  });
  test('one drawn outcome narrows no interval, and providers outside the support widen it by their share', () => {
    const one = [row(true, 1, 0.25), row(false, 0, 0.25)];
    for (const estimator of [inverseProbability, doublyRobust]) {
      expect(estimator(one)).toMatchObject({ lo: 0, hi: 1 });
      expect(estimator([])).toMatchObject({ lo: 0, hi: 1, n: 0 });
      const outsideSupport = estimator([
        row(true, 1, 0.5, 1),
        row(true, 1, 0.5, 1),
        row(false, 0, 0, 1),
        row(false, 0, 0, 1),
      ]);
      expect(outsideSupport).toMatchObject({ lo: 0.5, hi: 1, value: 0.75 });
    }
  });
  test('quantiles and Wilson against tables', () => {
    expect(studentT(10)).toBeCloseTo(2.228, 2);
    expect(studentT(30)).toBeCloseTo(2.042, 3);
    expect(wilson(8, 10).lo).toBeCloseTo(0.49, 2);
    expect(wilson(0, 0)).toEqual({ lo: 0, hi: 1 });
  });
  test('where labeling depends on the outcome, the naive estimate is biased and inverse probability is not', () => {
    const rng = new Rng(21);
    const draws = { naive: [] as number[], 'inverse-probability': [] as number[], 'doubly-robust': [] as number[] };
    for (let scenario = 0; scenario < 200; scenario++) {
      const candidates = Array.from({ length: 400 }, () => {
        const outcome = rng.chance(0.3) ? 1 : 0;
        const propensity = outcome ? 0.6 : 0.15; // informants know the outcome
        return { listed: true, labeled: rng.chance(propensity), outcome, propensity, predicted: 0.3 };
      });
      const truth = candidates.reduce((sum, { outcome }) => sum + outcome, 0) / candidates.length;
      for (const found of ALL.map((estimator) => estimator(candidates)))
        if (found.estimator in draws) draws[found.estimator as keyof typeof draws].push(found.value - truth);
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(draws.naive)).toBeGreaterThan(0.25);
    expect(Math.abs(mean(draws['inverse-probability']))).toBeLessThan(0.01);
    expect(Math.abs(mean(draws['doubly-robust']))).toBeLessThan(0.01);
  });
  test('contraction keeps the highest-scored cases of the decision maker who controls most', () => {
    const rows = [
      { score: 3, labeled: true, outcome: 1 },
      { score: 2, labeled: false, outcome: 0 },
      { score: 1, labeled: true, outcome: 0 },
    ];
    expect(contraction(rows, 1)).toMatchObject({ value: 1, n: 1 });
  });
});
