import { loadBackend, type Tf } from '../../../../models/backend';
import { AdamW } from '../../../../models/nn/adamw';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test("the first step is the learning rate against the gradient's sign, with weight decay apart from it", () => {
  const [a, b] = [tf.variable(tf.tensor1d([1, -2])), tf.variable(tf.scalar(3))];
  const adam = new AdamW(tf, [a, b], [true, false], { learningRate: 0.1, weightDecay: 0.5, maxGradientNorm: 1e9 });
  adam.step([tf.tensor1d([4, -5]), tf.scalar(0)]);
  expect([...a.dataSync()].map((v) => Number(v.toFixed(5)))).toEqual(
    [1 * 0.95 - 0.1, -2 * 0.95 + 0.1].map((v) => Number(v.toFixed(5))),
  );
  expect(b.dataSync()[0]).toBe(3);
  adam.dispose();
});
