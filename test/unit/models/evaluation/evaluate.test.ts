import { Rng } from '../../../../domain/rng';
import { calibrated, chooseCalibrator } from '../../../../models/calibration/calibrator';
import { estimateCaseSourceOffset } from '../../../../models/calibration/case-source-offset';
import { fitIsotonic, isotonicProbability } from '../../../../models/calibration/isotonic';
import {
  allEstimates,
  bounds,
  type Candidate,
  contraction,
  doublyRobust,
  inverseProbability,
  studentT,
  wilson,
} from '../../../../models/evaluation/off-policy-estimators';
import type { ScoredModel } from '../../../../models/evaluation/scored-model';
import { rankByExpectedAmount } from '../../../../models/evaluation/expected-amount';
import { evaluateRun } from '../../../../models/evaluation/evaluate';
import {
  brierScore,
  calibrationError,
  logLossOfProbabilities,
  reliability,
} from '../../../../models/metrics/probability-metrics';

describe('calibration', () => {
  test('isotonic: blocks worked by hand, a line between them, level beyond', () => {
    const fitted = fitIsotonic([1, 2, 3, 4, 5], [0, 1, 0, 1, 1]);
    expect(fitted.probabilities).toEqual([0, 0.5, 1]); // 2 and 3 are one block; 4 and 5 are another
    expect(fitted.scores).toEqual([1, 2.5, 4.5]);
    expect(isotonicProbability(fitted, 1.75)).toBeCloseTo(0.25, 12);
    expect([isotonicProbability(fitted, -9), isotonicProbability(fitted, 9)]).toEqual([0, 1]);
  });
  const rng = new Rng(5);
  const scores = Float64Array.from({ length: 3000 }, () => 2 * rng.normal());
  const entities = Array.from(scores, (_, i) => `e${i}`);
  const labelled = (p: (score: number) => number) =>
    Float64Array.from(scores, (score) => (rng.chance(p(score)) ? 1 : 0));
  test('the data choose: Platt where its curve is the truth, isotonic where a step is', () => {
    const smooth = chooseCalibrator(
      scores,
      labelled((s) => 1 / (1 + Math.exp(-s))),
      entities,
      1,
    );
    expect(smooth.calibrator.kind).toBe('platt');
    const step = chooseCalibrator(
      scores,
      labelled((s) => (s > 1 ? 0.9 : s > -1 ? 0.4 : 0.35)),
      entities,
      1,
    );
    expect(step.calibrator.kind).toBe('isotonic');
    expect(step.logLoss.isotonic).toBeLessThan(step.logLoss.platt);
    expect(calibrated(step.calibrator, 2.5)).toBeGreaterThan(0.8);
  });
  test('cross-fitted probabilities of labels that are pure chance do not look good', () => {
    const noise = chooseCalibrator(scores.slice(0, 60), labelled(() => 0.5).slice(0, 60), entities.slice(0, 60), 1);
    expect(noise.logLoss[noise.calibrator.kind]).toBeGreaterThan(0.66);
  });
  test('what a tip knew beyond the score is taken apart, and nothing is where there is none', () => {
    const tip = Array.from(scores, () => rng.chance(0.5));
    const found = Float64Array.from(scores, (score, i) =>
      rng.chance(1 / (1 + Math.exp(-(score - 1 + (tip[i] ? 1.5 : 0))))) ? 1 : 0,
    );
    const told = chooseCalibrator(scores, found, entities, 1, tip);
    expect(told.ground.logOdds).toBeGreaterThan(1.2);
    expect(told.ground.logOdds).toBeLessThan(1.8);
    // At score 0 nobody tipped about is found in 1 / (1 + e) = 0.27; both together would promise 0.43.
    expect(Math.abs(calibrated(told.calibrator, 0) - 0.269)).toBeLessThan(0.04);
    expect(calibrated(chooseCalibrator(scores, found, entities, 1).calibrator, 0)).toBeGreaterThan(0.38);
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(told.crossFitted) - mean(found))).toBeLessThan(0.02); // with its ground each row is promised what was found
    expect(mean(told.withoutCaseSourceOffset)).toBeLessThan(mean(found) - 0.08);
    const idle = chooseCalibrator(
      scores,
      labelled((s) => 1 / (1 + Math.exp(-s))),
      entities,
      1,
      tip,
    );
    expect(Math.abs(idle.ground.logOdds)).toBeLessThan(0.25);
  });
  test('grounds with hardly any rows, with none, and without a contrast move nothing far', () => {
    expect(estimateCaseSourceOffset([1, 2, 3], [1, 0, 1], [false, false, false])).toEqual({ logOdds: 0, score: 0 });
    expect(estimateCaseSourceOffset([1, 2, 3], [1, 0, 1], [true, true, true])).toEqual({ logOdds: 0, score: 0 });
    const parted = estimateCaseSourceOffset(
      [1, 1, 1, 1, 1, 1],
      [1, 1, 1, 0, 0, 0],
      [true, true, true, false, false, false],
    );
    expect(parted.logOdds).toBeGreaterThan(0);
    expect(parted.logOdds).toBeLessThan(2.5);
  });
  test('measures worked by hand', () => {
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
});

describe('the evaluation document', () => {
  const rng = new Rng(11);
  const n = 300;
  const truth = Float64Array.from({ length: n }, () => rng.normal());
  const labels = Float64Array.from(truth, (value) => (rng.chance(1 / (1 + Math.exp(-2 * value))) ? 1 : 0));
  const scoredModel = (family: string, scores: Float64Array, isModel = true): ScoredModel => ({
    family,
    isModel,
    labeled: {
      scores,
      labels,
      amountNok: Float64Array.from(labels, (label) => 100 * label),
      entities: labels.map((_, i) => i % 250).reduce<string[]>((all, e) => [...all, `e${e}`], []),
      rowIds: Array.from(labels, (_, i) => `r${i}`),
    },
    groups: Array.from(labels, (_, i) => (i < 8 ? 'rare' : 'common')),
    periods: Array.from(labels, (_, i) => (i % 2 ? 'fold-1' : 'fold-2')),
  });
  const noise = Float64Array.from({ length: n }, () => rng.normal());
  const settings = { ks: [20, 50], bootstrap: 100, seed: 3 };
  let document: ReturnType<typeof evaluateRun>['document'];
  let calibrators: ReturnType<typeof evaluateRun>['calibrators'];
  beforeAll(() => {
    ({ document, calibrators } = evaluateRun(
      [scoredModel('good', truth), scoredModel('noise', noise), scoredModel('random', noise, false)],
      settings,
    ));
  });

  test('slices by what controls were opened on, and says what a tip was worth, where the source knows', () => {
    const bases = Array.from(labels, (_, i) => (i % 3 ? 'rule' : 'tip'));
    const told = evaluateRun([{ ...scoredModel('good', truth), bases }], { ...settings, adjustFor: ['tip'] });
    expect(
      told.document.rows
        .filter((row) => row.slice === 'basis:tip' && row.metric === 'average-precision')
        .map(({ n: rows }) => rows),
    ).toEqual([100]);
    expect(told.document.reliability[0]?.caseSourceOffset).toMatchObject({ bases: ['tip'], oddsRatio: { n: 100 } });
    const { oddsRatio } = told.document.reliability[0]!.caseSourceOffset!;
    expect(oddsRatio.lo).toBeLessThanOrEqual(oddsRatio.value);
    expect(oddsRatio.hi).toBeGreaterThanOrEqual(oddsRatio.value);
    const untold = evaluateRun([{ ...scoredModel('good', truth), bases }], settings);
    expect(untold.document.reliability[0]).not.toHaveProperty('caseSourceOffset');
    expect(untold.calibrators).toEqual({ good: calibrators['good'] });
  });
  test('what a frozen version promised is judged as it was, on the controls that rest on the columns alone', () => {
    const bases = Array.from(labels, (_, i) => (i % 3 ? 'rule' : 'tip'));
    const predicted = Float64Array.from({ length: n }, () => 0.9);
    const { document: later } = evaluateRun([{ ...scoredModel('good', truth), bases, predicted }], {
      ...settings,
      adjustFor: ['tip'],
    });
    const [report] = later.reliability;
    expect(report!.top[0]!.meanProbability).toBeCloseTo(0.9, 12);
    const alone = Array.from(labels).filter((_, i) => i % 3);
    const loss = alone.reduce((sum, label) => sum - Math.log(label === 1 ? 0.9 : 0.1), 0) / alone.length;
    expect(report!.predictedLogLoss).toBeCloseTo(loss, 12);
    expect(report!.logLoss[report!.chosen]).toBeLessThan(loss); // of a calibrator fitted anew
    expect(later.rows.find(({ metric }) => metric === 'calibration-error')).toMatchObject({
      n: 200,
      method: expect.stringMatching(/^as the version promised/) as string,
    });
    // And a list in the order of expected kroner is ordered by what was promised, not by what was found since.
    const rising = Float64Array.from({ length: n }, (_, i) => (i + 1) / (n + 1));
    const ordered = rankByExpectedAmount(
      { ...scoredModel('good', truth), predicted: rising },
      Array<number>(n).fill(1000),
      settings,
    );
    expect(Array.from(ordered.scoredModel.labeled.scores)).toEqual(Array.from(rising, (p) => p * 1000));
    const allTold = evaluateRun([{ ...scoredModel('good', truth), bases: bases.map(() => 'tip'), predicted }], {
      ...settings,
      adjustFor: ['tip'],
    });
    expect(allTold.document.reliability).toEqual([]);
  });
  test('judges all rows, every group and every period, and marks those with few rows', () => {
    expect(new Set(document.rows.map((row) => row.slice))).toEqual(
      new Set(['all', 'group:common', 'group:rare', 'period:fold-1', 'period:fold-2']),
    );
    const rare = document.rows.find((row) => row.slice === 'group:rare' && row.metric === 'average-precision')!;
    expect(rare.n).toBe(8);
    expect(rare.method).toMatch(/few rows: 8 with/);
    expect(document.rows.find((row) => row.slice === 'all' && row.metric === 'average-precision')!.method).not.toMatch(
      /few/,
    );
  });
  test('kroner upheld follow the findings', () => {
    const of = (metric: string) =>
      document.rows.find(
        (row) => row.family === 'good' && row.slice === 'all' && row.metric === metric && row.k === 50,
      )!.value;
    expect(of('amount-upheld')).toBeCloseTo(of('precision') * 50 * 100, 6);
  });
  test('a paired difference is narrower than the two intervals apart would allow, and has the sign of the better one', () => {
    const ap = document.paired.find(
      (d) => d.family === 'good' && d.against === 'random' && d.metric === 'average-precision',
    )!;
    expect(ap.lo).toBeGreaterThan(0);
    const same = document.paired.find(
      (d) => d.family === 'noise' && d.against === 'random' && d.metric === 'average-precision',
    )!;
    expect([same.value, same.lo, same.hi]).toEqual([0, 0, 0]); // the same scores: no difference in any draw
  });
  test('fairness names every group, the rare one as few; shares of the list add up to one', () => {
    const at20 = document.fairness.filter((row) => row.family === 'good' && row.k === 20);
    expect(at20.map((row) => [row.group, row.few])).toEqual([
      ['common', false],
      ['rare', true],
    ]);
    expect(at20.reduce((sum, row) => sum + row.shareOfList.value, 0)).toBeCloseTo(1, 12);
  });
  test('models are calibrated, baselines are not; the same arguments give the same document', () => {
    expect(Object.keys(calibrators).sort()).toEqual(['good', 'noise']);
    expect(document.reliability.map((report) => report.family)).toEqual(['good', 'noise']);
    const again = evaluateRun(
      [scoredModel('good', truth), scoredModel('noise', noise), scoredModel('random', noise, false)],
      settings,
    );
    expect(again.document).toEqual(document);
  });
});

describe('estimators of what a list of uncontrolled providers would give', () => {
  const row = (controlled: boolean, outcome: number, propensity: number, predicted = 0.5): Candidate => ({
    listed: true,
    controlled,
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
  test('one drawn outcome narrows nothing, and providers out of reach widen what is claimed by their share', () => {
    const one = [row(true, 1, 0.25), row(false, 0, 0.25)];
    for (const estimator of [inverseProbability, doublyRobust]) {
      expect(estimator(one)).toMatchObject({ lo: 0, hi: 1 });
      expect(estimator([])).toMatchObject({ lo: 0, hi: 1, n: 0 });
      const outOfReach = estimator([
        row(true, 1, 0.5, 1),
        row(true, 1, 0.5, 1),
        row(false, 0, 0, 1),
        row(false, 0, 0, 1),
      ]);
      expect(outOfReach).toMatchObject({ lo: 0.5, hi: 1, value: 0.75 });
    }
  });
  test('quantiles and Wilson against tables', () => {
    expect(studentT(10)).toBeCloseTo(2.228, 2);
    expect(studentT(30)).toBeCloseTo(2.042, 3);
    expect(wilson(8, 10).lo).toBeCloseTo(0.49, 2);
    expect(wilson(0, 0)).toEqual({ lo: 0, hi: 1 });
  });
  test('where controls follow the outcome, the naive figure is wrong and inverse probability is right', () => {
    const rng = new Rng(21);
    const draws = { naive: [] as number[], 'inverse-probability': [] as number[], 'doubly-robust': [] as number[] };
    for (let scenario = 0; scenario < 200; scenario++) {
      const people = Array.from({ length: 400 }, () => {
        const outcome = rng.chance(0.3) ? 1 : 0;
        const propensity = outcome ? 0.6 : 0.15; // tips find the guilty
        return { listed: true, controlled: rng.chance(propensity), outcome, propensity, predicted: 0.3 };
      });
      const truth = people.reduce((sum, { outcome }) => sum + outcome, 0) / people.length;
      for (const found of allEstimates(people))
        if (found.estimator in draws) draws[found.estimator as keyof typeof draws].push(found.value - truth);
    }
    const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
    expect(mean(draws.naive)).toBeGreaterThan(0.25);
    expect(Math.abs(mean(draws['inverse-probability']))).toBeLessThan(0.01);
    expect(Math.abs(mean(draws['doubly-robust']))).toBeLessThan(0.01);
  });
  test('contraction keeps the highest scored of the most lenient', () => {
    const rows = [
      { score: 3, controlled: true, outcome: 1 },
      { score: 2, controlled: false, outcome: 0 },
      { score: 1, controlled: true, outcome: 0 },
    ];
    expect(contraction(rows, 1)).toMatchObject({ value: 1, n: 1 });
  });
});
