import { DECLARATIONS, FEATURES } from '../../../../domain/features/catalogue';
import { columnsOf } from '../../../../domain/features/types';
import { requiredAggregates } from '../../../../platform/features/window-aggregates-sql';

test('features have unique names, a unit and both languages, and compile', () => {
  expect(FEATURES.length).toBeGreaterThanOrEqual(200);
  expect(new Set(FEATURES.map((f) => f.name)).size).toBe(FEATURES.length);
  for (const d of DECLARATIONS) expect([d.unit, d.nb, d.en, d.purpose].every((text) => text.length > 0)).toBe(true);
  const wrong = columnsOf({ ...DECLARATIONS[0]!, name: 'x', of: { kind: 'total', measure: 'nope' } });
  expect(() => requiredAggregates(wrong)).toThrow(/"nope", which does not exist/);
});
