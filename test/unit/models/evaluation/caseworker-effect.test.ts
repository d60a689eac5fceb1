import { Rng } from '../../../../domain/rng';
import { caseworkerEffects } from '../../../../models/evaluation/caseworker-effect';
import type { LabeledScores } from '../../../../models/metrics/ranking-metrics';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

describe('caseworker effect', () => {
  const rng = new Rng('nuisance');
  const n = 400;
  const strict = Array.from({ length: n }, () => (rng.chance(0.5) ? 2 : 0));
  const own = Array.from({ length: n }, () => rng.normal());
  const labels = own.map((value, i) => (rng.chance(sigmoid(value + strict[i]! - 1)) ? 1 : 0));
  const labeled = (scores: readonly number[]): LabeledScores => ({
    scores,
    labels,
    entities: labels.map((_, i) => `e${i}`),
    rowIds: labels.map((_, i) => `r${i}`),
  });
  const settings = { ks: [50], bootstrap: 200, seed: 1 };
  test('a strict caseworker has an effect clear of zero; columns that change nothing have none', () => {
    const effects = caseworkerEffects(
      'logistic',
      { without: labeled(own), withColumns: labeled(own.map((v, i) => v + strict[i]!)) },
      settings,
    );
    expect(effects.map(({ metric }) => metric).sort()).toEqual([
      'average-precision',
      'precision',
      'recall-in-first-half',
    ]);
    const ap = effects.find(({ metric }) => metric === 'average-precision')!;
    expect(ap.difference.value).toBeCloseTo(ap.withColumns.value - ap.without.value, 12);
    expect(ap.difference.lo).toBeGreaterThan(0);
    const same = caseworkerEffects('logistic', { without: labeled(own), withColumns: labeled(own) }, settings);
    expect(same.every(({ difference: { value, lo, hi } }) => value === 0 && lo === 0 && hi === 0)).toBe(true);
  });
});
