import { parseOre } from '../../../domain/money';

describe('money', () => {
  test('decimal text becomes øre without a float', () => {
    expect(parseOre('175.00')).toBe(17500);
    expect(parseOre('0.1')).toBe(10);
    expect(parseOre('-12.34')).toBe(-1234);
    expect(parseOre('90071992547.99')).toBe(9007199254799);
  });
  test.each(['1.005', '1,50', '', '1e3', 'NaN'])('%s is refused with its value', (text) =>
    expect(() => parseOre(text)).toThrow(`"${text}"`),
  );
});
