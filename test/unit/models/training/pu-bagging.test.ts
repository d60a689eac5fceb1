import { Rng } from '../../../../domain/rng';
import { experimentSchema } from '../../../../domain/schemas/experiment';
import { familySchema } from '../../../../domain/families';
import type { MatrixData } from '../../../../domain/schemas/matrix';
import { storeModel } from '../../../../models/registered-model';
import { loadBackend, type Tf } from '../../../../models/backend';
import { fitFamily } from '../../../../models/training/fit';
import { averagePrecisionOf } from '../../../../models/metrics/ranking-metrics';
import { scoreRows } from '../../../../models/scoring';
import { sampleUnlabeled, appendUnlabeled } from '../../../../models/training/pu-bagging';

let tf: Tf;
beforeAll(async () => ({ tf } = await loadBackend('tensorflow')));

const NOISE = Array.from({ length: 20 }, (_, i) => `noise-${i}`);
const COLUMNS = ['deviation', ...NOISE].map((name) => ({ name, kind: 'numeric', role: 'feature' }) as const);

/** A matrix of providers `from` on: findings follow the deviation. */
function matrix(rng: Rng, n: number, asOf: string, from = 0): MatrixData {
  const column = () => Float64Array.from({ length: n }, () => rng.normal());
  const deviation = column();
  const id = Array.from({ length: n }, (_, i) => `P${String(from + i).padStart(5, '0')}`);
  return {
    n,
    rowId: id.map((name) => `${asOf}/${name}`),
    entity: id,
    asOf: id.map(() => asOf),
    group: id.map(() => 'FALE'),
    label: Float64Array.from(deviation, (value) => (rng.chance(1 / (1 + Math.exp(3 - 2 * value))) ? 1 : 0)),
    labelKnownOn: id.map((_, i) => `2023-${String(1 + (i % 12)).padStart(2, '0')}-15`),
    amountOre: new Float64Array(n),
    numeric: new Map([['deviation', deviation], ...NOISE.map((name) => [name, column()] as const)]),
    categorical: new Map(),
  };
}

const pick = (data: MatrixData, rows: readonly number[]): MatrixData => {
  const of = <T>(values: ArrayLike<T>) => rows.map((row) => values[row]!);
  return {
    n: rows.length,
    rowId: of(data.rowId),
    entity: of(data.entity),
    asOf: of(data.asOf),
    group: of(data.group),
    label: Float64Array.from(of(data.label)),
    labelKnownOn: of(data.labelKnownOn),
    amountOre: Float64Array.from(of(data.amountOre)),
    numeric: new Map([...data.numeric].map(([name, values]) => [name, Float64Array.from(of(values))])),
    categorical: new Map(),
  };
};
const all = (data: MatrixData) => Array.from({ length: data.n }, (_, row) => row);

describe('PU bagging', () => {
  test('providers labeled by the as-of date, or in training rows, are left out; later labels are not known yet', () => {
    const population = matrix(new Rng(1), 6, '2024-01-01');
    const cases = matrix(new Rng(2), 3, '2023-06-01');
    cases.asOf[1] = '2024-02-01'; // P00001 is labeled after the as-of date
    cases.asOf[2] = '2024-03-01'; // so is P00002, and it is a training row
    const { data, unlabeledRows } = appendUnlabeled(cases, [0, 2], population);
    expect(unlabeledRows.map((row) => data.entity[row])).toEqual(['P00001', 'P00003', 'P00004', 'P00005']);
    expect(unlabeledRows.map((row) => data.label[row])).toEqual([0, 0, 0, 0]);
    expect(unlabeledRows.map((row) => data.numeric.get('deviation')![row])).toEqual(
      [1, 3, 4, 5].map((i) => population.numeric.get('deviation')![i]),
    );
    expect([...data.label.subarray(0, 3)]).toEqual([...cases.label]);
    expect(new Set(data.rowId).size).toBe(data.n);
    expect(unlabeledRows.every((row) => data.labelKnownOn[row] === undefined)).toBe(true);
  });

  test('samples: so many for each finding, another for each member, none of the validation sample; by seed', () => {
    const pool = Array.from({ length: 1000 }, (_, i) => i);
    const sample = sampleUnlabeled(pool, { inner: 20, validation: 5, all: 25 }, 3, 4, 7);
    expect(sample.validation).toHaveLength(15);
    for (const { inner, all: whole } of sample.bags) {
      expect([inner.length, whole.length]).toEqual([60, 75]);
      expect(new Set(inner).size).toBe(60);
      expect(inner.some((row) => sample.validation.includes(row))).toBe(false);
    }
    expect(new Set(sample.bags.map(({ inner }) => String(inner))).size).toBe(4);
    expect(sampleUnlabeled(pool, { inner: 20, validation: 5, all: 25 }, 3, 4, 7)).toEqual(sample);
    expect(sampleUnlabeled(pool, { inner: 20, validation: 5, all: 25 }, 3, 4, 8)).not.toEqual(sample);
    // A small population gives what it has.
    const small = sampleUnlabeled(pool.slice(0, 10), { inner: 20, validation: 5, all: 25 }, 3, 1, 7);
    expect([small.validation.length, small.bags[0]!.inner.length, small.bags[0]!.all.length]).toEqual([2, 8, 10]);
  });

  test.each([
    { family: 'logistic' },
    { family: 'tabm-mini', submodels: 4, width: 32, learningRate: 0.01, maxEpochs: 8, members: 2, batchSize: 64 },
  ])(
    '$family: where only deviating providers are labeled, the population is ranked better with PU bagging',
    (settings) => {
      const spec = familySchema.parse(settings);
      const rng = new Rng(3, 'selected');
      // Only deviating providers are labeled: among them the deviation hardly predicts a finding.
      const seen = matrix(rng, 4000, '2023-01-01');
      const deviating = all(seen)
        .filter((row) => seen.numeric.get('deviation')![row]! > 1.3)
        .slice(0, 120);
      const cases = pick(seen, deviating);
      const population = matrix(rng, 1500, '2024-01-01', 10_000);
      const averagePrecision = (given: Parameters<typeof fitFamily>[6]) => {
        const { model } = fitFamily(tf, spec, cases, COLUMNS, all(cases), 1, given);
        const scores = scoreRows(tf, model, population, all(population));
        return averagePrecisionOf(
          { scores, labels: population.label, entities: population.entity, rowIds: population.rowId },
          1,
        );
      };
      const before = tf.memory().numTensors;
      const puBagging = { population, puBagging: { unlabeledPerPositive: 3, bags: 3 } };
      expect(averagePrecision(puBagging)).toBeGreaterThan(averagePrecision(undefined) + 0.03);
      expect(tf.memory().numTensors).toBe(before);
    },
  );

  test('each bag is a member; the same arguments give the same bytes; the fit reports its encoder rows', () => {
    const [cases, population] = [matrix(new Rng(4), 150, '2023-01-01'), matrix(new Rng(5), 400, '2024-01-01', 10_000)];
    const fit = () =>
      fitFamily(tf, familySchema.parse({ family: 'logistic' }), cases, COLUMNS, all(cases), 1, {
        population,
        puBagging: { unlabeledPerPositive: 2, bags: 4 },
      });
    const { model, encoderInput } = fit();
    expect(model.members).toHaveLength(4);
    expect(new Set(model.members.map((member) => String(member[0]!.values))).size).toBe(4);
    expect(storeModel(fit().model).weights.equals(storeModel(model).weights)).toBe(true);
    expect(encoderInput.rows.slice(0, cases.n).sort((a, b) => a - b)).toEqual(all(cases));
    expect(encoderInput.rows.slice(cases.n).every((row) => row >= cases.n)).toBe(true);
  });
});

describe('experiments with PU bagging', () => {
  const experiment = {
    version: 1,
    name: 'with-others',
    seed: 1,
    source: { kind: 'register', asOf: '2025-01-01T00:00:00Z' },
    split: { kind: 'expanding', firstTest: '2023-01-01' },
    families: [{ family: 'logistic' }],
  };

  test('need a register source with a population', () => {
    expect(experimentSchema.parse({ ...experiment, puBagging: {} }).puBagging).toEqual({
      unlabeledPerPositive: 5,
      bags: 10,
    });
    const table = { ...experiment, source: { kind: 'table', file: 'a.csv', mapping: 'a.yaml' }, puBagging: {} };
    expect(() => experimentSchema.parse(table)).toThrow(/a register source|of a register source/);
    expect(() => experimentSchema.parse({ ...experiment, puBagging: {}, evaluation: { population: false } })).toThrow(
      /evaluation.population/,
    );
    expect(() => experimentSchema.parse({ ...experiment, puBagging: { unlabeledPerPositive: 0 } })).toThrow();
  });
});
