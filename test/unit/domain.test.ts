import { civilTime, parseInstant } from '../../domain/time/civil-time';
import { isNationalId, isOrganisationNumber, isSyntheticNationalId } from '../../domain/identifiers';
import { parseOre } from '../../domain/money';
import { foldsOf, testsFold, trainsFold } from '../../domain/rules/training-splits';
import { addMonths } from '../../domain/time/days';
import { Rng } from '../../domain/rng';

describe('identifiers', () => {
  test.each(['974589109', '983544622'])('%s is an organisation number', (text) =>
    expect(isOrganisationNumber(text)).toBe(true),
  );
  test.each(['974589108', '12345678', 'abcdefghi', ''])('%s is none', (text) =>
    expect(isOrganisationNumber(text)).toBe(false),
  );
  test('the public API’s synthetic ids pass, a changed digit does not', () => {
    expect(isNationalId('47908702367')).toBe(true);
    expect(isSyntheticNationalId('47908500667')).toBe(true);
    expect(isNationalId('47908702368')).toBe(false);
  });
});

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

describe('civil time in Norway', () => {
  test.each([
    ['2024-01-01T00:30:00', '2023-12-31T23:30:00.000Z'], // winter: UTC+1, across New Year
    ['2024-07-01T00:30:00', '2024-06-30T22:30:00.000Z'], // summer: UTC+2
    ['2024-10-27T02:30:00', '2024-10-27T00:30:00.000Z'], // the hour that comes twice: first reading
    ['2024-03-31T02:30:00', '2024-03-31T01:30:00.000Z'], // the hour that is skipped: the clock runs on
    ['2024-03-01T10:15:00+05:30', '2024-03-01T04:45:00.000Z'],
  ])('%s is %s', (text, utc) => expect(new Date(parseInstant(text)!).toISOString()).toBe(utc));
  test('the civil day turns at midnight in Oslo', () => {
    expect(civilTime(Date.parse('2023-12-31T23:30:00Z'))).toEqual({ day: '2024-01-01', minuteOfDay: 30 });
    expect(civilTime(Date.parse('2024-06-30T21:59:00Z'))).toEqual({ day: '2024-06-30', minuteOfDay: 1439 });
  });
  test.each(['2023-02-29T10:00:00', '2023-02-30T10:00:00', '2023-13-01T10:00:00', '2023-01-01T24:00:00', 'yesterday'])(
    '%s does not exist',
    (text) => expect(parseInstant(text)).toBeUndefined(),
  );
});

describe('folds in known time', () => {
  test('months are added to the end of the month', () => {
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2023-11-15', 3)).toBe('2024-02-15');
  });
  test('a row whose outcome is known too late trains no earlier fold; an embargo cuts more', () => {
    const [fold] = foldsOf({ kind: 'expanding', firstTest: '2023-01-01', testMonths: 6, folds: 2, embargoDays: 30 });
    expect(fold).toEqual({
      id: 'fold-1',
      trainKnownBefore: '2022-12-02',
      testFrom: '2023-01-01',
      testUntil: '2023-07-01',
    });
    expect(trainsFold({ asOf: '2022-05-01', labelKnownOn: '2022-12-01' }, fold!)).toBe(true);
    expect(trainsFold({ asOf: '2022-05-01', labelKnownOn: '2022-12-02' }, fold!)).toBe(false);
    expect(trainsFold({ asOf: '2022-05-01', labelKnownOn: undefined }, fold!)).toBe(false);
    expect(testsFold({ asOf: '2023-01-01', labelKnownOn: '2023-12-01' }, fold!)).toBe(true);
    expect(testsFold({ asOf: '2023-07-01', labelKnownOn: '2023-12-01' }, fold!)).toBe(false);
  });
  test('test dates that overlap training are refused with both dates', () => {
    const rolling = foldsOf({
      kind: 'rolling',
      firstTest: '2023-01-01',
      testMonths: 6,
      folds: 2,
      embargoDays: 0,
      trainMonths: 12,
    });
    expect(rolling.map(({ trainFrom }) => trainFrom)).toEqual(['2022-01-01', '2022-07-01']);
    const row = { asOf: '2022-06-30', labelKnownOn: '2022-12-01' };
    expect(rolling.map((part) => trainsFold(row, part))).toEqual([true, false]);
    expect(() =>
      foldsOf({ kind: 'fixed', trainUntil: '2024-02-01', testFrom: '2024-01-01', testUntil: '2024-03-01' }),
    ).toThrow(/2024-01-01.*2024-02-01/);
  });
});

describe('seeded random numbers', () => {
  test('the same key gives the same numbers, another key others', () => {
    const draw = (...key: (string | number)[]) =>
      Array.from(
        { length: 5 },
        (
          (rng) => () =>
            rng.uint32()
        )(new Rng(...key)),
      );
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(11, 'a')).not.toEqual(draw(1, '1a'));
  });
  test('means and spreads are what they should be', () => {
    const rng = new Rng(5);
    const n = 40_000;
    const mean = (f: () => number) => Array.from({ length: n }, f).reduce((a, b) => a + b, 0) / n;
    expect(mean(() => rng.next())).toBeCloseTo(0.5, 2);
    expect(mean(() => rng.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => rng.poisson(4))).toBeCloseTo(4, 1);
  });
});
