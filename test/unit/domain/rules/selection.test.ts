import { exploitList } from '../../../../domain/rules/selection';

describe('the list', () => {
  test('ties are broken by the seeded key, and every candidate keeps its line', () => {
    const rows = [
      { entity: 'A', score: 1, tieKey: 'b' },
      { entity: 'B', score: 2, tieKey: 'z' },
      { entity: 'C', score: 1, tieKey: 'a' },
    ];
    const lines = exploitList(rows, 2);
    expect(lines.map((line) => line.row.entity)).toEqual(['B', 'C', 'A']);
    expect(lines.map((line) => [line.selected, line.inclusionProbability])).toEqual([
      [true, 1],
      [true, 1],
      [false, 0],
    ]);
  });
});
