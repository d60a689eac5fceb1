import { Rng } from '../../../../domain/rng';
import { familySchema } from '../../../../domain/families';
import type { MatrixColumn, MatrixData } from '../../../../domain/schemas/matrix';
import { loadBackend } from '../../../../models/backend';
import { crossValidate } from '../../../../models/tuning/rolling-origin-cv';

describe('rolling-origin cross-validation', () => {
  const rng = new Rng('search-test');
  const n = 240;
  const signal = Float64Array.from({ length: n }, () => rng.normal());
  const noise = Array.from({ length: 12 }, () => Float64Array.from({ length: n }, () => rng.normal()));
  const label = signal.map((value) => (rng.chance(1 / (1 + Math.exp(-2 * value))) ? 1 : 0));
  const day = (i: number) => new Date(Date.UTC(2022, 0, 1 + i)).toISOString().slice(0, 10);
  const columns: MatrixColumn[] = ['signal', ...noise.map((_, i) => `noise${i}`)].map((name) => ({
    name,
    kind: 'numeric',
    role: 'feature',
  }));
  const data: MatrixData = {
    n,
    rowId: Array.from({ length: n }, (_, i) => `r${String(i).padStart(3, '0')}`),
    entity: Array.from({ length: n }, (_, i) => `e${i}`),
    asOf: Array.from({ length: n }, (_, i) => day(i)),
    group: Array.from({ length: n }, () => 'all'),
    label,
    labelKnownOn: Array.from({ length: n }, (_, i) => day(i + 5)),
    amountOre: new Float64Array(n),
    numeric: new Map([['signal', signal], ...noise.map((values, i) => [`noise${i}`, values] as const)]),
    categorical: new Map(),
  };
  const rows = Array.from({ length: n }, (_, i) => i);
  const logistic = (l2: number[]) => familySchema.parse({ family: 'logistic', l2 });

  test('validates on later rows than it fits on, prefers useful settings, and repeats its results', async () => {
    const { tf } = await loadBackend();
    const good = crossValidate(tf, logistic([0.03]), data, columns, rows, 1);
    const blind = crossValidate(tf, logistic([1000]), data, columns, rows, 1);
    expect(good.rows).toBe(n - Math.round(0.55 * n)); // the last 45 % validate, once each
    expect(good.validationLoss).toBeLessThan(blind.validationLoss - 0.05);
    expect(good.selected).toHaveLength(3);
    expect(crossValidate(tf, logistic([0.03]), data, columns, rows, 1)).toEqual(good);
    // What becomes known last validates only: were it fitted on, these labels would be learnt.
    const turned = { ...data, label: label.map((y, i) => (i >= Math.round(0.85 * n) ? 1 - y : y)) };
    expect(crossValidate(tf, logistic([0.03]), turned, columns, rows, 1).selected.slice(0, 2)).toEqual(
      good.selected.slice(0, 2),
    );
    expect(crossValidate(tf, logistic([0.03]), turned, columns, rows, 1).validationLoss).toBeGreaterThan(
      good.validationLoss,
    );
  });
  test('too few rows are refused; no tensor is left', async () => {
    const { tf } = await loadBackend();
    const before = tf.memory().numTensors;
    expect(() => crossValidate(tf, logistic([0.03]), data, columns, rows.slice(0, 45), 1)).toThrow(
      /too few for a hyperparameter search/,
    );
    crossValidate(
      tf,
      familySchema.parse({ family: 'mlp', hidden: [4], maxEpochs: 3, members: 4 }),
      data,
      columns,
      rows,
      1,
    );
    expect(tf.memory().numTensors).toBe(before);
  });
  test('with PU bagging, unlabeled providers take part in fits and validation', async () => {
    const { tf } = await loadBackend();
    const others = Float64Array.from({ length: n }, () => rng.normal());
    const population: MatrixData = {
      ...data,
      rowId: data.rowId.map((id) => `other-${id}`),
      entity: data.entity.map((_, i) => (i < 20 ? `e${i}` : `other${i}`)), // 20 are labeled
      asOf: data.asOf.map(() => day(n + 30)),
      label: new Float64Array(n).fill(1),
      numeric: new Map([...data.numeric, ['signal', others]]),
    };
    const found = (from: number, to: number) =>
      label.slice(Math.round(from * n), Math.round(to * n)).reduce((sum, y) => sum + y, 0);
    const alone = crossValidate(tf, logistic([0.03]), data, columns, rows, 1);
    const withUnlabeled = crossValidate(tf, logistic([0.03]), data, columns, rows, 1, {
      population,
      puBagging: { unlabeledPerPositive: 1, bags: 2 },
    });
    expect(withUnlabeled).toMatchObject({ rows: alone.rows, findings: alone.findings });
    const asked = [
      [0.55, 0.7],
      [0.7, 0.85],
      [0.85, 1],
    ].map(([from, to]) => found(from!, to!));
    expect(withUnlabeled.unlabeledRows).toBe(asked.reduce((sum, one) => sum + Math.min(one, (n - 20) / 5), 0));
    expect(withUnlabeled.validationLoss).not.toBeCloseTo(alone.validationLoss, 3);
    // Unlabeled providers have no known outcome, so the label column is not read.
    const unread = {
      population: { ...population, label: new Float64Array(n) },
      puBagging: { unlabeledPerPositive: 1, bags: 2 },
    };
    expect(crossValidate(tf, logistic([0.03]), data, columns, rows, 1, unread)).toEqual(withUnlabeled);
    expect(alone.unlabeledRows).toBeUndefined();
  });
});
