import { familySchema, type SpecOf } from '../../../../domain/families';
import { Rng } from '../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../models/backend';
import { additive } from '../../../../models/families/additive/network';
import { mlp } from '../../../../models/families/mlp/network';
import { tabmMini } from '../../../../models/families/tabm-mini/network';
import type { DenseRows, Network } from '../../../../models/nn/network';
import { trainNetwork } from '../../../../models/nn/train';
import type { InputColumn } from '../../../../models/preprocessing/encoder';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

/** Two numbers whose product determines the outcome: no curve of one number alone can learn it. */
function product(n: number): DenseRows {
  const rng = new Rng(3);
  const x = Float32Array.from({ length: 2 * n }, () => rng.normal());
  return { x, y: Float32Array.from({ length: n }, (_, i) => (x[2 * i]! * x[2 * i + 1]! > 0 ? 1 : 0)), width: 2 };
}
const inputs: InputColumn[] = [
  { feature: 'a', kind: 'value' },
  { feature: 'b', kind: 'value' },
];
const spec = <F extends 'mlp' | 'tabm-mini' | 'additive'>(settings: { family: F } & Record<string, unknown>) =>
  familySchema.parse(settings) as SpecOf<F>;

describe('networks learn an interaction, repeat their bytes and leave no tensor', () => {
  const common = { learningRate: 0.03, weightDecay: 0, dropout: 0, batchSize: 64, maxEpochs: 25, patience: 25 };
  const small: { name: string; settings: Parameters<typeof trainNetwork>[2]; network: Network }[] = [
    { name: 'mlp', settings: spec({ family: 'mlp', ...common }), network: mlp(spec({ family: 'mlp', hidden: [16] })) },
    {
      name: 'mlp, periodic',
      settings: spec({ family: 'mlp', ...common }),
      network: mlp(spec({ family: 'mlp', hidden: [16], embedding: { kind: 'periodic', frequencies: 4 } })),
    },
    {
      name: 'tabm-mini',
      settings: spec({ family: 'tabm-mini', ...common, dropout: 0.1 }),
      network: tabmMini(spec({ family: 'tabm-mini', submodels: 4, width: 16 })),
    },
    {
      name: 'additive with the pair',
      settings: spec({ family: 'additive', ...common }),
      network: additive(spec({ family: 'additive', units: 16 }), [[0, 1]]),
    },
  ];
  test.each(small)('$name', ({ settings, network }) => {
    const data = product(256);
    const fit = (epochs: number) => trainNetwork(tf, network, settings, data, inputs, { epochs, validation: data }, 9);
    const before = tf.memory().numTensors;
    const [learned, a, b] = [fit(25), fit(3), fit(3)];
    expect(tf.memory().numTensors).toBe(before);
    expect(learned.validationLoss).toBeLessThan(0.35); // chance is ln 2 = 0.69
    expect(b.tensors).toEqual(a.tensors);
  });
});
