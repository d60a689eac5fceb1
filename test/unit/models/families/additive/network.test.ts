import { familySchema, type SpecOf } from '../../../../../domain/families';
import { Rng } from '../../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../../models/backend';
import { additive, additiveTermColumns, additiveTerms } from '../../../../../models/families/additive/network';
import { toTensors } from '../../../../../models/nn/network';
import { trainNetwork } from '../../../../../models/nn/train';
import type { InputColumn } from '../../../../../models/preprocessing/encoder';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test('contributions of curves, flags and surfaces add up to the logit', () => {
  const rng = new Rng(3);
  const numbers = Float32Array.from({ length: 100 }, () => rng.normal());
  const y = Float32Array.from({ length: 50 }, (_, i) => (numbers[2 * i]! * numbers[2 * i + 1]! > 0 ? 1 : 0));
  const flagged = {
    x: Float32Array.from({ length: 150 }, (_, i) => (i % 3 === 2 ? i % 2 : numbers[Math.floor(i / 3) * 2 + (i % 3)]!)),
    y,
    width: 3,
  };
  const three: InputColumn[] = [
    { feature: 'a', kind: 'value' },
    { feature: 'b', kind: 'value' },
    { feature: 'b', kind: 'missing' },
  ];
  const settings = familySchema.parse({ family: 'additive', maxEpochs: 3 }) as SpecOf<'additive'>;
  const fitted = trainNetwork(tf, additive(settings, [[0, 1]]), settings, flagged, three, { epochs: 3 }, 2).tensors;
  expect(additiveTermColumns((name) => fitted.find((own) => own.name === name)?.values ?? [])).toEqual([
    [0],
    [1],
    [2],
    [0, 1],
  ]);
  const error = tf.tidy(() => {
    const tensors = toTensors(tf, fitted);
    const x = tf.tensor2d(flagged.x, [50, 3]);
    const terms = tf.add(tf.sum(additiveTerms(tf, tensors, x), 1, true), tensors['bias']!);
    return tf.max(tf.abs(tf.sub(terms, additive().forward(tf, tensors, x)))).arraySync();
  });
  expect(error).toBeLessThan(1e-6);
});
