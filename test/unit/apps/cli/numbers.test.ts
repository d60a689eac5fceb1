import { wholeNumber } from '../../../../apps/cli/numbers';

const capacity = wholeNumber('--capacity', 1, 1000);

test.each([
  ['1', 1],
  ['050', 50],
  ['1000', 1000],
])('%s is %d', (text, expected) => expect(capacity(text)).toBe(expected));

test.each([
  '',
  'many',
  '0',
  '1001',
  '-1',
  '2.5',
  '1e2',
  '1e308',
  'Infinity',
  '0x10',
  '1 000',
  ' 5',
  '99999999999999999',
])('the number "%s" is refused with the option and its range', (text) =>
  expect(() => capacity(text)).toThrow(`--capacity ${text}: expected a whole number from 1 to 1000`),
);
