import { familySchema, type SpecOf } from '../../../../../domain/families';
import { Rng } from '../../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../../models/backend';
import { additive } from '../../../../../models/families/additive/network';
import { selectPairs } from '../../../../../models/families/additive/select-pairs';
import { logLossOfLogits } from '../../../../../models/nn/loss';
import { memberLogits } from '../../../../../models/nn/predict';
import { trainNetwork } from '../../../../../models/nn/train';
import type { InputColumn } from '../../../../../models/preprocessing/encoder';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test('curves alone cannot learn an interaction, and the pair that can is selected', () => {
  const rng = new Rng(8);
  const n = 800;
  const x = Float32Array.from({ length: 4 * n }, () => rng.normal());
  const y = Float32Array.from({ length: n }, (_, i) => (x[4 * i + 1]! * x[4 * i + 3]! > 0 ? 1 : 0));
  const four = ['a', 'b', 'c', 'd'].map((feature): InputColumn => ({ feature, kind: 'value' }));
  const data = { x, y, width: 4 };
  const settings = familySchema.parse({ family: 'additive', maxEpochs: 10 }) as SpecOf<'additive'>;
  const curves = trainNetwork(tf, additive(settings), settings, data, four, { epochs: 10 }, 1).tensors;
  const logits = memberLogits(tf, additive(), curves, data);
  expect(logLossOfLogits(logits, y)).toBeGreaterThan(0.6);
  expect(selectPairs(data, four, logits, 1)).toEqual([[1, 3]]);
});
