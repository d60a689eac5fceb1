import { type Entry, entriesOf, missingEntries, type Step } from '../../../../../domain/import/kuhr/life';

const sent = (at: number, version = 1, submission = 'a'): Step => ({ at, step: 'sent', submission, version });
const step = (at: number, name: Step['step'], submission = 'a', copayPaid?: boolean): Step => ({
  at,
  step: name,
  submission,
  ...(copayPaid === undefined ? {} : { copayPaid }),
});
/** What is written beside the versions themselves, as sign, kind, version and instant. */
const missing = (steps: readonly Step[], adjustments: readonly Entry[] = []): string[] => {
  const versions = steps.flatMap((s): Entry[] =>
    s.step === 'sent' ? [{ at: s.at, sign: 1, kind: 'sent', version: s.version! }] : [],
  );
  return missingEntries(entriesOf(steps), [...versions, ...adjustments]).map(
    ({ at, sign, kind, version, copayPaid }) =>
      `${sign} ${kind} ${version}@${at}${copayPaid === undefined ? '' : ` ${copayPaid}`}`,
  );
};

describe('facts of one instant', () => {
  test('a bill that is sent and rejected, or credited, at once has a reversal of that name', () => {
    expect(missing([sent(5), step(5, 'rejected')])).toEqual(['-1 rejected 1@5']);
    expect(missing([sent(5), step(5, 'credited', 'b')])).toEqual(['-1 credited 1@5']);
  });
  test('of two versions at once the first is replaced', () => {
    expect(missing([sent(5), sent(5, 2, 'b')])).toEqual(['-1 replaced 1@5']);
  });
  test('a co-payment corrected at once', () => {
    expect(missing([sent(5), step(5, 'copay-corrected', 'b', false)])).toEqual([
      '-1 copay-corrected 1@5',
      '1 copay-corrected 1@5 false',
    ]);
  });
  test('a reversal that no longer follows is undone, not sent again', () => {
    const reversal: Entry = { at: 5, sign: -1, kind: 'replaced', version: 1 };
    expect(missing([sent(5)], [reversal])).toEqual(['1 undone 1@5']);
  });
});

describe('answers that are known before the bill is received', () => {
  test('take effect at the receipt, the last one to become known holding', () => {
    expect(missing([sent(5), step(2, 'rejected')])).toEqual(['-1 rejected 1@5']);
    expect(missing([sent(5), step(1, 'rejected'), step(2, 'approved')])).toEqual([]);
    expect(missing([sent(5), step(1, 'approved'), step(2, 'rejected')])).toEqual(['-1 rejected 1@5']);
  });
  test('do not touch a version of another message', () => {
    expect(missing([sent(5), step(2, 'rejected', 'b')])).toEqual([]);
    expect(missing([sent(5), sent(8, 2, 'b'), step(2, 'rejected', 'b')])).toEqual([
      '-1 replaced 1@8',
      '-1 rejected 2@8',
    ]);
  });
});

describe('a rejected bill', () => {
  test('that is credited does not come back when it is approved', () => {
    const steps = [sent(1), step(2, 'rejected'), step(3, 'credited', 'b'), step(4, 'approved')];
    expect(missing(steps)).toEqual(['-1 rejected 1@2']);
  });
  test('comes back with the co-payment as corrected meanwhile', () => {
    const steps = [sent(1), step(2, 'rejected'), step(3, 'copay-corrected', 'b', false), step(4, 'approved')];
    expect(missing(steps)).toEqual(['-1 rejected 1@2', '1 restored 1@4 false']);
  });
});
