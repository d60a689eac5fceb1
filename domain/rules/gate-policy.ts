/**
 * The gates of a promotion as data: what is asked, with which number, and whether two people may pass over it. A request
 * keeps the policy's version with its verdicts, so that later thresholds do not rewrite old decisions.
 */
export const GATE_POLICY = {
  version: 3,
  /** Findings among the tested outcomes, so that a figure means something. */
  minTestPositives: 10,
  /** A challenger may be this much worse than the champion (relative) and still pass: below it is noise at our counts. */
  championTolerance: 0.05,
  /** These must be beaten outright: anybody can rank so. */
  beat: ['random', 'size', 'rule-hits'],
  /** These are strong: a model must not be clearly worse, by the interval of the paired difference on the same rows. */
  notClearlyWorseThan: ['current-practice', 'nok-at-risk', 'peer-deviation'],
  /** Promised and found among the first k may be this far outside the interval of what was found. */
  calibrationSlack: 0.05,
  /** Controls in vain of one provider group may be this far above those of all, by the lower end of its interval. */
  burdenSlack: 0.2,
  /** Labels that became others since the training may be this many. */
  maxRevisedLabels: 0,
  /** Suspicions of the target-leakage check stop until this many people gave a reason. */
  leakageReasonsNeeded: 2,
} as const;

/** Gates that nobody can pass over: a model that knows who looked, and data that hold the future. */
const HARD: ReadonlySet<string> = new Set(['no-nuisance', 'leakage-report']);
export const isHard = (gate: string): boolean => HARD.has(gate);
