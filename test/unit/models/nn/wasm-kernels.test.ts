import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { Rng } from '../../../../domain/rng';
import { familySchema, type NetworkSpec } from '../../../../domain/families';
import { additive } from '../../../../models/families/additive/network';
import { mlp } from '../../../../models/families/mlp/network';
import { tabmMini } from '../../../../models/families/tabm-mini/network';
import { loadBackend, type Tf } from '../../../../models/backend';
import { trainingLoss } from '../../../../models/nn/loss';
import { DropoutMasks } from '../../../../models/nn/dropout-masks';
import { type Network, type DenseRows, toTensors } from '../../../../models/nn/network';
import { trainNetwork } from '../../../../models/nn/train';

/** Where the native addon cannot be built; in a file of its own because a process loads one backend. */
let tf: Tf;
beforeAll(async () => {
  const loaded = await loadBackend('wasm');
  tf = loaded.tf;
  expect(loaded.engine.backend).toBe('wasm');
});

const rng = new Rng('wasm');
const x = Float32Array.from({ length: 3 * 300 }, () => rng.normal());
const rows: DenseRows = {
  x,
  y: Float32Array.from({ length: 300 }, (_, i) => (rng.chance(x[3 * i]! > 0 ? 0.8 : 0.1) ? 1 : 0)),
  width: 3,
};
const inputs = ['a', 'b', 'c'].map((feature) => ({ feature, kind: 'value' as const }));
const NETWORKS: Readonly<Record<NetworkSpec['family'], (spec: NetworkSpec) => Network>> = {
  mlp: (spec) => mlp(spec as Parameters<typeof mlp>[0]),
  'tabm-mini': (spec) => tabmMini(spec as Parameters<typeof tabmMini>[0]),
  additive: (spec) => additive(spec as Parameters<typeof additive>[0]),
};

test.each([
  { family: 'mlp', dropout: 0.2 },
  { family: 'mlp', embedding: { kind: 'piecewise-linear', bins: 4 } },
  { family: 'mlp', embedding: { kind: 'periodic', frequencies: 2 } },
  { family: 'tabm-mini', submodels: 4, width: 16 },
  { family: 'tabm-mini', submodels: 4, width: 16, embedding: { kind: 'piecewise-linear', bins: 4 } },
  { family: 'tabm-mini', submodels: 4, width: 16, embedding: { kind: 'periodic', frequencies: 2 } },
  { family: 'additive', pairs: 0 },
])('%j learns and leaves no tensor', (settings) => {
  const spec = familySchema.parse({ learningRate: 0.02, batchSize: 64, ...settings }) as NetworkSpec;
  const before = tf.memory().numTensors;
  const loss = (epochs: number) =>
    trainNetwork(tf, NETWORKS[spec.family](spec), spec, rows, inputs, { epochs, validation: rows }, 1).validationLoss!;
  expect(loss(12)).toBeLessThan(0.9 * loss(1));
  expect(tf.memory().numTensors).toBe(before);
});

/** The same networks from stock operations only. */
const STOCK: Readonly<
  Record<'mlp' | 'tabm-mini', (tensors: Record<string, Tensor>, x: Tensor2D, masks: DropoutMasks) => Tensor2D>
> = {
  mlp(tensors, x, masks) {
    const first = tf.add<Tensor2D>(tf.matMul(x, tensors['w0']!), tensors['b0']!);
    return tf.add(tf.matMul(masks.drop(tf, tf.relu(first)), tensors['w1']!), tensors['b1']!);
  },
  'tabm-mini'(tensors, x, masks) {
    const { r, w0, b0, w1, b1, head, headBias } = tensors as Record<
      'r' | 'w0' | 'b0' | 'w1' | 'b1' | 'head' | 'headBias',
      Tensor
    >;
    const [k, d] = head.shape as [number, number];
    const kernel = tf.reshape<Rank.R2>(tf.mul(r, tf.expandDims(w0, 1)), [x.shape[1], k * d]);
    const first = tf.reshape<Rank.R2>(tf.matMul(x, kernel), [x.shape[0] * k, d]);
    const h = masks.drop(tf, tf.relu(tf.add<Tensor2D>(first, b0)));
    const second = masks.drop(tf, tf.relu(tf.add<Tensor2D>(tf.matMul(h, w1), b1)));
    return tf.add(tf.sum(tf.mul(tf.reshape(second, [x.shape[0], k, d]), head), 2), headBias);
  },
};

test.each([
  { family: 'mlp', hidden: [16] },
  { family: 'tabm-mini', submodels: 4, width: 16 },
] as const)('$family: loss and gradients are those of the stock operations', (settings) => {
  const spec = familySchema.parse(settings) as NetworkSpec;
  const network = NETWORKS[spec.family](spec);
  const parameters = network.initial({ rng: new Rng('start'), train: rows, inputs, baseLogit: -1 });
  const tensors = toTensors(tf, parameters);
  const of = (forward: (given: Record<string, Tensor>, data: Tensor2D, masks: DropoutMasks) => Tensor2D) =>
    tf.tidy(() => {
      const names = parameters.map(({ name }) => name);
      const data = tf.tensor2d(rows.x.subarray(0, 3 * 50), [50, 3]);
      const y = tf.tensor2d(rows.y.subarray(0, 50), [50, 1]);
      const lossOf = (...given: Tensor[]) =>
        trainingLoss(
          tf,
          spec.loss,
          forward(
            Object.fromEntries(names.map((name, i) => [name, given[i]!])),
            data,
            new DropoutMasks(new Rng('masks'), 0.3),
          ),
          y,
        );
      const { value, grads } = tf.valueAndGrads(lossOf)(names.map((name) => tensors[name]!));
      return Object.fromEntries(
        [['loss', value] as const, ...names.map((name, i) => [name, grads[i]!] as const)].map(([name, tensor]) => [
          name,
          { shape: tensor.shape, values: [...tensor.dataSync()] },
        ]),
      );
    });
  const [own, stock] = [
    of((given, data, masks) => network.forward(tf, given, data, masks)),
    of(STOCK[settings.family]),
  ];
  tf.dispose(Object.values(tensors));
  for (const [name, { shape, values }] of Object.entries(stock)) {
    expect({ name, shape: own[name]!.shape }).toEqual({ name, shape });
    const away = Math.max(...values.map((value, i) => Math.abs(value - own[name]!.values[i]!)));
    expect({ name, alike: away < 1e-5 }).toEqual({ name, alike: true });
    if (name !== 'loss')
      expect({ name, some: values.some((value) => Math.abs(value) > 1e-4) }).toEqual({ name, some: true });
  }
});
