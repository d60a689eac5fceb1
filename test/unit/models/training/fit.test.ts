import { familySchema } from '../../../../domain/families';
import { loadBackend, type Tf } from '../../../../models/backend';
import { metricsOf, toRanking } from '../../../../models/metrics/ranking-metrics';
import { restoreModel, storeModel } from '../../../../models/registered-model';
import { scoreRows } from '../../../../models/scoring';
import { fitFamily } from '../../../../models/training/fit';
import { columns, learnableMatrix, rows } from '../../../support/learnable-matrix';
import { ALL_SMALL } from '../../../support/small-families';

let tf: Tf;
beforeAll(async () => {
  const loaded = await loadBackend('tensorflow');
  tf = loaded.tf;
  expect(loaded.runtime.backend).toBe('tensorflow');
});

test.each(ALL_SMALL)(
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
