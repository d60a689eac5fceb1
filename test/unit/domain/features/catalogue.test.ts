import { DECLARATIONS, FEATURES, NETWORK_DECLARATIONS } from '../../../../domain/features/catalogue';
import { MEASURES_OF } from '../../../../domain/features/measures';
import { columnsOf, WINDOW_MEASURES } from '../../../../domain/features/types';
import { unitName } from '../../../../domain/features/units';
import { forbiddenFeature } from '../../../../domain/rules/forbidden-features';
import { billWindows, dayWindows, requiredAggregates } from '../../../../platform/features/window-aggregates-sql';
import { toCivilDate } from '../../../../domain/time/instant';

const ALL = [...DECLARATIONS, ...NETWORK_DECLARATIONS];

/** Names that stand more than once. */
const twice = (names: readonly string[]) => names.filter((name, i) => names.indexOf(name) !== i);

test('features have unique names, a unit, a purpose and both languages', () => {
  expect(FEATURES.length).toBeGreaterThanOrEqual(200);
  expect(twice(FEATURES.map(({ name }) => name))).toEqual([]);
  for (const { nb, en, purpose } of ALL) expect([nb, en, purpose].every((text) => text.length > 0)).toBe(true);
  expect(() => ALL.map(({ unit }) => unitName(unit, 'nb'))).not.toThrow();
});

test('no feature bears a forbidden name', () => {
  expect(ALL.filter(({ name }) => forbiddenFeature(name) !== undefined)).toEqual([]);
  expect(forbiddenFeature('nationality_share')).toBe('nationality');
});

test('every measure that a feature names exists, and exists once', () => {
  const required = requiredAggregates(FEATURES);
  expect(required).toContainEqual(['weekend_bills', 12]);
  const asOf = toCivilDate('2024-01-01', 'the as-of date');
  expect([billWindows(required, asOf), dayWindows(required, asOf)].join()).not.toContain('undefined');
  const names = Object.values(MEASURES_OF).flatMap((measures) => measures.map(({ name }) => name));
  expect(twice([...names, ...WINDOW_MEASURES])).toEqual([]);
  const wrong = columnsOf({ ...DECLARATIONS[0]!, name: 'x', of: { kind: 'total', measure: 'nope' } });
  expect(() => requiredAggregates(wrong)).toThrow(/"nope", which does not exist/);
});
