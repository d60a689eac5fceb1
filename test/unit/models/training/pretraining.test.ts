import { FEATURES, BASELINE_FEATURES } from '../../../../domain/features/catalogue';
import { Rng } from '../../../../domain/rng';
import { experimentSchema } from '../../../../domain/schemas/experiment';
import { type FamilySpec, familySchema, type SpecOf } from '../../../../domain/families';
import type { MatrixData, MatrixMeta } from '../../../../domain/schemas/matrix';
import { storeModel } from '../../../../models/registered-model';
import { loadBackend, type Tf } from '../../../../models/backend';
import { fitFamily } from '../../../../models/training/fit';
import { averagePrecisionOf } from '../../../../models/metrics/ranking-metrics';
import { ruleHitLabels, pretrainingTarget } from '../../../../models/training/pretraining';
import { scoreRows } from '../../../../models/scoring';

let tf: Tf;
beforeAll(async () => ({ tf } = await loadBackend('tensorflow')));

const WIDTH = 24;
const NAMES = Array.from({ length: WIDTH }, (_, i) => `f${i}`);
const COLUMNS = [...NAMES, 'hits'].map((name) => ({ name, kind: 'numeric', role: 'feature' }) as const);
const META: MatrixMeta = {
  columns: COLUMNS,
  baselines: { ruleHits: 'hits', size: 'paid', ruleFeatures: ['hits'] },
  rows: 0,
  labeled: 0,
  positives: 0,
};

/** Findings and rule hits have one cause, spread over half of the columns. */
function matrix(rng: Rng, n: number, from = 0): MatrixData & { readonly numeric: Map<string, Float64Array> } {
  const numeric = new Map(NAMES.map((name) => [name, Float64Array.from({ length: n }, () => rng.normal())] as const));
  const part = NAMES.slice(0, WIDTH / 2).map((name) => numeric.get(name)!);
  const cause = Array.from(
    { length: n },
    (_, row) => part.reduce((sum, column) => sum + column[row]!, 0) / Math.sqrt(part.length),
  );
  numeric.set(
    'paid',
    Float64Array.from({ length: n }, () => 1 + 9 * rng.next()),
  );
  numeric.set(
    'hits',
    Float64Array.from(cause, (value, row) => Math.max(0, value + 0.3 * rng.normal()) * numeric.get('paid')![row]!),
  );
  const ids = Array.from({ length: n }, (_, i) => `P${String(from + i).padStart(5, '0')}`);
  return {
    n,
    rowId: ids,
    entity: ids,
    asOf: ids.map(() => '2023-01-01'),
    group: ids.map(() => 'FALE'),
    label: Float64Array.from(cause, (value) => (rng.chance(1 / (1 + Math.exp(1.5 - 2 * value))) ? 1 : 0)),
    labelKnownOn: ids.map((_, i) => `2023-${String(1 + (i % 12)).padStart(2, '0')}-15`),
    amountOre: new Float64Array(n),
    numeric,
    categorical: new Map(),
  };
}
const all = (data: MatrixData) => Array.from({ length: data.n }, (_, row) => row);
const MLP = familySchema.parse({
  family: 'mlp',
  hidden: [24],
  maxEpochs: 10,
  patience: 5,
  batchSize: 128,
  members: 3,
  learningRate: 0.02,
}) as SpecOf<'mlp'>;
/** Enough to tell bytes apart, not to learn. */
const BRIEF = { ...MLP, members: 1, maxEpochs: 2 };

describe('the pretraining target', () => {
  test('the quarter with the most hits relative to size; unknown hits count as none', () => {
    const population = matrix(new Rng(1), 8);
    population.numeric.set('hits', Float64Array.of(8, 1, 2, Number.NaN, 50, 3, 4, 5));
    population.numeric.set('paid', Float64Array.of(1, 1, 1, 1, 100, 1, 0, 1));
    const given = { population, hits: 'hits', size: 'paid', masked: [] };
    expect([...ruleHitLabels(given)]).toEqual([1, 0, 0, 0, 0, 0, 0, 1]);
    expect([...ruleHitLabels({ ...given, size: undefined })]).toEqual([1, 0, 0, 0, 1, 0, 0, 0]);
    population.numeric.set('hits', new Float64Array(8));
    expect([...ruleHitLabels(given)]).toEqual(Array(8).fill(0));
  });

  test('a matrix without rule-hit columns, or with too few providers, is refused', () => {
    const population = matrix(new Rng(1), 200);
    expect(() => pretrainingTarget(population, { ...META, baselines: { ruleHits: 'hits' } })).toThrow(
      /does not say which columns hold rule hits/,
    );
    expect(() => pretrainingTarget(matrix(new Rng(1), 20), META)).toThrow(/20 active providers are too few/);
    expect(pretrainingTarget(population, META)).toMatchObject({ hits: 'hits', size: 'paid', masked: ['hits'] });
  });

  test('the register names all columns made of rule hits, in any window and relative to peers', () => {
    const names = BASELINE_FEATURES.ruleFeatures;
    expect(names).toEqual(
      expect.arrayContaining(['rule_hits_12m', 'rule_hits_per_bill_12m_z', 'rejection_share_12m', 'rule_hits_trend']),
    );
    expect(names).not.toContain('amount_12m');
    expect(
      FEATURES.filter(({ name }) => /rule|reject|curtail/.test(name))
        .map(({ name }) => name)
        .filter((name) => !names.includes(name)),
    ).toEqual([]);
  });

  test('experiments accept pretraining for register sources only', () => {
    const experiment = {
      version: 1,
      name: 'pretrained',
      seed: 1,
      source: { kind: 'register', asOf: '2025-01-01T00:00:00Z' },
      split: { kind: 'expanding', firstTest: '2023-01-01' },
      families: [{ family: 'mlp' }],
      pretrain: 'rule-hits',
    };
    expect(experimentSchema.parse(experiment).pretrain).toBe('rule-hits');
    expect(() =>
      experimentSchema.parse({ ...experiment, source: { kind: 'table', file: 'a.csv', mapping: 'a.yaml' } }),
    ).toThrow(/needs all active providers: a register source/);
    expect(() => experimentSchema.parse({ ...experiment, pretrain: 'amounts' })).toThrow();
  });
});

describe('a network pretrained on rule hits', () => {
  const [population, cases, others] = [
    matrix(new Rng(2), 600, 10_000),
    matrix(new Rng(3), 90),
    matrix(new Rng(4), 1500, 20_000),
  ];
  const features = COLUMNS.filter(({ name }) => name !== 'hits');
  const fit = (pretrained: boolean, of = population, spec: FamilySpec = MLP, columns = features) =>
    fitFamily(
      tf,
      spec,
      cases,
      columns,
      all(cases),
      1,
      pretrained ? { population: of, pretrain: pretrainingTarget(of, META) } : undefined,
    ).model;
  const averagePrecision = (model: ReturnType<typeof fit>) =>
    averagePrecisionOf(
      {
        scores: scoreRows(tf, model, others, all(others)),
        labels: others.label,
        entities: others.entity,
        rowIds: others.rowId,
      },
      1,
    );

  test('ranks better where hits and findings have a common cause and labels are few; leaves no tensor', () => {
    const before = tf.memory().numTensors;
    const pretrained = fit(true);
    expect(averagePrecision(pretrained)).toBeGreaterThan(averagePrecision(fit(false)) + 0.05);
    expect(tf.memory().numTensors).toBe(before);
    expect(pretrained.selected).toMatchObject({ pretrainedOn: 'rule-hits' });
  });

  test('the same arguments give the same bytes for each member', () => {
    const bytes = () => storeModel(fit(true, undefined, { ...BRIEF, members: 2 })).weights;
    expect(bytes().equals(bytes())).toBe(true);
  });

  test('does not see masked columns in pretraining: their values change nothing', () => {
    const columns = [...features, { name: 'also-hits', kind: 'numeric', role: 'feature' } as const];
    const known = {
      ...cases,
      numeric: new Map([...cases.numeric, ['also-hits', cases.numeric.get('hits')!] as const]),
    };
    const weights = (alsoHits: Float64Array) => {
      const of = { ...population, numeric: new Map([...population.numeric, ['also-hits', alsoHits] as const]) };
      const pretrain = { ...pretrainingTarget(of, META), masked: ['hits', 'also-hits'] };
      return storeModel(fitFamily(tf, BRIEF, known, columns, all(cases), 1, { population: of, pretrain }).model)
        .weights;
    };
    const hits = population.numeric.get('hits')!;
    expect(weights(hits.map((value) => -7 * value)).equals(weights(new Float64Array(population.n)))).toBe(true);
  });

  test('TabM-mini is pretrained too; logistic and additive models are not', () => {
    const tabm = familySchema.parse({
      family: 'tabm-mini',
      submodels: 4,
      width: 16,
      maxEpochs: 2,
      members: 1,
      batchSize: 64,
    });
    const additive = familySchema.parse({ family: 'additive', units: 4, pairs: 0, maxEpochs: 1, members: 1 });
    const bytes = (spec: FamilySpec, pretrained: boolean) => storeModel(fit(pretrained, population, spec)).weights;
    expect(bytes(tabm, true).equals(bytes(tabm, false))).toBe(false);
    for (const spec of [familySchema.parse({ family: 'logistic' }), additive])
      expect(bytes(spec, true).equals(bytes(spec, false))).toBe(true);
  });

  test.each(['piecewise-linear', 'periodic'])('a %s embedding keeps the bin edges of the population', (kind) => {
    const halves = (data: typeof cases, most: number) =>
      new Map([
        ...data.numeric,
        ['f0', data.numeric.get('f0')!.map((value) => Math.min(most, Math.round(value)))] as const,
      ]);
    const truncated = { ...cases, numeric: halves(cases, 0) };
    const of = { ...population, numeric: halves(population, 9) };
    for (const settings of [
      { family: 'mlp', hidden: [8] },
      { family: 'tabm-mini', submodels: 4, width: 16 },
    ]) {
      const spec = familySchema.parse({ ...settings, maxEpochs: 1, members: 1, batchSize: 64, embedding: { kind } });
      const model = fitFamily(tf, spec, truncated, features, all(truncated), 1, {
        population: of,
        pretrain: pretrainingTarget(of, META),
      }).model;
      const scores = scoreRows(tf, model, truncated, all(truncated));
      expect([...scores].every(Number.isFinite)).toBe(true);
      expect(new Set(scores).size).toBeGreaterThan(truncated.n / 2);
    }
  });
});
