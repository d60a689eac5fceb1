import fc from 'fast-check';
import type { MatrixData } from '../../../../domain/schemas/matrix';
import { Rng } from '../../../../domain/rng';
import { familySchema } from '../../../../domain/families';
import { fitLogistic } from '../../../../models/families/logistic/fit-logistic';
import { solveSpd } from '../../../../models/linalg/cholesky';
import { restoreModel, storeModel } from '../../../../models/registered-model';
import { loadBackend, type Tf } from '../../../../models/backend';
import { baselineScores, PROFILE_DEVIATION, withProfile } from '../../../../models/baselines/baselines';
import { calibrated } from '../../../../models/calibration/calibrator';
import { fitPlatt, smoothedTargets } from '../../../../models/calibration/platt';
import { fitFamily, logitsOf, splitByKnownTime } from '../../../../models/training/fit';
import { estimateWithDraws, metricsOf, toRanking } from '../../../../models/metrics/ranking-metrics';
import { sortAscending } from '../../../../models/preprocessing/radix-sort';
import { encode, encodedWidth, fitEncoder } from '../../../../models/preprocessing/encoder';
import { fitQuantiles, normalQuantile, normalScores } from '../../../../models/preprocessing/quantile-transformer';
import { scoreRows } from '../../../../models/scoring';

let tf: Tf;
beforeAll(async () => {
  const loaded = await loadBackend('tensorflow');
  tf = loaded.tf;
  expect(loaded.engine.backend).toBe('tensorflow');
});

/** n rows, two numeric features (the second now and then missing) and one category; the first feature carries the label. */
function scenario(n: number, seed = 1): MatrixData {
  const rng = new Rng(seed, 'world');
  const x = Float64Array.from({ length: n }, () => rng.normal());
  const z = Float64Array.from({ length: n }, (_, i) => (i % 7 === 0 ? Number.NaN : rng.normal()));
  const label = Float64Array.from(x, (value) => (rng.chance(1 / (1 + Math.exp(-2 * value))) ? 1 : 0));
  const ids = Array.from({ length: n }, (_, i) => `r${String(i).padStart(5, '0')}`);
  const days = ids.map((_, i) => `2023-${String(1 + Math.floor((i * 12) / n)).padStart(2, '0')}-15`);
  return {
    n,
    rowId: ids,
    entity: ids,
    asOf: days,
    group: ids.map(() => 'g'),
    label,
    labelKnownOn: days,
    amountOre: new Float64Array(n),
    numeric: new Map([
      ['x', x],
      ['z', z],
    ]),
    categorical: new Map([['c', ids.map((_, i) => 'ab'[i % 2]!)]]),
  };
}
const columns = [
  { name: 'x', kind: 'numeric', role: 'feature' },
  { name: 'z', kind: 'numeric', role: 'feature' },
  { name: 'c', kind: 'categorical', role: 'feature' },
] as const;
const rows = (n: number) => Array.from({ length: n }, (_, i) => i);

describe('preprocessing', () => {
  test('normal quantiles agree with the table', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959963985, 7);
    expect(normalQuantile(0.01)).toBeCloseTo(-2.326347874, 7);
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
  });
  test('a value takes its place among the training quantiles; ties take the middle; a constant gives nothing', () => {
    const q = fitQuantiles(Float64Array.from({ length: 3001 }, (_, i) => i));
    expect(normalScores(q)(1500)).toBeCloseTo(0, 6);
    expect(normalScores(q)(-5)).toBeCloseTo(normalQuantile(1e-7), 6);
    expect(normalScores([0, 1, 1, 1, 2])(1)).toBeCloseTo(0, 9);
    expect(normalScores([3, 3])(3)).toBe(0);
  });
  test('numbers are sorted as the platform sorts them, many of them too', () => {
    const rng = new Rng('ascending');
    const wide = [
      0,
      -0,
      5e-324,
      -5e-324,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
      1,
      -1,
    ];
    for (const draw of [() => rng.normal(), () => rng.below(44) - 3, () => rng.pick(wide), () => 7]) {
      const values = Float64Array.from({ length: 20_000 }, draw);
      expect(Buffer.from(sortAscending(values.slice()).buffer).equals(Buffer.from(values.slice().sort().buffer))).toBe(
        true,
      );
    }
  });
  test('a place is found as by counting, be quantiles tied, close or far apart', () => {
    const some = fc.oneof(
      fc.integer({ min: -5, max: 5 }),
      fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
      fc.constantFrom(1e-300, 2e-300),
    );
    const counted = (q: readonly number[], value: number) => {
      const [below, upTo] = [q.filter((x) => x < value).length, q.filter((x) => x <= value).length];
      if (upTo > below) return (below + upTo - 1) / 2; // the middle of those it equals
      return below === 0
        ? 0
        : below === q.length
          ? below - 1
          : below - 1 + (value - q[below - 1]!) / (q[below]! - q[below - 1]!);
    };
    fc.assert(
      fc.property(
        fc.array(some, { minLength: 2, maxLength: 60 }),
        fc.array(some, { maxLength: 20 }),
        (knots, values) => {
          const q = knots.sort((a, b) => a - b);
          const score = normalScores(q);
          const constant = q[0] === q.at(-1);
          for (const value of [...values, ...q])
            expect(score(value)).toBe(
              constant ? 0 : normalQuantile(Math.min(1 - 1e-7, Math.max(1e-7, counted(q, value) / (q.length - 1)))),
            );
        },
      ),
      { numRuns: 500, seed: 7 },
    );
  });
  test('what is learnt comes from the training rows only', () => {
    const data = scenario(200);
    const before = fitEncoder(data, columns, rows(100), 'quantile-normal');
    for (let i = 100; i < 200; i++) data.numeric.get('x')![i] = 1e9;
    data.categorical.get('c')!.fill('new', 100);
    expect(fitEncoder(data, columns, rows(100), 'quantile-normal')).toEqual(before);
  });
  test('missing values become a flag, rare categories no column', () => {
    const data = scenario(100);
    data.categorical.get('c')![3] = 'rare';
    const state = fitEncoder(data, columns, rows(100), 'smooth-robust');
    expect(encodedWidth(state)).toBe(1 + 2 + 2);
    const [first, second] = [encode(state, data, [0]), encode(state, data, [3])];
    expect(first[2]).toBe(1); // z is missing in row 0
    expect(second[2]).toBe(0);
    expect([second[3], second[4]]).toEqual([0, 0]);
  });
});

/** Every family, small. */
const SMALL = [
  { family: 'logistic', l2: [0.01, 0.1] },
  { family: 'logistic', l2: [0.01, 0.1], l1Ratio: 0.5 },
  {
    family: 'mlp',
    hidden: [8],
    learningRate: 0.05,
    weightDecay: 0.01,
    maxEpochs: 3,
    patience: 5,
    batchSize: 32,
    members: 2,
  },
  {
    family: 'mlp',
    hidden: [8],
    embedding: { kind: 'piecewise-linear', bins: 4 },
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
  },
  {
    family: 'mlp',
    hidden: [8],
    embedding: { kind: 'periodic', frequencies: 4 },
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
  },
  { family: 'tabm-mini', submodels: 4, width: 16, learningRate: 0.05, maxEpochs: 3, batchSize: 32, members: 2 },
  {
    family: 'tabm-mini',
    submodels: 4,
    width: 16,
    embedding: { kind: 'piecewise-linear', bins: 4 },
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
  },
  {
    family: 'additive',
    units: 4,
    pairs: 1,
    learningRate: 0.05,
    maxEpochs: 3,
    batchSize: 32,
    members: 1,
    loss: { positiveWeight: 2, focalGamma: 1 },
  },
];

describe('models', () => {
  test('Cholesky solves a system worked by hand', () => {
    const [x1, x2] = solveSpd(Float64Array.of(4, 2, 2, 3), Float64Array.of(10, 8));
    expect([x1, x2]).toEqual([expect.closeTo(1.75, 12), expect.closeTo(1.5, 12)]);
    expect(() => solveSpd(Float64Array.of(1, 2, 2, 1), Float64Array.of(1, 1))).toThrow(
      /not positive definite at column 1/,
    );
  });
  test('logistic regression finds the closed form of a two-group table', () => {
    // 3 of 4 with x = 1 are findings, 1 of 4 with x = 0: intercept ln(1/3), slope 2 ln 3.
    const rows = { x: Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0), y: Float32Array.of(1, 1, 1, 0, 1, 0, 0, 0), width: 1 };
    const [w, b] = fitLogistic(tf, rows, 1e-9);
    expect(b!.values[0]).toBeCloseTo(Math.log(1 / 3), 4);
    expect(w!.values[0]).toBeCloseTo(2 * Math.log(3), 4);
    expect(logitsOf(tf, 'logistic', [w!, b!], { x: Float32Array.of(1), width: 1 })[0]).toBeCloseTo(Math.log(3), 4);
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
  test('the elastic net gives up what carries nothing, keeps what carries, and meets its optimality conditions', () => {
    const rng = new Rng(4);
    const [n, width, penalty, ratio] = [600, 6, 0.05, 0.9];
    const x = Float32Array.from({ length: n * width }, () => rng.normal());
    const y = Float32Array.from({ length: n }, (_, i) =>
      rng.chance(1 / (1 + Math.exp(-1.5 * x[i * width]!))) ? 1 : 0,
    );
    const [w, b] = fitLogistic(tf, { x, y, width }, penalty, ratio);
    const weights = [...w!.values];
    expect(weights[0]).toBeGreaterThan(0.5);
    expect(weights.slice(1).filter((weight) => weight === 0).length).toBeGreaterThanOrEqual(4);
    // At the optimum the slope of the log loss is -(l2 w + l1 sign w), and within ±l1 where a weight is nought.
    const logits = logitsOf(tf, 'logistic', [w!, b!], { x, width });
    weights.forEach((weight, j) => {
      let slope = 0;
      for (let i = 0; i < n; i++) slope += ((1 / (1 + Math.exp(-logits[i]!)) - y[i]!) * x[i * width + j]!) / n;
      if (weight === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty * ratio + 1e-4);
      else expect(slope).toBeCloseTo(-(penalty * (1 - ratio) * weight + penalty * ratio * Math.sign(weight)), 3);
    });
  });
  test.each(SMALL)(
    '$family: ranks better than chance, survives storage, repeats its bytes, leaves no tensor',
    (settings) => {
      const data = scenario(400);
      const spec = familySchema.parse(settings);
      const fit = (order: number[]) => fitFamily(tf, spec, data, columns, order, 5).model;
      const before = tf.memory().numTensors;
      const model = fit(rows(300));
      const stored = storeModel(model);
      expect(storeModel(fit(rows(300).reverse())).weights.equals(stored.weights)).toBe(true); // the order of rows does not matter
      const document = JSON.parse(JSON.stringify(stored.document)) as typeof stored.document;
      const scores = scoreRows(tf, restoreModel(document, stored.weights), data, rows(400).slice(300));
      expect([...scores]).toEqual([...scoreRows(tf, model, data, rows(400).slice(300))]);
      expect(tf.memory().numTensors).toBe(before);
      const ranking = toRanking(
        { scores, labels: data.label.slice(300), entities: data.entity.slice(300), rowIds: data.rowId.slice(300) },
        1,
      );
      expect(metricsOf(ranking, new Float64Array(100).fill(1), [20]).get('precision@20')).toBeGreaterThan(0.7);
      expect(() => restoreModel(stored.document, Buffer.concat([stored.weights, Buffer.alloc(4)]))).toThrow(
        /bytes of weights/,
      );
    },
  );
  test('the validation part is the latest by the day outcomes became known', () => {
    const data = scenario(100);
    const { inner, validation } = splitByKnownTime(data, rows(100));
    expect(validation).toHaveLength(20);
    const latest = inner
      .map((row) => data.labelKnownOn[row]!)
      .sort()
      .at(-1)!;
    expect(validation.every((row) => data.labelKnownOn[row]! >= latest)).toBe(true);
  });
});

describe('judging a ranking', () => {
  const ones = (n: number) => new Float64Array(n).fill(1);
  test('metrics worked by hand: findings at ranks 1 and 3 of 4', () => {
    const found = metricsOf({ labels: Float64Array.of(1, 0, 1, 0) }, ones(4), [1, 2, 3]);
    expect(found.get('average-precision')).toBeCloseTo((1 + 2 / 3) / 2, 12);
    expect(found.get('precision@2')).toBe(0.5);
    expect(found.get('recall@3')).toBe(1);
    expect(found.get('lift@1')).toBe(2);
    expect(found.get('recall@half')).toBe(0.5);
  });
  test('a row drawn twice counts twice', () => {
    const found = metricsOf({ labels: Float64Array.of(1, 0, 1) }, Float64Array.of(2, 0, 1), [2]);
    expect(found.get('precision@2')).toBe(1);
    expect(found.get('recall@2')).toBeCloseTo(2 / 3, 12);
  });
  test('intervals hold the value, repeat, and widen when one provider stands for many rows', () => {
    const rng = new Rng(2);
    const labels = Float64Array.from({ length: 200 }, (_, i) => (rng.chance(i < 100 ? 0.6 : 0.2) ? 1 : 0));
    const alone = Array.from(labels, (_, i) => `e${i}`);
    const few = Array.from(labels, (_, i) => `e${i % 10}`);
    const width = (entities: string[]) => {
      const ap = estimateWithDraws({ labels, entities }, [50], 300, 1).find(
        ({ estimate }) => estimate.metric === 'average-precision',
      )!.estimate;
      expect(ap.lo).toBeLessThan(ap.value);
      expect(ap.hi).toBeGreaterThan(ap.value);
      return ap.hi - ap.lo;
    };
    expect(width(alone)).toBe(width(alone));
    expect(width(few)).not.toBe(width(alone));
  });
  test('equal scores are ordered by seed, whatever their order in storage', () => {
    const order = (ids: string[]) =>
      toRanking({ scores: new Float64Array(3), labels: ids.map(Number), entities: ids, rowIds: ids }, 4).entities;
    expect(order(['1', '2', '3'])).toEqual(order(['3', '1', '2']));
  });
  test('baselines stand beside: random by seed, size and rule hits where the source has them', () => {
    const data = scenario(20);
    const meta = {
      columns: [...columns],
      baselines: { size: 'x', deviations: ['z'] },
      rows: 20,
      labelled: 20,
      positives: 1,
    };
    const scores = baselineScores(data, meta, rows(20), 1);
    expect([...scores.keys()]).toEqual(['random', 'current-practice', 'size', 'peer-deviation', 'nok-at-risk']);
    expect(scores.get('current-practice')![0]).toBe(20); // the first opened stands first
    const z = data.numeric.get('z')![1]!;
    expect(scores.get('peer-deviation')![1]).toBe(Math.max(0, z));
    expect(scores.get('peer-deviation')![0]).toBe(0); // unknown deviates from nothing
    expect(baselineScores(data, meta, rows(20), 1).get('random')).toEqual(scores.get('random'));
    const own = withProfile(data, columns, meta);
    expect(own.columns.at(-1)!.name).toBe(PROFILE_DEVIATION);
    expect([...own.data.numeric.get(PROFILE_DEVIATION)!]).toEqual([...scores.get('peer-deviation')!]);
    expect(withProfile(data, columns.slice(0, 1), meta).columns).toEqual(columns.slice(0, 1)); // no column of the profile in use
    expect(baselineScores(data, meta, rows(20), 2).get('random')).not.toEqual(scores.get('random'));
  });
  test('Platt scaling recovers a known scale and keeps the order', () => {
    const rng = new Rng(8);
    const scores = Float64Array.from({ length: 4000 }, () => rng.normal() * 2);
    const labels = Float64Array.from(scores, (s) => (rng.chance(1 / (1 + Math.exp(-(0.5 * s - 1)))) ? 1 : 0));
    const platt = fitPlatt(scores, labels);
    expect(platt.a).toBeCloseTo(0.5, 1);
    expect(platt.b).toBeCloseTo(-1, 1);
    expect(calibrated(platt, 1)).toBeGreaterThan(calibrated(platt, 0.9));
    expect(fitPlatt(Float64Array.of(1, 2), Float64Array.of(1, 0)).a).toBeGreaterThan(0);
  });
  test('Platt scaling of scores far below nought finds the least loss: on average what was found is promised', () => {
    // Whole steps of Newton's method ran off to slopes of thousands on each of these.
    const scores = Float64Array.of(-6, -5, -4, -3, -2, -1);
    for (const found of [
      [0, 1, 0, 0, 0, 1],
      [0, 0, 1, 0, 1, 1],
      [0, 0, 0, 1, 0, 0],
      [0, 1, 0, 1, 0, 1],
    ]) {
      const labels = Float64Array.from(found);
      const target = smoothedTargets(labels);
      const platt = fitPlatt(scores, labels);
      const predicted = scores.reduce((sum, score) => sum + calibrated(platt, score), 0);
      expect(predicted).toBeCloseTo(
        found.reduce((sum, label) => sum + target(label), 0),
        6,
      );
      expect(platt.a).toBeLessThan(3);
    }
    // Scores that order findings last promise everybody the share that was found, not the intercept of a falling line.
    const falling = fitPlatt(scores, Float64Array.of(1, 1, 1, 0, 0, 0));
    expect(falling.a).toBe(0.001);
    expect(calibrated(falling, -6)).toBeCloseTo(0.5, 2);
  });
});
