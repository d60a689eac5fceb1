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
