import { Rng } from '../../../../../domain/rng';
import { loadBackend, type Tf } from '../../../../../models/backend';
import { modelFamily } from '../../../../../models/families';
import { fitLogistic } from '../../../../../models/families/logistic/fit-logistic';
import { memberLogits } from '../../../../../models/nn/predict';

let tf: Tf;
beforeAll(async () => void ({ tf } = await loadBackend('tensorflow')));

test('logistic regression finds the closed-form solution of a 2 × 2 table', () => {
  // 3 of 4 with x = 1 are findings, 1 of 4 with x = 0: intercept ln(1/3), slope 2 ln 3.
  const rows = { x: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0), y: Float32Array.of(1, 1, 1, 0, 1, 0, 0, 0), width: 1 };
  const [w, b] = fitLogistic(tf, rows, 1e-9);
  expect(b!.values[0]).toBeCloseTo(Math.log(1 / 3), 4);
  expect(w!.values[0]).toBeCloseTo(2 * Math.log(3), 4);
  expect(memberLogits(tf, modelFamily('logistic'), [w!, b!], { x: Float32Array.of(1), width: 1 })[0]).toBeCloseTo(
    Math.log(3),
    4,
  );
});

test.each([
  ['fewer rows than columns', 60, 90],
  ['more rows than columns', 90, 60],
])('a ridge of %s meets its optimality conditions', (_, n, width) => {
  const rng = new Rng(9);
  const penalty = 0.02;
  const x = Float32Array.from({ length: n * width }, () => rng.normal());
  const y = Float32Array.from({ length: n }, (_, i) => (rng.chance(1 / (1 + Math.exp(-x[i * width]!))) ? 1 : 0));
  const [w, b] = fitLogistic(tf, { x, y, width }, penalty);
  const off = Float64Array.from({ length: n }, (_, i) => {
    let logit = b!.values[0]!;
    for (let j = 0; j < width; j++) logit += x[i * width + j]! * w!.values[j]!;
    return 1 / (1 + Math.exp(-logit)) - y[i]!;
  });
  expect(off.reduce((sum, value) => sum + value, 0) / n).toBeCloseTo(0, 5); // the intercept is free
  w!.values.forEach((weight, j) => {
    let slope = 0;
    for (let i = 0; i < n; i++) slope += (off[i]! * x[i * width + j]!) / n;
    expect(slope).toBeCloseTo(-penalty * weight, 5);
  });
});

test('the elastic net drops noise, keeps signal, and meets its optimality conditions', () => {
  const rng = new Rng(4);
  const [n, width, penalty, ratio] = [600, 6, 0.05, 0.9];
  const x = Float32Array.from({ length: n * width }, () => rng.normal());
  const y = Float32Array.from({ length: n }, (_, i) => (rng.chance(1 / (1 + Math.exp(-1.5 * x[i * width]!))) ? 1 : 0));
  const [w, b] = fitLogistic(tf, { x, y, width }, penalty, ratio);
  const weights = [...w!.values];
  expect(weights[0]).toBeGreaterThan(0.5);
  expect(weights.slice(1).filter((weight) => weight === 0).length).toBeGreaterThanOrEqual(4);
  // At the optimum the gradient of the log loss is -(l2 w + l1 sign w), and within ±l1 where a weight is 0.
  const logits = memberLogits(tf, modelFamily('logistic'), [w!, b!], { x, width });
  weights.forEach((weight, j) => {
    let slope = 0;
    for (let i = 0; i < n; i++) slope += ((1 / (1 + Math.exp(-logits[i]!)) - y[i]!) * x[i * width + j]!) / n;
    if (weight === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty * ratio + 1e-4);
    else expect(slope).toBeCloseTo(-(penalty * (1 - ratio) * weight + penalty * ratio * Math.sign(weight)), 3);
  });
});
