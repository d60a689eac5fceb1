import type { Rank, Tensor, Tensor2D } from '@tensorflow/tfjs';
import { Rng } from '../../../../domain/rng';
import { type FamilySpec, familySchema, type NetworkSpec } from '../../../../domain/families';
import { additive } from '../../../../models/families/additive/network';
import { mlp } from '../../../../models/families/mlp/network';
import { tabmMini } from '../../../../models/families/tabm-mini/network';
import { loadBackend, type Tf } from '../../../../models/backend';
import { trainingLoss } from '../../../../models/nn/loss';
import { DropoutMasks } from '../../../../models/nn/dropout-masks';
import { type Network, type DenseRows, toTensors } from '../../../../models/nn/network';
import { trainNetwork } from '../../../../models/nn/train';
import { ALL_SMALL } from '../../../support/small-families';

/** Where the native addon cannot be built; in a file of its own because a process loads one backend. */
let tf: Tf;
beforeAll(async () => {
  const loaded = await loadBackend('wasm');
  tf = loaded.tf;
  expect(loaded.runtime.backend).toBe('wasm');
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
  additive: (spec) => additive(spec as Parameters<typeof additive>[0], [[0, 1]]),
};
const isNetwork = (spec: FamilySpec): spec is NetworkSpec => spec.family in NETWORKS;
/** The small settings of every network family. */
const SPECS = ALL_SMALL.filter(({ family }) => family in NETWORKS)
  .map((settings) => familySchema.parse({ ...settings, learningRate: 0.02, batchSize: 64 }))
  .filter(isNetwork);

test('every network family is among them', () => {
  expect(new Set(SPECS.map(({ family }) => family))).toEqual(new Set(Object.keys(NETWORKS)));
});

test.each(SPECS)('$family learns and leaves no tensor', (spec) => {
  const before = tf.memory().numTensors;
  const loss = (epochs: number) =>
    trainNetwork(tf, NETWORKS[spec.family](spec), spec, rows, inputs, { epochs, validation: rows }, 1).validationLoss!;
  expect(loss(12)).toBeLessThan(0.9 * loss(1));
  expect(tf.memory().numTensors).toBe(before);
});

/** The same networks from stock operations only. */
const STOCK: Readonly<
  Record<NetworkSpec['family'], (tensors: Record<string, Tensor>, x: Tensor2D, masks: DropoutMasks) => Tensor2D>
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
  additive(tensors, x) {
    const column = (name: string) => tf.expandDims(tf.gather(x, tf.cast(tensors[name]!, 'int32'), 1), 2);
    const curves = tf.add(tf.mul(column('curve.column'), tensors['curve.in']!), tensors['curve.knot']!);
    const [first, second] = tf.unstack(tensors['pair.in']!);
    const surfaces = tf.add(
      tf.add(tf.mul(column('pair.first'), first!), tf.mul(column('pair.second'), second!)),
      tensors['pair.knot']!,
    );
    const total = (z: Tensor, out: string) => tf.sum<Tensor2D>(tf.sum(tf.mul(tf.relu(z), tensors[out]!), 2), 1, true);
    return tf.addN([
      total(curves, 'curve.out'),
      total(surfaces, 'pair.out'),
      tf.tile(tensors['bias']!, [x.shape[0], 1]),
    ]) as Tensor2D;
  },
};

test.each(SPECS.filter((spec) => !('embedding' in spec) || spec.embedding.kind === 'none'))(
  '$family: loss and gradients are those of the stock operations',
  (spec) => {
    const network = NETWORKS[spec.family](spec);
    const parameters = network.initial({ rng: new Rng('start'), train: rows, inputs, baseLogit: -1 });
    const tensors = toTensors(tf, parameters);
    const of = (forward: (given: Record<string, Tensor>, data: Tensor2D, masks: DropoutMasks) => Tensor2D) =>
      tf.tidy(() => {
        const names = parameters.filter(({ kind }) => kind !== 'constant').map(({ name }) => name);
        const data = tf.tensor2d(rows.x.subarray(0, 3 * 50), [50, 3]);
        const y = tf.tensor2d(rows.y.subarray(0, 50), [50, 1]);
        const lossOf = (...given: Tensor[]) =>
          trainingLoss(
            tf,
            spec.loss,
            forward(
              { ...tensors, ...Object.fromEntries(names.map((name, i) => [name, given[i]!])) },
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
    const [own, stock] = [of((given, data, masks) => network.forward(tf, given, data, masks)), of(STOCK[spec.family])];
    tf.dispose(Object.values(tensors));
    for (const [name, { shape, values }] of Object.entries(stock)) {
      expect({ name, shape: own[name]!.shape }).toEqual({ name, shape });
      const away = Math.max(...values.map((value, i) => Math.abs(value - own[name]!.values[i]!)));
      expect({ name, alike: away < 1e-5 }).toEqual({ name, alike: true });
      if (name !== 'loss')
        expect({ name, some: values.some((value) => Math.abs(value) > 1e-4) }).toEqual({ name, some: true });
    }
  },
);
