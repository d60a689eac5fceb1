import { familySchema } from '../../../../domain/families';
import { loadBackend, type Tf } from '../../../../models/backend';
import { metricsOf, toRanking } from '../../../../models/metrics/ranking-metrics';
import { restoreModel, storeModel } from '../../../../models/registered-model';
import { scoreRows } from '../../../../models/scoring';
import { fitFamily } from '../../../../models/training/fit';
import { columns, learnableMatrix, rows } from '../../../support/learnable-matrix';

let tf: Tf;
beforeAll(async () => {
  const loaded = await loadBackend('tensorflow');
  tf = loaded.tf;
  expect(loaded.engine.backend).toBe('tensorflow');
});

/** Small settings of every family. */
const SMALL = [
  { family: 'logistic', l2: [0.01, 0.1] },
  { family: 'logistic', l2: [0.01, 0.1], l1Ratio: 0.5 },
  {
    family: 'mlp',
    hidden: [8],
    learningRate: 0.05,
    weightDecay: 0.01,
    maxEpochs: 3,
    patience: 5,
    batchSize: 32,
    members: 2,
  },
  {
    family: 'mlp',
    hidden: [8],
    embedding: { kind: 'piecewise-linear', bins: 4 },
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
  },
  {
    family: 'mlp',
    hidden: [8],
    embedding: { kind: 'periodic', frequencies: 4 },
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
  },
  { family: 'tabm-mini', submodels: 4, width: 16, learningRate: 0.05, maxEpochs: 3, batchSize: 32, members: 2 },
  {
    family: 'tabm-mini',
    submodels: 4,
    width: 16,
    embedding: { kind: 'piecewise-linear', bins: 4 },
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
  },
  {
    family: 'additive',
    units: 4,
    pairs: 1,
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
    loss: { positiveWeight: 2, focalGamma: 1 },
  },
];

test.each(SMALL)(
  '$family: ranks better than chance, survives storage, repeats its bytes, leaves no tensor',
  (settings) => {
    const data = learnableMatrix(400);
    const spec = familySchema.parse(settings);
    const fit = (order: number[]) => fitFamily(tf, spec, data, columns, order, 5).model;
    const before = tf.memory().numTensors;
    const model = fit(rows(300));
    const stored = storeModel(model);
    expect(storeModel(fit(rows(300).reverse())).weights.equals(stored.weights)).toBe(true);
    const document = JSON.parse(JSON.stringify(stored.document)) as typeof stored.document;
    const scores = scoreRows(tf, restoreModel(document, stored.weights), data, rows(400).slice(300));
    expect([...scores]).toEqual([...scoreRows(tf, model, data, rows(400).slice(300))]);
    expect(tf.memory().numTensors).toBe(before);
    const ranking = toRanking(
      { scores, labels: data.label.slice(300), entities: data.entity.slice(300), rowIds: data.rowId.slice(300) },
      1,
    );
    expect(metricsOf(ranking, new Float64Array(100).fill(1), [20]).get('precision@20')).toBeGreaterThan(0.7);
    expect(() => restoreModel(stored.document, Buffer.concat([stored.weights, Buffer.alloc(4)]))).toThrow(
      /bytes of weights/,
    );
  },
);
