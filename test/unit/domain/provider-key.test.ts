import { providerIdOf, providerKey, providerKeySql } from '../../../domain/provider-key';

test('a key is made and read in one way', () => {
  expect(providerKey(12)).toBe('P12');
  expect(providerIdOf(providerKey(12))).toBe(12);
  expect(providerKeySql('t.provider_id')).toBe("'P' || t.provider_id");
});

test('entities of prepared tables are no providers', () => {
  for (const entity of ['', 'P', '12', 'P12x', 'p12', 'R00000012', 'P1234567890'])
    expect(providerIdOf(entity)).toBeUndefined();
});
