import { Rng } from '../../../../domain/rng';
import type { MatrixData, MatrixMeta } from '../../../../domain/schemas/matrix';
import { expectedAmounts, fitAmountModel } from '../../../../models/amounts/amount-model';
import { rankByExpectedAmount } from '../../../../models/evaluation/expected-amount';

const META: MatrixMeta = {
  columns: [],
  baselines: { size: 'size', ruleHits: 'hits' },
  rows: 0,
  labeled: 0,
  positives: 0,
};
const USE = ['size', 'hits'];

/** Providers whose findings are worth `exponent` of their size, times noise; every third was without a finding. */
function register(n: number, exponent: number, noise: number, seed = 'amounts'): MatrixData {
  const rng = new Rng(seed);
  const ids = Array.from({ length: n }, (_, i) => `C${String(i).padStart(5, '0')}`);
  const size = Float64Array.from(ids, () => Math.exp(12 + rng.normal()));
  const label = Float64Array.from(ids, (_, i) => (i % 3 === 0 ? 0 : 1));
  const amountNok = ids.map((_, i) =>
    Math.exp(exponent * Math.log(size[i]!) + (1 - exponent) * 12 - 2 + noise * rng.normal()),
  );
  return {
    n,
    rowId: ids,
    entity: ids,
    asOf: ids.map(() => '2024-01-01'),
    group: ids.map((_, i) => (i % 2 ? 'LE' : 'FT')),
    label,
    labelKnownOn: ids.map(() => '2024-06-01'),
    amountOre: Float64Array.from(ids, (_, i) => (label[i] === 1 ? Math.round(amountNok[i]! * 100) : 0)),
    numeric: new Map([
      ['size', size],
      ['hits', Float64Array.from(ids, () => rng.below(5))],
    ]),
    categorical: new Map(),
  };
}

const rows = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);
const upheld = (data: MatrixData, row: number) => data.amountOre[row]! / 100;
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

test('amounts follow size where they do, hold on the whole, and rest on no order of the rows', () => {
  const data = register(400, 0.9, 0.5);
  const model = fitAmountModel(data, META, USE, rows(0, 200))!;
  expect(model.penalty).not.toBeNull();
  expect(model.rows).toBe(rows(0, 200).filter((row) => data.label[row] === 1).length);
  expect(fitAmountModel(data, META, USE, rows(0, 200).reverse())).toEqual(model);
  const test = rows(200, 400).filter((row) => data.label[row] === 1);
  const expected = expectedAmounts(model, data, test);
  const ratio = sum(test.map((row) => upheld(data, row))) / sum(expected);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.25);
  // Half of the greater ones by expectation are worth far more than the other half.
  const order = test.map((_, i) => i).sort((a, b) => expected[b]! - expected[a]!);
  const half = (part: readonly number[]) => sum(part.map((i) => upheld(data, test[i]!)));
  expect(half(order.slice(0, order.length / 2))).toBeGreaterThan(3 * half(order.slice(order.length / 2)));
});

test('where amounts follow nothing the mean is all that is said, and nothing leaves what was seen', () => {
  const flat = register(400, 0, 1, 'flat');
  const model = fitAmountModel(flat, META, USE, rows(0, 120))!;
  const expected = expectedAmounts(model, flat, rows(120, 400));
  expect(Math.max(...expected) / Math.min(...expected)).toBeLessThan(2.5);
  const steep = register(400, 1, 0.1);
  const fitted = fitAmountModel(steep, META, USE, rows(0, 120))!;
  const huge = { ...steep, numeric: new Map([...steep.numeric, ['size', new Float64Array(400).fill(1e12)]]) };
  expect(expectedAmounts(fitted, huge, [0])[0]).toBeLessThanOrEqual(fitted.range[1]);
  expect(expectedAmounts(fitted, { ...huge, numeric: new Map() }, [0])[0]).toBeGreaterThan(0); // an unknown size stands at the centre
});

test('too few amounts are no model; findings without kroner lower what a finding is worth', () => {
  const data = register(400, 0.9, 0.5);
  expect(fitAmountModel(data, META, USE, rows(0, 15))).toBeUndefined();
  const half = { ...data, amountOre: data.amountOre.map((amount, row) => (row % 2 ? amount : 0)) };
  expect(fitAmountModel(half, META, USE, rows(0, 200))!.share).toBeCloseTo(0.5, 1);
  expect(fitAmountModel(data, META, [], rows(0, 200))!.inputs).toEqual([]); // columns that the experiment leaves out do not come in by this door
});

test('the list in the order of expected kroner gains kroner where sizes differ, and its amounts are judged', () => {
  const data = register(600, 0.9, 0.5);
  const model = fitAmountModel(data, META, USE, rows(0, 300))!;
  const test = rows(300, 600);
  const rng = new Rng('scores');
  const amountNok = test.map((row) => (data.label[row] === 1 ? upheld(data, row) : 0));
  const labeled = {
    scores: test.map((row) => data.label[row]! * 0.5 + rng.normal()),
    labels: test.map((row) => data.label[row]!),
    amountNok,
    entities: test.map((row) => data.entity[row]!),
    rowIds: test.map((row) => data.rowId[row]!),
  };
  const scoredModel = {
    family: 'logistic',
    isModel: true,
    labeled,
    groups: test.map(() => 'LE'),
    periods: test.map(() => 'fold-1'),
  };
  const { scoredModel: ordered, report } = rankByExpectedAmount(scoredModel, expectedAmounts(model, data, test), {
    ks: [20],
    bootstrap: 80,
    seed: 1,
  });
  const first = (scores: ArrayLike<number>) =>
    sum(
      test
        .map((_, i) => i)
        .sort((a, b) => scores[b]! - scores[a]!)
        .slice(0, 40)
        .map((i) => amountNok[i]!),
    );
  expect(ordered).toMatchObject({ family: 'logistic+amount', isModel: false });
  expect(first(ordered.labeled.scores)).toBeGreaterThan(1.5 * first(labeled.scores));
  expect(report.ratio.lo).toBeLessThan(1);
  expect(report.ratio.hi).toBeGreaterThan(1);
  expect(report.rankCorrelation).toBeGreaterThan(0.5);
  // Findings that end without kroner are expected for, and counted: the ratio stays about one.
  const half = { ...data, amountOre: data.amountOre.map((amount, row) => (row % 2 ? amount : 0)) };
  const of = { ...labeled, amountNok: test.map((row) => (half.label[row] === 1 ? upheld(half, row) : 0)) };
  const worth = expectedAmounts(fitAmountModel(half, META, USE, rows(0, 300))!, half, test);
  const { ratio } = rankByExpectedAmount({ ...scoredModel, labeled: of }, worth, {
    ks: [20],
    bootstrap: 80,
    seed: 1,
  }).report;
  expect(ratio.lo).toBeLessThan(1);
  expect(ratio.hi).toBeGreaterThan(1);
});
