import { isNationalId, isOrganisationNumber, isSyntheticNationalId } from '../../../domain/identifiers';

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
