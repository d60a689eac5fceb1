/** What happens to a bill: each step is a fact that becomes known at an instant. */
export const STEPS = ['sent', 'credited', 'copay-corrected', 'in-process', 'approved', 'rejected'] as const;
export interface Step {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: (typeof STEPS)[number];
  readonly submission: string;
  /** Number of the version, of a step `sent`. */
  readonly version?: number;
  /** Whether the co-payment was paid, of a step `copay-corrected`. */
  readonly copayPaid?: boolean;
}

/** An entry of a bill: a version stands from now on (+1), or no longer (−1). */
export interface Entry {
  readonly at: number;
  readonly sign: 1 | -1;
  readonly kind: 'sent' | 'replaced' | 'credited' | 'copay-corrected' | 'rejected' | 'restored' | 'undone';
  readonly version: number;
  /** What a correction says of the co-payment; undefined: as the version itself says. */
  readonly copayPaid?: boolean;
}

type Current = Pick<Entry, 'version' | 'copayPaid'> & { readonly submission: string };

const ANSWERS: readonly Step['step'][] = ['in-process', 'approved', 'rejected'];

/** When a step takes effect: what is known of a version before it is received, at its receipt. */
export function effectiveAt({ at, step, submission }: Step, steps: readonly Step[]): number {
  if (!ANSWERS.includes(step)) return at;
  const receipts = steps.flatMap((one) => (one.step === 'sent' && one.submission === submission ? one.at : []));
  return receipts.length === 0 ? at : Math.max(at, Math.min(...receipts));
}

/** Steps in the order of their effect; at one instant answers come last, as they became known. */
function inOrder(steps: readonly Step[]): { at: number; step: Step }[] {
  const rank = ({ step }: Step) => (ANSWERS.includes(step) ? STEPS.length : STEPS.indexOf(step));
  return steps
    .map((step) => ({ at: effectiveAt(step, steps), step }))
    .sort(
      (a, b) =>
        a.at - b.at ||
        rank(a.step) - rank(b.step) ||
        a.step.at - b.step.at ||
        STEPS.indexOf(a.step.step) - STEPS.indexOf(b.step.step) ||
        (a.step.version ?? 0) - (b.step.version ?? 0),
    );
}

/**
 * Entries that follow from the steps of one bill, as in accounting: what no longer stands is reversed at the instant
 * at which that became known, and nothing is changed afterwards. Sums of entries known before an instant are the state
 * at that instant.
 */
export function entriesOf(steps: readonly Step[]): Entry[] {
  const entries: Entry[] = [];
  let current: Current | undefined;
  let rejected: Current | undefined;
  const put = (at: number, sign: 1 | -1, kind: Entry['kind'], { version, copayPaid }: Current) =>
    entries.push({ at, sign, kind, version, ...(copayPaid === undefined ? {} : { copayPaid }) });
  for (const { at, step } of inOrder(steps)) {
    const { submission } = step;
    if (step.step === 'sent') {
      if (current) put(at, -1, 'replaced', current);
      current = { version: step.version!, submission };
      put(at, 1, 'sent', current);
      rejected = undefined;
    } else if (step.step === 'credited') {
      if (current) put(at, -1, 'credited', current);
      // A rejected bill that is credited does not come back when it is approved.
      current = rejected = undefined;
    } else if (step.step === 'copay-corrected') {
      const { copayPaid } = step;
      if (rejected) rejected = { ...rejected, copayPaid: copayPaid! };
      if (!current) continue;
      put(at, -1, 'copay-corrected', current);
      current = { ...current, copayPaid: copayPaid! };
      put(at, 1, 'copay-corrected', current);
    } else if (step.step === 'rejected' && current?.submission === submission) {
      put(at, -1, 'rejected', current);
      [rejected, current] = [current, undefined];
    } else if (step.step === 'approved' && rejected?.submission === submission && !current) {
      put(at, 1, 'restored', rejected);
      [current, rejected] = [rejected, undefined];
    }
  }
  return entries;
}

const key = ({ at, version, copayPaid }: Entry) => `${at} ${version} ${String(copayPaid)}`;

/**
 * Entries that are still to be written. Where a file tells of something earlier than what was loaded before, entries
 * that would not have been written are undone at their own instant.
 */
export function missingEntries(wanted: readonly Entry[], written: readonly Entry[]): Entry[] {
  const net = new Map<string, { entry: Entry; sum: number }>();
  const count = (entry: Entry, by: number) => {
    const known = net.get(key(entry));
    net.set(key(entry), { entry: known?.entry ?? entry, sum: (known?.sum ?? 0) + by });
  };
  for (const entry of wanted) count(entry, entry.sign);
  for (const entry of written) count(entry, -entry.sign);
  return [...net].flatMap(([name, { entry, sum }]) => {
    const sign = sum > 0 ? (1 as const) : (-1 as const);
    // Several facts may have one instant; what is written is called by the one that it follows from. A version is
    // written when it is sent, so it is never missing as such.
    const cause = wanted.find((one) => one.sign === sign && one.kind !== 'sent' && key(one) === name);
    return Array.from({ length: Math.abs(sum) }, () => ({ ...entry, sign, kind: cause?.kind ?? ('undone' as const) }));
  });
}
