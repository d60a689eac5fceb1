import { FEATURES } from '../../../../domain/features/catalogue';
import { unitName } from '../../../../domain/features/units';

test('every unit of the catalogue has a name in both languages', () => {
  const units = [...new Set(FEATURES.map(({ declaration }) => declaration.unit))];
  expect(units.length).toBeGreaterThan(5);
  for (const unit of units) {
    expect([unit, unitName(unit, 'en')]).toEqual([unit, unit]);
    expect([unit, unitName(unit, 'nb').length > 0]).toEqual([unit, true]);
  }
  expect(unitName('days', 'nb')).toBe('dager');
  expect(() => unitName('furlongs', 'nb')).toThrow('furlongs has no Norwegian name');
});
