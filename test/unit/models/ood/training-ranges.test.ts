import type { MatrixColumn, MatrixData } from '../../../../domain/schemas/matrix';
import { detectOutOfDistribution, fitTrainingRanges } from '../../../../models/ood/training-ranges';

const NAMES = Array.from({ length: 10 }, (_, i) => `x${i}`);
const RANGES = NAMES.map((name) => ({ name, min: 0, max: 1 }));

/** A row of each list of values; columns are named in order. */
function matrix(rows: readonly (readonly number[])[], groups = rows.map(() => 'GP')): MatrixData {
  const ids = rows.map((_, row) => `r${row}`);
  const width = rows[0]!.length;
  return {
    n: rows.length,
    rowId: ids,
    entity: ids,
    asOf: ids.map(() => '2024-01-01'),
    group: groups,
    label: new Float64Array(rows.length),
    labelKnownOn: ids.map(() => '2024-01-01'),
    amountOre: new Float64Array(rows.length),
    numeric: new Map(NAMES.slice(0, width).map((name, at) => [name, Float64Array.from(rows, (row) => row[at]!)])),
    categorical: new Map(),
  };
}
const columns = (names: readonly string[]): MatrixColumn[] =>
  names.map((name) => ({ name, kind: 'numeric', role: 'feature' }));
const withOutside = (count: number) => NAMES.map((_, i) => (i < count ? 2 : 0.5));

describe('who is flagged', () => {
  const trained = { ranges: RANGES, groups: ['GP'], limit: 0.2 };
  const detect = (values: readonly number[], group = 'GP') =>
    detectOutOfDistribution(trained, matrix([values], [group]), 0);

  test('more than the limit outside the ranges; the limit itself is within', () => {
    expect(detect(withOutside(2))).toBeUndefined();
    expect(detect(withOutside(3))).toEqual({ share: 0.3, groupUnseen: false, outside: ['x0', 'x1', 'x2'] });
  });

  test('the ends of a range are within it; below counts as above does', () => {
    expect(detect(NAMES.map((_, i) => i % 2))).toBeUndefined();
    expect(detect(NAMES.map((_, i) => (i < 3 ? -0.001 : 0)))?.outside).toEqual(['x0', 'x1', 'x2']);
  });

  test('values that are not known are no part of the share', () => {
    const values = NAMES.map((_, i) => (i < 2 ? 2 : i < 8 ? 0.5 : Number.NaN)); // 2 of 8
    expect(detect(values)?.share).toBe(0.25);
    expect(detect(NAMES.map(() => Number.NaN))).toBeUndefined();
  });

  test('a provider group without a training row is flagged, whatever its values', () => {
    expect(detect(withOutside(0), 'dentist')).toEqual({ share: 0, groupUnseen: true, outside: [] });
  });
});

describe('what is learnt', () => {
  const rows = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];

  test('lowest and highest value of each numeric feature, the groups, and nothing of other rows and columns', () => {
    const data = matrix(
      [...rows.map((x) => [x, 10 - x, Number.NaN]), [99, 99, 99]],
      [...rows.map((x) => (x < 5 ? 'physio' : 'GP')), 'dentist'],
    );
    const learnt = fitTrainingRanges(
      data,
      [...columns(['x0', 'x1', 'x2']), { name: 'x3', kind: 'numeric', role: 'nuisance' }],
      rows,
    );
    expect(learnt.ranges).toEqual([
      { name: 'x0', min: 0, max: 9 },
      { name: 'x1', min: 1, max: 10 },
    ]);
    expect(learnt.groups).toEqual(['GP', 'physio']);
  });

  test('the limit is what hardly any training row exceeds by the ranges of the others', () => {
    // The lowest and the highest of ten are outside the range of the rest by one figure of two, in two rows of ten.
    const limit = (of: (x: number) => number[]) =>
      fitTrainingRanges(matrix(rows.map(of)), columns(['x0', 'x1']), rows).limit;
    expect(limit((x) => [x, 5])).toBe(0.5);
    expect(limit((x) => [x, x])).toBe(1);
    expect(limit(() => [5, 5])).toBe(0.05); // never less
  });

  test('fifths are cut in the order of ids, whatever the order of the rows given', () => {
    // r0 and r5, the two highest, are in one fifth: neither holds the other within the range, and both stand out.
    const data = matrix([[9], [5], [5], [5], [5], [10], [5], [5], [5], [5]]);
    expect(fitTrainingRanges(data, columns(['x0']), rows).limit).toBe(1);
    expect(fitTrainingRanges(data, columns(['x0']), [9, 3, 0, 7, 5, 1, 8, 2, 6, 4]).limit).toBe(1);
  });

  test('only numeric features have ranges, and what is missing widens none', () => {
    const data = matrix([...rows.map((x) => [x === 3 ? Number.NaN : x + 1, 1]), [5, 1]]);
    const given: MatrixColumn[] = [
      { name: 'x0', kind: 'numeric', role: 'feature' },
      { name: 'x1', kind: 'categorical', role: 'feature' },
    ];
    expect(fitTrainingRanges(data, given, rows).ranges).toEqual([{ name: 'x0', min: 1, max: 10 }]);
    expect(fitTrainingRanges(data, [], rows)).toEqual({ ranges: [], groups: ['GP'], limit: 0.05 });
  });

  test('a feature that the provider has no column of is not known', () => {
    const trained = { ranges: RANGES, groups: ['GP'], limit: 0.2 };
    expect(detectOutOfDistribution(trained, matrix([[2, 0.5]]), 0)).toMatchObject({ share: 0.5, outside: ['x0'] });
    expect(detectOutOfDistribution(trained, matrix([[Number.NaN, Number.NaN]], ['x']), 0)?.share).toBe(0);
  });
});
