import fc from 'fast-check';
import { foldsOf, testsFold, trainsFold } from '../../../../domain/rules/training-splits';
import { addMonths } from '../../../../domain/time/days';

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
  test.each([
    ['2023-12-31', 1, ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30']],
    ['2024-02-29', 12, ['2025-02-28', '2026-02-28', '2027-02-28', '2028-02-29']],
    ['2023-08-31', 6, ['2024-02-29', '2024-08-31', '2025-02-28', '2025-08-31']],
  ])('from %s, parts of %d months end on %j', (firstTest, testMonths, ends) => {
    const folds = foldsOf({ kind: 'expanding', firstTest, testMonths, folds: 4, embargoDays: 0 });
    expect(folds.map(({ testUntil }) => testUntil)).toEqual(ends);
  });
  test('a training part is as many months as asked, although its test part begins on a shorter month', () => {
    const [, second] = foldsOf({
      kind: 'rolling',
      firstTest: '2024-01-31',
      testMonths: 1,
      folds: 2,
      embargoDays: 0,
      trainMonths: 3,
    });
    expect(second).toMatchObject({ trainFrom: '2023-11-30', testFrom: '2024-02-29', testUntil: '2024-03-31' });
  });
  test('every day from the first to the end tests exactly one fold', () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date('2000-01-01'), max: new Date('2040-12-31'), noInvalidDate: true }),
        fc.integer({ min: 1, max: 13 }),
        fc.integer({ min: 2, max: 8 }),
        (first, testMonths, count) => {
          const firstTest = first.toISOString().slice(0, 10);
          const folds = foldsOf({ kind: 'expanding', firstTest, testMonths, folds: count, embargoDays: 0 });
          expect(folds[0]!.testFrom).toBe(firstTest);
          expect(folds.slice(1).map(({ testFrom }) => testFrom)).toEqual(
            folds.slice(0, -1).map(({ testUntil }) => testUntil),
          );
          for (const { testFrom, testUntil } of folds) expect(testUntil > testFrom).toBe(true);
        },
      ),
      { numRuns: 200 },
    ));
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
