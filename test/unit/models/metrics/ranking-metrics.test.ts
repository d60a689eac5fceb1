import { Rng } from '../../../../domain/rng';
import {
  estimateWithDraws,
  metricsOf,
  metricsWithoutValue,
  toRanking,
} from '../../../../models/metrics/ranking-metrics';

const ones = (n: number) => new Float64Array(n).fill(1);

test('metrics worked by hand: findings at ranks 1 and 3 of 4', () => {
  const found = metricsOf({ labels: Float64Array.of(1, 0, 1, 0) }, ones(4), [1, 2, 3]);
  expect(found.get('average-precision')).toBeCloseTo((1 + 2 / 3) / 2, 12);
  expect(found.get('precision@2')).toBe(0.5);
  expect(found.get('recall@3')).toBe(1);
  expect(found.get('lift@1')).toBe(2);
  expect(found.get('recall@half')).toBe(0.5);
});

test('a row drawn twice counts twice', () => {
  const found = metricsOf({ labels: Float64Array.of(1, 0, 1) }, Float64Array.of(2, 0, 1), [2]);
  expect(found.get('precision@2')).toBe(1);
  expect(found.get('recall@2')).toBeCloseTo(2 / 3, 12);
});

test('intervals contain the value, repeat, and change when rows are clustered by provider', () => {
  const rng = new Rng(2);
  const labels = Float64Array.from({ length: 200 }, (_, i) => (rng.chance(i < 100 ? 0.6 : 0.2) ? 1 : 0));
  const single = Array.from(labels, (_, i) => `e${i}`);
  const clustered = Array.from(labels, (_, i) => `e${i % 10}`);
  const width = (entities: string[]) => {
    const ap = estimateWithDraws({ labels, entities }, [50], 300, 1).find(
      ({ estimate }) => estimate.metric === 'average-precision',
    )!.estimate;
    expect(ap.lo).toBeLessThan(ap.value);
    expect(ap.hi).toBeGreaterThan(ap.value);
    return ap.hi - ap.lo;
  };
  expect(width(single)).toBe(width(single));
  expect(width(clustered)).not.toBe(width(single));
});

test('ties are broken by seed, whatever their order in storage', () => {
  const order = (ids: string[]) =>
    toRanking({ scores: new Float64Array(3), labels: ids.map(Number), entities: ids, rowIds: ids }, 4).entities;
  expect(order(['1', '2', '3'])).toEqual(order(['3', '1', '2']));
});

test('a list longer than the rows has no value, and no other list stands for it', () => {
  const labels = Float64Array.of(1, 0, 1, 0);
  expect([...metricsOf({ labels }, ones(4), [4, 5]).keys()].filter((name) => name.endsWith('@5'))).toEqual([]);
  expect(metricsWithoutValue({ labels }, [4, 5])).toEqual([
    { metric: 'precision', k: 5, noValue: 'fewer-rows-than-k' },
    { metric: 'recall', k: 5, noValue: 'fewer-rows-than-k' },
    { metric: 'lift', k: 5, noValue: 'fewer-rows-than-k' },
  ]);
});

test('rows without a finding have no value of any metric', () => {
  const labels = new Float64Array(4);
  expect(metricsOf({ labels }, ones(4), [2]).size).toBe(0);
  expect(estimateWithDraws({ labels, entities: ['a', 'b', 'c', 'd'] }, [2], 50, 1)).toEqual([]);
  const missing = metricsWithoutValue({ labels, amountNok: new Float64Array(4) }, [2]);
  expect(missing.map(({ metric, k }) => `${metric} ${k}`)).toEqual([
    'precision 2',
    'recall 2',
    'lift 2',
    'amount-upheld 2',
    'average-precision 0',
    'precision-in-first-half 0',
    'recall-in-first-half 0',
    'lift-in-first-half 0',
    'amount-upheld-in-first-half 0',
  ]);
  expect(new Set(missing.map(({ noValue }) => noValue))).toEqual(new Set(['no-findings']));
});

test('draws without a finding do not pull an interval to zero', () => {
  const labels = Float64Array.of(1, 0);
  const found = estimateWithDraws({ labels, entities: ['a', 'b'] }, [], 200, 1);
  const { estimate } = found.find((entry) => entry.estimate.metric === 'recall-in-first-half')!;
  // Of the draws aa, ab and bb the last holds no finding; recall in the first half is 1/2 and 1 in the others.
  expect(estimate).toMatchObject({ value: 1, lo: 0.5, hi: 1 });
});
