import fc from 'fast-check';
import { instantOf, toCivilDate, toInstant } from '../../../../domain/time/instant';

describe('an instant', () => {
  test.each([
    ['2025-01-01T00:00:00Z', '2025-01-01T00:00:00.000Z'],
    ['2025-01-01T01:00:00+01:00', '2025-01-01T00:00:00.000Z'],
    ['2024-12-31T18:30-05:30', '2025-01-01T00:00:00.000Z'],
    ['2024-02-29T12:00:00.123456Z', '2024-02-29T12:00:00.123Z'],
  ])('%s is %s', (text, expected) => expect(toInstant(text, 'as of')).toBe(expected));

  test.each([
    '2025-01-01', // a day is no instant
    '2025-01-01T00:00:00', // no offset: whose midnight?
    '2023-02-29T00:00:00Z', // no such day
    '2025-13-01T00:00:00Z',
    '2025-01-01T24:00:00Z',
    '2025-01-01T00:60:00Z',
    '0022-01-01T00:00:00Z',
    '9999-12-31T00:00:00Z',
    '03.02.2024',
    'infinity',
    '',
  ])('"%s" is refused with the value and what to give', (text) =>
    expect(() => toInstant(text, 'as of')).toThrow(`as of "${text}" is not an instant`),
  );

  test('has one spelling, whatever the offset it was written with', () =>
    fc.assert(
      fc.property(
        fc.date({ min: new Date('1901-01-01'), max: new Date('2198-01-01'), noInvalidDate: true }),
        fc.integer({ min: -12, max: 14 }),
        (at, hours) => {
          const local = new Date(at.getTime() + hours * 3_600_000).toISOString().slice(0, -1);
          const offset = `${hours < 0 ? '-' : '+'}${String(Math.abs(hours)).padStart(2, '0')}:00`;
          expect(toInstant(`${local}${offset}`, 'as of')).toBe(instantOf(at));
        },
      ),
    ));
});

describe('a day', () => {
  test('exists in the calendar', () => {
    expect(toCivilDate('2024-02-29', 'day')).toBe('2024-02-29');
    for (const text of ['2023-02-29', '2024-2-9', '2024-02-29T00:00:00Z', '22-01-01', '1899-12-31', '2200-01-01'])
      expect(() => toCivilDate(text, 'day')).toThrow(`day "${text}" is not a day`);
  });
});
