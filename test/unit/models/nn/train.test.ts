import type { Tensor } from '@tensorflow/tfjs';
import { Rng } from '../../../../domain/rng';
import { familySchema, type SpecOf } from '../../../../domain/families';
import { additive, additiveTermColumns, additiveTerms, choosePairs } from '../../../../models/families/additive/network';
import { mlp } from '../../../../models/families/mlp/network';
import { tabmMini } from '../../../../models/families/tabm-mini/network';
import { loadBackend, type Tf } from '../../../../models/backend';
import { AdamW } from '../../../../models/nn/adamw';
import { logLossOfLogits, trainingLoss } from '../../../../models/nn/loss';
import { Masks } from '../../../../models/nn/dropout-masks';
import { type Network, type Rows, toTensors } from '../../../../models/nn/network';
import { networkLogits, trainNetwork } from '../../../../models/nn/train';
import { rectified, weighedSums } from '../../../../models/nn/relu-dropout';
import type { InputColumn } from '../../../../models/preprocessing/encoder';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

/** Two numbers whose product decides: no curve of one number alone can tell. */
function product(n: number): Rows {
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

describe('networks learn what is not linear, repeat their bytes and leave no tensor', () => {
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
    const [learnt, a, b] = [fit(25), fit(3), fit(3)];
    expect(tf.memory().numTensors).toBe(before);
    expect(learnt.validationLoss).toBeLessThan(0.35); // chance is ln 2 = 0.69
    expect(b.tensors).toEqual(a.tensors);
  });
  test('curves alone cannot, and the pair that could is the one chosen', () => {
    const rng = new Rng(8);
    const n = 800;
    const x = Float32Array.from({ length: 4 * n }, () => rng.normal());
    const y = Float32Array.from({ length: n }, (_, i) => (x[4 * i + 1]! * x[4 * i + 3]! > 0 ? 1 : 0));
    const four = ['a', 'b', 'c', 'd'].map((feature): InputColumn => ({ feature, kind: 'value' }));
    const data = { x, y, width: 4 };
    const settings = spec({ family: 'additive', maxEpochs: 10 });
    const curves = trainNetwork(tf, additive(settings), settings, data, four, { epochs: 10 }, 1).tensors;
    const tensors = toTensors(tf, curves);
    const logits = networkLogits(tf, additive(), tensors, x, 4);
    tf.dispose(Object.values(tensors));
    expect(logLossOfLogits(logits, y)).toBeGreaterThan(0.6);
    expect(choosePairs(data, four, logits, 1)).toEqual([[1, 3]]);
  });
});

test('what curves, flags and surfaces add sums to the logit of an additive model', () => {
  const data = product(50);
  const flagged = {
    x: Float32Array.from({ length: 150 }, (_, i) => (i % 3 === 2 ? i % 2 : data.x[Math.floor(i / 3) * 2 + (i % 3)]!)),
    y: data.y,
    width: 3,
  };
  const three: InputColumn[] = [...inputs, { feature: 'b', kind: 'missing' }];
  const settings = spec({ family: 'additive', maxEpochs: 3 });
  const fitted = trainNetwork(tf, additive(settings, [[0, 1]]), settings, flagged, three, { epochs: 3 }, 2).tensors;
  expect(additiveTermColumns(fitted)).toEqual([[0], [1], [2], [0, 1]]);
  const gap = tf.tidy(() => {
    const tensors = toTensors(tf, fitted);
    const x = tf.tensor2d(flagged.x, [50, 3]);
    const terms = tf.add(tf.sum(additiveTerms(tf, tensors, x), 1, true), tensors['bias']!);
    return tf.max(tf.abs(tf.sub(terms, additive().forward(tf, tensors, x)))).arraySync();
  });
  expect(gap).toBeLessThan(1e-6);
});

test("AdamW takes the first step of the paper: the learning rate against the gradient's sign, and decay apart from it", () => {
  const [a, b] = [tf.variable(tf.tensor1d([1, -2])), tf.variable(tf.scalar(3))];
  const adam = new AdamW(tf, [a, b], [true, false], { learningRate: 0.1, weightDecay: 0.5, clip: 1e9 });
  adam.step([tf.tensor1d([4, -5]), tf.scalar(0)]);
  expect([...a.dataSync()].map((v) => Number(v.toFixed(5)))).toEqual(
    [1 * 0.95 - 0.1, -2 * 0.95 + 0.1].map((v) => Number(v.toFixed(5))),
  );
  expect(b.dataSync()[0]).toBe(3);
  adam.dispose();
});

test('dropout keeps the mean, drops its share and repeats with its seed', () => {
  const ones = tf.ones([200, 500]);
  const draw = () => new Masks(new Rng(1), 0.25).drop(tf, ones).dataSync();
  const values = [...draw()];
  const dropped = values.filter((value) => value === 0).length / values.length;
  expect(dropped).toBeCloseTo(0.25, 2);
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(1, 2);
  expect([...draw()]).toEqual(values);
});

test('focal loss weighs what is right already less, and findings count as often as asked', () => {
  const loss = (positiveWeight: number, focalGamma: number) =>
    tf.tidy(() =>
      trainingLoss(tf, { positiveWeight, focalGamma }, tf.tensor2d([[2], [-1]]), tf.tensor2d([[1], [0]])).arraySync(),
    );
  const p = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-1))]; // given to the right class
  const own = p.map((value) => -Math.log(value));
  expect(loss(1, 0)).toBeCloseTo((own[0]! + own[1]!) / 2, 6);
  expect(loss(3, 0)).toBeCloseTo((3 * own[0]! + own[1]!) / 2, 6);
  expect(loss(1, 2)).toBeCloseTo((own[0]! * (1 - p[0]!) ** 2 + own[1]! * (1 - p[1]!) ** 2) / 2, 6);
});

test('the gradients of ReLU with dropout and of weighed sums are the stock ones, to the bit', () => {
  const rng = new Rng('gradients');
  const values = (...shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
      shape,
    );
  const masks = () => new Masks(new Rng('masks'), 0.3);
  tf.tidy(() => {
    const [z, h, w] = [values(7, 5), values(6, 4, 3), values(4, 3)];
    const flat = (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]) => {
      const { value, grads } = tf.valueAndGrads((...ys) => tf.sum(tf.square(f(...ys))))(xs);
      return [value, ...grads].map((tensor) => [...tensor.dataSync()].map((v) => v + 0)); // -0 is 0
    };
    expect(flat((x) => rectified(tf, x, masks()), z)).toEqual(flat((x) => masks().drop(tf, tf.relu(x)), z));
    expect(rectified(tf, z).arraySync()).toEqual(tf.relu(z).arraySync());
    expect(flat((a, b) => weighedSums(tf, a, b), h, w)).toEqual(flat((a, b) => tf.sum(tf.mul(a, b), 2), h, w));
    const one = tf.reshape(w, [1, 4, 3]);
    expect(flat((a, b) => weighedSums(tf, a, b), h, one)).toEqual(flat((a, b) => tf.sum(tf.mul(a, b), 2), h, one));
  });
});
