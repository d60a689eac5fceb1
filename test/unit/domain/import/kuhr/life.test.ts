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
