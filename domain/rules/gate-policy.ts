/**
 * Thresholds of the promotion gates. A request keeps the policy's version with its gate results, so that later
 * thresholds do not change the meaning of old decisions.
 */
export const GATE_POLICY = {
  version: 3,
  /** Findings among the test outcomes; with fewer, metrics mean little. */
  minTestPositives: 10,
  /** A challenger may be worse than the champion by this share and still pass: less is noise at our counts. */
  championTolerance: 0.05,
  /** Baselines that must be beaten outright: they need no model. */
  beat: ['random', 'size', 'rule-hits'],
  /** Strong baselines: the interval of the paired difference on the same rows must not lie below zero. */
  notClearlyWorseThan: ['current-practice', 'nok-at-risk', 'peer-deviation'],
  /** The mean predicted probability among the first k may be this far outside the interval of the finding rate. */
  calibrationSlack: 0.05,
  /**
   * The false discovery rate of a provider group may exceed that of all by this much, at the lower end of its
   * interval.
   */
  falseDiscoverySlack: 0.2,
  /** So many labels may have changed since the training. */
  maxRevisedLabels: 0,
  /** A suspicion of the target-leakage check blocks until this many people have explained it. */
  leakageReasonsNeeded: 2,
} as const;

/** Names of the gates of a promotion. */
export type GateName =
  | 'enough-outcomes'
  | 'no-nuisance'
  | 'no-development'
  | 'leakage-report'
  | 'labels-stand'
  | `better-than-${(typeof GATE_POLICY.beat)[number]}`
  | `not-clearly-worse-than-${(typeof GATE_POLICY.notClearlyWorseThan)[number]}`
  | 'not-worse-than-champion'
  | 'calibration'
  | 'fairness'
  | 'no-decay'
  | 'documentation';

/**
 * Gates that nobody can waive: a model that knows the caseworker, data that hold the future, and a version that a
 * development run computed.
 */
const HARD: ReadonlySet<string> = new Set<GateName>(['no-nuisance', 'leakage-report', 'no-development']);
export const isHard = (gate: string): boolean => HARD.has(gate);
