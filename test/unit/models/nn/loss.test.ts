import { loadBackend, type Tf } from '../../../../models/backend';
import { trainingLoss } from '../../../../models/nn/loss';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test('focal loss weighs well-predicted rows less, and findings by the positive weight', () => {
  const loss = (positiveWeight: number, focalGamma: number) =>
    tf.tidy(() =>
      trainingLoss(tf, { positiveWeight, focalGamma }, tf.tensor2d([[2], [-1]]), tf.tensor2d([[1], [0]])).arraySync(),
    );
  const p = [1 / (1 + Math.exp(-2)), 1 / (1 + Math.exp(-1))]; // probability of the true class
  const own = p.map((value) => -Math.log(value));
  expect(loss(1, 0)).toBeCloseTo((own[0]! + own[1]!) / 2, 6);
  expect(loss(3, 0)).toBeCloseTo((3 * own[0]! + own[1]!) / 2, 6);
  expect(loss(1, 2)).toBeCloseTo((own[0]! * (1 - p[0]!) ** 2 + own[1]! * (1 - p[1]!) ** 2) / 2, 6);
});
