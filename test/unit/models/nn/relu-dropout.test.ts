import type { Tensor } from '@tensorflow/tfjs';
import { Rng } from '../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../models/backend';
import { DropoutMasks } from '../../../../models/nn/dropout-masks';
import { reluDropout, weightedSum } from '../../../../models/nn/relu-dropout';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test('gradients of ReLU with dropout and of weighted sums equal the stock ones to the bit', () => {
  const rng = new Rng('gradients');
  const values = (...shape: number[]) =>
    tf.tensor(
      Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => rng.normal()),
      shape,
    );
  const masks = () => new DropoutMasks(new Rng('masks'), 0.3);
  tf.tidy(() => {
    const [z, h, w] = [values(7, 5), values(6, 4, 3), values(4, 3)];
    const flat = (f: (...xs: Tensor[]) => Tensor, ...xs: Tensor[]) => {
      const { value, grads } = tf.valueAndGrads((...ys) => tf.sum(tf.square(f(...ys))))(xs);
      return [value, ...grads].map((tensor) => [...tensor.dataSync()].map((v) => v + 0)); // -0 is 0
    };
    expect(flat((x) => reluDropout(tf, x, masks()), z)).toEqual(flat((x) => masks().drop(tf, tf.relu(x)), z));
    expect(reluDropout(tf, z).arraySync()).toEqual(tf.relu(z).arraySync());
    expect(flat((a, b) => weightedSum(tf, a, b), h, w)).toEqual(flat((a, b) => tf.sum(tf.mul(a, b), 2), h, w));
    const one = tf.reshape(w, [1, 4, 3]);
    expect(flat((a, b) => weightedSum(tf, a, b), h, one)).toEqual(flat((a, b) => tf.sum(tf.mul(a, b), 2), h, one));
  });
});
