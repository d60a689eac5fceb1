import { expectedAmounts, fitAmountModel } from '../../../../models/amounts/amount-model';
import { META, register, rows, sum, upheldNok, USE } from '../../../support/amount-register';

test('expected amounts follow size where the true ones do, and do not depend on the order of rows', () => {
  const data = register(400, 0.9, 0.5);
  const model = fitAmountModel(data, META, USE, rows(0, 200))!;
  expect(model.penalty).not.toBeNull();
  expect(model.rows).toBe(rows(0, 200).filter((row) => data.label[row] === 1).length);
  expect(fitAmountModel(data, META, USE, rows(0, 200).reverse())).toEqual(model);
  const test = rows(200, 400).filter((row) => data.label[row] === 1);
  const expected = expectedAmounts(model, data, test);
  const ratio = sum(test.map((row) => upheldNok(data, row))) / sum(expected);
  expect(ratio).toBeGreaterThan(0.8);
  expect(ratio).toBeLessThan(1.25);
  // Half of the greater ones by expectation are worth far more than the other half.
  const order = test.map((_, i) => i).sort((a, b) => expected[b]! - expected[a]!);
  const half = (part: readonly number[]) => sum(part.map((i) => upheldNok(data, test[i]!)));
  expect(half(order.slice(0, order.length / 2))).toBeGreaterThan(3 * half(order.slice(order.length / 2)));
});

test('without a relation to the inputs the model is the mean; predictions stay in the training range', () => {
  const flat = register(400, 0, 1, 'flat');
  const model = fitAmountModel(flat, META, USE, rows(0, 120))!;
  const expected = expectedAmounts(model, flat, rows(120, 400));
  expect(Math.max(...expected) / Math.min(...expected)).toBeLessThan(2.5);
  const steep = register(400, 1, 0.1);
  const fitted = fitAmountModel(steep, META, USE, rows(0, 120))!;
  const huge = { ...steep, numeric: new Map([...steep.numeric, ['size', new Float64Array(400).fill(1e12)]]) };
  expect(expectedAmounts(fitted, huge, [0])[0]).toBeLessThanOrEqual(fitted.range[1]);
  // A missing size is set to the center.
  expect(expectedAmounts(fitted, { ...huge, numeric: new Map() }, [0])[0]).toBeGreaterThan(0);
});

test('too few amounts give no model; findings without an amount lower the expected amount', () => {
  const data = register(400, 0.9, 0.5);
  expect(fitAmountModel(data, META, USE, rows(0, 15))).toBeUndefined();
  const half = { ...data, amountOre: data.amountOre.map((amount, row) => (row % 2 ? amount : 0)) };
  expect(fitAmountModel(half, META, USE, rows(0, 200))!.share).toBeCloseTo(0.5, 1);
  // Columns that the model may not use are no inputs.
  expect(fitAmountModel(data, META, [], rows(0, 200))!.inputs).toEqual([]);
});
