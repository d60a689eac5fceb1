import { encode, encodedWidth, fitEncoder } from '../../../../models/preprocessing/encoder';
import { columns, learnableMatrix, rows } from '../../../support/learnable-matrix';

test('the encoder is fitted on the training rows only', () => {
  const data = learnableMatrix(200);
  const before = fitEncoder(data, columns, rows(100), 'quantile-normal');
  for (let i = 100; i < 200; i++) data.numeric.get('x')![i] = 1e9;
  data.categorical.get('c')!.fill('new', 100);
  expect(fitEncoder(data, columns, rows(100), 'quantile-normal')).toEqual(before);
});

test('missing values become a flag column, rare categories have no column', () => {
  const data = learnableMatrix(100);
  data.categorical.get('c')![3] = 'rare';
  const state = fitEncoder(data, columns, rows(100), 'robust-soft-clip');
  expect(encodedWidth(state)).toBe(1 + 2 + 2);
  const [first, second] = [encode(state, data, [0]), encode(state, data, [3])];
  expect(first[2]).toBe(1); // z is missing in row 0
  expect(second[2]).toBe(0);
  expect([second[3], second[4]]).toEqual([0, 0]);
});
