import { withinDays } from '../../../../platform/features/window-aggregates-sql';

test('a measure of days is kept to its window where its one aggregate stands', () => {
  expect(withinDays('count(*)', 'w')).toBe('count(*) filter (w)');
  expect(withinDays('coalesce(max(d.minutes), 0)', 'w')).toBe('coalesce(max(d.minutes) filter (w), 0)');
  expect(withinDays('count(*) filter (d.visits >= 4)', 'w')).toBe('count(*) filter (w and d.visits >= 4)');
});

test.each([
  'count(*) filter (d.minutes > 60) + count(*) filter (d.bills > 9)',
  'count(*) - sum(d.bills)',
  'count(*) filter (d.minutes > 60 or d.bills > 9)',
  'sum(abs(d.minutes))',
  '1',
])('%s is refused: only a part of it would be kept to the window', (sql) => {
  expect(() => withinDays(sql, 'w')).toThrow(/cannot be kept to a window/);
});
