import { civilTime, parseInstant } from '../../../../domain/time/civil-time';

describe('civil time in Norway', () => {
  test.each([
    ['2024-01-01T00:30:00', '2023-12-31T23:30:00.000Z'], // winter: UTC+1, across New Year
    ['2024-07-01T00:30:00', '2024-06-30T22:30:00.000Z'], // summer: UTC+2
    ['2024-10-27T02:30:00', '2024-10-27T00:30:00.000Z'], // the hour that comes twice: first reading
    ['2024-03-31T02:30:00', '2024-03-31T01:30:00.000Z'], // the hour that is skipped: the clock runs on
    ['2024-03-01T10:15:00+05:30', '2024-03-01T04:45:00.000Z'],
  ])('%s is %s', (text, utc) => expect(new Date(parseInstant(text)!).toISOString()).toBe(utc));
  test('the civil day turns at midnight in Oslo', () => {
    expect(civilTime(Date.parse('2023-12-31T23:30:00Z'))).toEqual({ day: '2024-01-01', minuteOfDay: 30 });
    expect(civilTime(Date.parse('2024-06-30T21:59:00Z'))).toEqual({ day: '2024-06-30', minuteOfDay: 1439 });
  });
  test.each([
    ['1900-01-01T00:00:00Z', '1900-01-01T00:00:00.000Z'],
    ['2199-12-31T23:59:59Z', '2199-12-31T23:59:59.000Z'],
    ['2024-03-01T10:15:00+14:59', '2024-02-29T19:16:00.000Z'],
  ])('%s is the last that is read', (text, utc) => expect(new Date(parseInstant(text)!).toISOString()).toBe(utc));
  test.each([
    '0022-03-01T10:00:00',
    '0122-03-01T10:00:00',
    '1899-12-31T23:59:59Z',
    '2200-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2024-03-01T10:15:00+15:00',
    '2024-03-01T10:15:00+99:99',
    '2024-03-01T10:15:00-01:60',
  ])('%s is a slip of the pen', (text) => expect(parseInstant(text)).toBeUndefined());
  test.each(['2023-02-29T10:00:00', '2023-02-30T10:00:00', '2023-13-01T10:00:00', '2023-01-01T24:00:00', 'yesterday'])(
    '%s does not exist',
    (text) => expect(parseInstant(text)).toBeUndefined(),
  );
});
