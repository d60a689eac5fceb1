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

const row = (over: Partial<Candidate>): Candidate => ({
  listed: true,
  labeled: true,
  outcome: 0,
  propensity: 0.5,
  predicted: 0.5,
  ...over,
});
const passedOver = (over: Partial<Candidate> = {}) => row({ labeled: false, ...over });

test("doubly robust with four controls: three degrees of freedom, so Student's 3.18 in place of 1.96", () => {
  // Residuals are ±1/2 and cancel. Variance: 4 · 0.2 · 0.25 / 0.64, over (4 / 0.8)² = 0.0125; its root is 0.1118.
  const list = [1, 0, 1, 0].map((outcome) => row({ outcome, propensity: 0.8 }));
  const { value, lo, hi, n } = doublyRobust([...list, passedOver({ propensity: 0.8 })]);
  expect({ value, n }).toEqual({ value: 0.5, n: 4 });
  expect(hi - value).toBeCloseTo(3.182 * 0.1118, 2);
  expect(value - lo).toBeCloseTo(3.182 * 0.1118, 2);
});

test('doubly robust: the mean of the predictions over the whole list, put right by the weighed residuals', () => {
  // Weights 2 and 4; residuals 0.4 and -0.2: the correction is (0.8 - 0.8) / 6 = 0, the predictions' mean 0.4.
  const list = [
    row({ outcome: 1, predicted: 0.6 }),
    row({ outcome: 0, propensity: 0.25, predicted: 0.2 }),
    passedOver({ predicted: 0.4 }),
  ];
  expect(doublyRobust(list).value).toBeCloseTo(0.4, 12);
  // With a residual of 1 - 0.2 in place of -0.2: (0.8 + 3.2) / 6 more.
  expect(doublyRobust([list[0]!, { ...list[1]!, outcome: 1 }, list[2]!]).value).toBe(1); // 0.4 + 2/3, held within 1
});

test('inverse probability: outcomes and their spread weighed by one over the propensity', () => {
  // Weights 2 and 2: value 1/2; variance 2 · 0.5 · 0.25 / 0.25, over 16.
  const { value, lo, hi, n } = inverseProbability([row({ outcome: 1 }), row({}), passedOver(), passedOver()]);
  expect({ value, n }).toEqual({ value: 0.5, n: 2 });
  expect(lo).toBeCloseTo(0.5 - 1.959964 * 0.25, 9);
  expect(hi).toBeCloseTo(0.5 + 1.959964 * 0.25, 9);
});

test('no claim of providers that the draw reached with a chance below 0.005, nor from a single drawn outcome', () => {
  const edge = [row({ outcome: 1, propensity: 0.005 }), row({ outcome: 1, propensity: 0.005 })];
  expect(inverseProbability(edge)).toMatchObject({ value: 1, n: 2 });
  const below = [row({ outcome: 1, propensity: 0.0049 }), row({ outcome: 1, propensity: 0.0049 })];
  for (const estimator of [inverseProbability, doublyRobust])
    expect(estimator(below)).toMatchObject({ value: 0.5, lo: 0, hi: 1, n: 0 });
  // All within reach were controlled: nothing is left to guess, however few they were.
  expect(inverseProbability([row({ outcome: 1, propensity: 1 })])).toMatchObject({ value: 1, lo: 1, hi: 1, n: 1 });
});

test('random arm: two controlled for certain, four of eight drawn, with the finite-population correction', () => {
  const list = [
    row({ outcome: 1, propensity: 1 }),
    row({ outcome: 0, propensity: 1 }),
    row({ outcome: 1 }),
    ...[1, 2, 3].map(() => row({})),
    ...[1, 2, 3, 4].map(() => passedOver()),
  ];
  // 1 of 4 drawn; they count as 4 · 7 / 4 = 7: Wilson's 1.75 of 7 is [0.06603, 0.61113].
  // The list is (1 + 8 share) / 10.
  const { value, lo, hi, n } = randomArm(list);
  expect({ value, n }).toEqual({ value: 0.3, n: 6 });
  expect(lo).toBeCloseTo((1 + 8 * 0.06603) / 10, 4);
  expect(hi).toBeCloseTo((1 + 8 * 0.61113) / 10, 4);
  expect(randomArm([passedOver(), passedOver()])).toMatchObject({ value: 0.5, lo: 0, hi: 1, n: 0 });
  expect(randomArm([row({ outcome: 1 }), row({})])).toMatchObject({ value: 0.5, lo: 0.5, hi: 0.5, n: 2 });
});

test('whoever is not on the list counts nowhere', () => {
  const list = [row({ outcome: 1 }), row({}), passedOver()];
  const others = [row({ listed: false, outcome: 1 }), passedOver({ listed: false, predicted: 1 })];
  for (const estimator of [naive, inverseProbability, doublyRobust, randomArm, bounds])
    expect(estimator([...list, ...others])).toEqual(estimator(list));
});

test('naive and bounds of nobody, and of one of three', () => {
  expect(naive([])).toMatchObject({ value: 0, lo: 0, hi: 1, n: 0 });
  expect(bounds([])).toMatchObject({ value: 0, lo: 0, hi: 0, n: 0 });
  expect(naive([row({ outcome: 1 }), passedOver(), passedOver()])).toMatchObject({ value: 1, n: 1 });
  expect(naive([row({ outcome: 1 }), row({}), row({}), row({})])).toMatchObject({ value: 1 / 4, n: 4 });
  expect(bounds([row({ outcome: 1 }), passedOver(), passedOver()])).toMatchObject({ lo: 1 / 3, hi: 1, n: 1 });
  expect(bounds([row({ outcome: 1 }), passedOver(), passedOver()]).value).toBeCloseTo(2 / 3, 12);
});

test('every estimate is a share of the whole list: what the draw could not reach is held at the middle', () => {
  // Two of four within reach, both with findings: half of the list is 1, of the rest nothing is known.
  const unreached = [passedOver({ propensity: 0 }), passedOver({ propensity: 0 })];
  const reached = [row({ outcome: 1 }), row({}), row({ outcome: 1 }), row({})];
  const whole = inverseProbability(reached);
  const half = inverseProbability([...reached, ...unreached, ...unreached]);
  expect(half.value).toBeCloseTo(whole.value / 2 + 0.25, 12);
  expect(half.lo).toBeCloseTo(whole.lo / 2, 12);
  expect(half.hi).toBeCloseTo(whole.hi / 2 + 0.5, 12);
});

test('of two labeled providers one was certain: a single drawn outcome narrows nothing', () => {
  const list = [row({ outcome: 1, propensity: 1 }), row({ outcome: 1 }), passedOver()];
  for (const estimator of [inverseProbability, doublyRobust]) expect(estimator(list)).toMatchObject({ lo: 0, hi: 1 });
  const two = [row({ outcome: 1 }), row({ outcome: 1 }), passedOver()];
  expect(inverseProbability(two)).toMatchObject({ value: 1, lo: 1, hi: 1 });
});

test('doubly robust: the spread is about the mean residual', () => {
  // Four residuals of 1/2, one weight: none of them deviates from the correction.
  const list = [1, 1, 1, 1].map(() => row({ outcome: 1, propensity: 0.8, predicted: 0.5 }));
  expect(doublyRobust(list)).toMatchObject({ value: 1, lo: 1, hi: 1, n: 4 });
  // Predictions 0.1 and outcomes 1, 0, 0, 0: weight 5, correction (0.9 - 0.3) / 0.8 / 5 = 0.15.
  const few = [1, 0, 0, 0].map((outcome) => row({ outcome, propensity: 0.8, predicted: 0.1 }));
  expect(doublyRobust(few).value).toBeCloseTo(0.25, 12);
});

test('all five estimators of one list, each by its name', () => {
  const all = [naive, inverseProbability, doublyRobust, randomArm, bounds];
  expect(all.map((estimator) => estimator([row({ outcome: 1 }), row({})]).estimator)).toEqual([
    'naive',
    'inverse-probability',
    'doubly-robust',
    'random-arm',
    'bounds',
  ]);
});

test('contraction: the highest scored of the labeled, whatever their order; none of nobody', () => {
  const rows = [
    { score: 1, labeled: true, outcome: 0 },
    { score: 5, labeled: false, outcome: 1 },
    { score: 4, labeled: true, outcome: 1 },
    { score: 3, labeled: true, outcome: 0 },
    { score: 2, labeled: true, outcome: 1 },
  ];
  expect(contraction(rows, 2)).toMatchObject({ value: 0.5, n: 2, ...wilson(1, 2) });
  expect(contraction(rows, 3)).toMatchObject({ n: 3, ...wilson(2, 3) });
  expect(contraction(rows, 3).value).toBeCloseTo(2 / 3, 12);
  expect(contraction([rows[1]!], 3)).toEqual({ value: 0, lo: 0, hi: 1, n: 0 });
});

test("quantiles of Student's t within 1 % of the tables, and Wilson's interval against its closed form", () => {
  for (const [degrees, quantile] of [
    [3, 3.182],
    [5, 2.571],
    [10, 2.228],
    [30, 2.042],
    [1000, 1.962],
  ] as const)
    expect(Math.abs(studentT(degrees) / quantile - 1)).toBeLessThan(0.01);
  expect(studentT(0)).toBe(12.7);
  // The expansion at one degree, where every term weighs most: 1.95996 + 2.37227 + 2.82250 + 2.55585.
  expect(studentT(1)).toBeCloseTo(9.71058, 4);
  expect(wilson(8, 10).lo).toBeCloseTo(0.4902, 4);
  expect(wilson(8, 10).hi).toBeCloseTo(0.9433, 4);
  expect(wilson(0, 10)).toEqual({ lo: 0, hi: expect.closeTo(0.2775, 4) as number });
  expect(wilson(10, 10)).toEqual({ lo: expect.closeTo(0.7225, 4) as number, hi: expect.closeTo(1, 12) as number });
});
