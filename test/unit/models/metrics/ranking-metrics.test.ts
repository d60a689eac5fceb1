import { Rng } from '../../../../domain/rng';
import { estimateWithDraws, metricsOf, toRanking } from '../../../../models/metrics/ranking-metrics';

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
