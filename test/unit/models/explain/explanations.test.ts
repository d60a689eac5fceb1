import type { Tensor2D } from '@tensorflow/tfjs';
import { featureText, explanationTexts } from '../../../../domain/features/explanations-i18n';
import { familySchema } from '../../../../domain/families';
import type { MatrixColumn, MatrixData } from '../../../../domain/schemas/matrix';
import { Rng } from '../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../models/backend';
import { contributions } from '../../../../models/explain/contributions';
import { explain } from '../../../../models/explain/explanations';
import { fitFamily } from '../../../../models/training/fit';
import type { FittedModel } from '../../../../models/training/fitted-model';
import { modelFamily } from '../../../../models/families';
import { toTensors } from '../../../../models/nn/network';
import { encode, inputColumns } from '../../../../models/preprocessing/encoder';
import { scoreRows } from '../../../../models/scoring';
import { ALL_SMALL, SMALL_FAMILIES } from '../../../support/small-families';
import { fitTrainingRanges, detectOutOfDistribution } from '../../../../models/ood/training-ranges';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

const N = 300;
const NAMES = ['bills_12m', 'amount_12m', 'bills_per_day_12m_z'] as const;
const columns: MatrixColumn[] = [
  ...NAMES.map((name) => ({ name, kind: 'numeric' as const, role: 'feature' as const })),
  { name: 'practice_type', kind: 'categorical', role: 'feature' },
];
/** The first feature raises the probability of a finding, the second lowers it, the third has missing values. */
const data = ((): MatrixData => {
  const rng = new Rng(6);
  const numeric = new Map<string, Float64Array>(
    NAMES.map((name) => [name, Float64Array.from({ length: N }, () => rng.normal())]),
  );
  for (let row = 0; row < N; row += 9) numeric.get('bills_per_day_12m_z')![row] = Number.NaN;
  const logit = (row: number) => 2 * numeric.get('bills_12m')![row]! - 1.5 * numeric.get('amount_12m')![row]!;
  const ids = Array.from({ length: N }, (_, row) => `P${row}`);
  const days = ids.map((_, row) => `2023-0${1 + Math.floor((row * 9) / N)}-15`);
  return {
    n: N,
    rowId: ids,
    entity: ids,
    asOf: days,
    group: ids.map((_, row) => (row < 4 ? 'rare' : row % 2 ? 'GP' : 'physio')),
    label: Float64Array.from(ids, (_, row) => (rng.chance(1 / (1 + Math.exp(-logit(row)))) ? 1 : 0)),
    labelKnownOn: days,
    amountOre: new Float64Array(N),
    numeric,
    categorical: new Map([['practice_type', ids.map((_, row) => 'ab'[row % 2]!)]]),
  };
})();
const rows = Array.from({ length: 12 }, (_, i) => i * 20);

const fitted = new Map<string, FittedModel>();
const modelOf = (settings: (typeof ALL_SMALL)[number]) => {
  const key = JSON.stringify(settings);
  const known =
    fitted.get(key) ??
    fitFamily(
      tf,
      familySchema.parse(settings),
      data,
      columns,
      data.entity.map((_, row) => row),
      1,
    ).model;
  fitted.set(key, known);
  return known;
};

test.each(ALL_SMALL)('$family: contributions add up to the score, and the informative features lead', (settings) => {
  const model = modelOf(settings);
  const before = tf.memory().numTensors;
  const found = contributions(tf, model, data, rows);
  expect(tf.memory().numTensors).toBe(before);
  const scores = scoreRows(tf, model, data, rows);
  const exact = modelFamily(model.family).explainsExactly;
  let relative = 0;
  found.forEach(({ score, base, byFeature, completenessError }, i) => {
    expect(score).toBeCloseTo(scores[i]!, 4);
    expect(base + [...byFeature.values()].reduce((sum, value) => sum + value, 0) + completenessError).toBeCloseTo(
      score,
      9,
    );
    if (exact) expect(Math.abs(completenessError)).toBeLessThan(1e-6);
    relative += Math.abs(completenessError) / Math.max(0.1, Math.abs(score - base)) / rows.length;
  });
  expect(relative).toBeLessThan(0.005);
  const size = (feature: string) =>
    found.reduce((sum, { byFeature }) => sum + Math.abs(byFeature.get(feature) ?? 0), 0);
  expect(Math.min(size('bills_12m'), size('amount_12m'))).toBeGreaterThan(size('bills_per_day_12m_z'));
});

test.each([SMALL_FAMILIES.mlp[0]!, SMALL_FAMILIES['tabm-mini'][0]!])(
  '$family: integrated gradients in the hidden space agree with those in the input space',
  (settings) => {
    const model = modelOf(settings);
    const [row, steps] = [40, 256];
    const x = encode(model.encoder, data, [row]);
    const width = x.length;
    const total = new Float64Array(width);
    for (const member of model.members) {
      const tensors = toTensors(tf, member);
      const slope = tf.grad((at) => tf.mean(modelFamily(model.family).forward(tf, tensors, at as Tensor2D), 1));
      for (let step = 0; step < steps; step++) {
        const at = Float32Array.from(
          x,
          (value, j) =>
            model.attributionBaseline[j]! + ((step + 0.5) / steps) * (value - model.attributionBaseline[j]!),
        );
        tf.tidy(() => slope(tf.tensor2d(at, [1, width])).dataSync()).forEach(
          (value, j) => (total[j]! += (value * (x[j]! - model.attributionBaseline[j]!)) / steps / model.members.length),
        );
      }
      tf.dispose(Object.values(tensors));
    }
    const [found] = contributions(tf, model, data, [row]);
    inputColumns(model.encoder).forEach(({ feature }, j, all) => {
      if (all.filter((column) => column.feature === feature).length === 1)
        expect(found!.byFeature.get(feature)! - total[j]!).toBeCloseTo(0, 2);
    });
  },
);

test('reasons name their peers, small groups use the population, the counterfactual passes the threshold', () => {
  const model = modelOf(SMALL_FAMILIES.logistic[0]!);
  const all = scoreRows(
    tf,
    model,
    data,
    data.entity.map((_, row) => row),
  );
  const top = [...all.keys()].sort((a, b) => all[b]! - all[a]!)[0]!;
  const threshold = [...all].sort((a, b) => b - a)[20]!;
  const [first, rare] = explain(tf, model, data, [top, 2], [threshold, threshold]);
  expect(first!.reasons[0]!.contribution).toBeGreaterThanOrEqual(first!.reasons[1]?.contribution ?? 0);
  expect(first!.counterfactual!.score).toBeLessThan(threshold);
  expect(first!.counterfactual!.features).toContain(first!.reasons[0]!.feature);
  expect([...first!.reasons, ...first!.counterEvidence].every(({ peers }) => peers > 10)).toBe(true);
  // Below the threshold already.
  expect(explain(tf, model, data, [top], [Number.POSITIVE_INFINITY])[0]!.counterfactual!.features).toEqual([]);
  expect(rare!.reasons.concat(rare!.counterEvidence)[0]!.peerGroup).toBe('all');
  expect(
    first!.base +
      [...first!.reasons, ...first!.counterEvidence].reduce((sum, r) => sum + r.contribution, 0) +
      first!.otherReasons +
      first!.otherCounterEvidence +
      first!.completenessError,
  ).toBeCloseTo(first!.score, 9);
  const [nb, en] = (['nb', 'en'] as const).map((language) => explanationTexts(first!, language).join('\n'));
  expect(nb).toMatch(/siste 12 måneder/);
  expect(en).toMatch(/last 12 months/);
  expect(nb).toMatch(/medianen blant (GP|physio) \(n \d+\)/);
  expect(`${nb}${en}`).not.toMatch(/fraud|svindel/i);
  // A provider outside the training ranges is flagged with its features; a training row is not.
  const trainingRanges = fitTrainingRanges(
    data,
    columns,
    data.entity.map((_, row) => row),
  );
  const far = {
    ...data,
    numeric: new Map(
      [...data.numeric].map(([name, values]) => [name, values.map((value, row) => (row === top ? 1e6 : value))]),
    ),
  };
  const [odd, plain] = explain(tf, { ...model, trainingRanges }, far, [top, 5], [threshold, threshold]);
  expect(odd!.outOfDistribution).toMatchObject({ share: 1, groupUnseen: false, outside: [...NAMES] });
  expect(plain!.outOfDistribution).toBeUndefined();
  expect(explanationTexts(odd!, 'nb')[1]).toMatch(
    /Utenfor modellens treningsdata \(100 % av variablene .*, blant annet .*\)/,
  );
  expect(detectOutOfDistribution({ ...trainingRanges, groups: ['GP'] }, data, 0)).toMatchObject({ groupUnseen: true });
  const known = data.entity.filter((_, row) => detectOutOfDistribution(trainingRanges, data, row));
  expect(known).toEqual([]);
  const halves = fitTrainingRanges(
    data,
    columns,
    Array.from({ length: N / 2 }, (_, row) => row),
  );
  const other = Array.from({ length: N / 2 }, (_, i) => N / 2 + i).filter((row) =>
    detectOutOfDistribution(halves, data, row),
  );
  expect(other.length / (N / 2)).toBeLessThan(0.08); // rows of the same distribution are rarely flagged
  expect(featureText('a column of a table', 'nb')).toBe('a column of a table');
});
