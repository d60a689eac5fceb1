import { clockChangeNotes, scheduleTimes } from '../../../../domain/time/cron';

const AFTER = new Date('2026-11-29T07:00:00Z');
const times = (cron: string, count?: number) =>
  scheduleTimes(cron, AFTER, count).next.map((at) => at.toISOString().slice(0, 16));

describe('times of a schedule', () => {
  test.each([
    ['0 0 1 * *', ['2026-11-30T23:00', '2026-12-31T23:00', '2027-01-31T23:00']],
    ['0 8 29 11 *', ['2027-11-29T07:00', '2028-11-29T07:00', '2029-11-29T07:00']], // this very minute has come
    ['0 0 13 * 5', ['2027-08-12T22:00', '2028-10-12T22:00', '2029-04-12T22:00']], // Fridays that are the 13th
    ['*/90 12 * JAN mon', ['2027-01-04T11:00', '2027-01-11T11:00', '2027-01-18T11:00']],
    ['5/20 0 1 1 *', ['2026-12-31T23:05', '2026-12-31T23:25', '2026-12-31T23:45']],
    ['0 0 * * 7', ['2026-12-05T23:00', '2026-12-12T23:00', '2026-12-19T23:00']],
    ['0 0 29 2 0', ['2032-02-28T23:00', '2060-02-28T23:00']],
  ])('%s', (cron, expected) => expect(times(cron, expected.length)).toEqual(expected));

  test('a time that spring skips is named, and does not come', () => {
    const found = scheduleTimes('30 2 28 3 *', AFTER);
    expect(found.next[0]!.toISOString()).toBe('2028-03-28T00:30:00.000Z');
    expect(clockChangeNotes(found)).toEqual([
      '02:30 on 2027-03-28 does not exist, since the clock goes from 02:00 to 03:00: no run starts then',
    ]);
  });

  test('a time that occurs twice in autumn is named, and is the second', () => {
    const found = scheduleTimes('30 2 31 10 *', AFTER);
    expect(found.next[0]!.toISOString()).toBe('2027-10-31T01:30:00.000Z');
    expect(clockChangeNotes(found)).toEqual([
      '02:30 on 2027-10-31 occurs twice, since the clock goes from 03:00 to 02:00: the run starts the second time',
    ]);
  });

  test('a time each night names both; one at three names none', () => {
    expect(scheduleTimes('15 2 * * *', AFTER)).toMatchObject({
      skipped: '2027-03-28T02:15',
      doubled: '2027-10-31T02:15',
    });
    expect(clockChangeNotes(scheduleTimes('0 3 * * *', AFTER))).toEqual([]);
  });

  test.each(['0 0 30 2 *', '0 0 31 4,6,9,11 *', '30 2 28 3 0'])('%s never comes and is refused', (cron) =>
    expect(() => scheduleTimes(cron, AFTER)).toThrow(/never comes/),
  );

  test.each([
    ['99 0 1 * *', /minute "99", expected 0 to 59/],
    ['0 24 1 * *', /hour "24"/],
    ['0 0 0 * *', /day of the month "0"/],
    ['0 0 1 13 *', /month "13"/],
    ['0 0 1 januar *', /month "januar"/],
    ['0 0 * * 8', /weekday "8"/],
    ['0 0 5-1 * *', /day of the month "5-1"/],
    ['0 0 */0 * *', /"\*\/0"/],
    ['0 0 L * *', /"L"/],
    ['0 0 ? * 1', /"\?"/],
    ['1, 0 1 * *', /minute ""/],
    ['TZ=UTC 0 0 1 1', /minute "TZ=UTC"/],
    ['0 0 1 * *#x', /weekday "\*#x"/],
    ['@monthly', /1 fields/],
    ['0 0 0 1 * *', /6 fields/],
    ['0  0 1 * *', /6 fields/],
  ])('%s is refused by the field', (cron, problem) => expect(() => scheduleTimes(cron, AFTER)).toThrow(problem));
});
