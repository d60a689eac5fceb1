import { Rng } from '../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../models/backend';
import { DropoutMasks } from '../../../../models/nn/dropout-masks';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test('dropout keeps the mean, drops its share and repeats with its seed', () => {
  const ones = tf.ones([200, 500]);
  const draw = () => new DropoutMasks(new Rng(1), 0.25).drop(tf, ones).dataSync();
  const values = [...draw()];
  const dropped = values.filter((value) => value === 0).length / values.length;
  expect(dropped).toBeCloseTo(0.25, 2);
  expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(1, 2);
  expect([...draw()]).toEqual(values);
});
