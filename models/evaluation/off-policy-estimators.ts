/**
 * Estimates of one figure for a list whose providers were mostly never controlled: the share of its first k that would be
 * upheld if controlled. Each estimator says what must be true for it to be right; none is right without something.
 */
export interface Candidate {
  /** On the list that is judged. */
  readonly listed: boolean;
  readonly controlled: boolean;
  /** Upheld finding, 1 or 0; only read where controlled. */
  readonly outcome: number;
  /** Probability, before the draw, that this provider would be controlled. 1 and 0 for those chosen without a draw. */
  readonly propensity: number;
  /** Probability of a finding from a model that did not see this provider's outcome. */
  readonly predicted: number;
}

export interface PolicyEstimate {
  readonly estimator: 'naive' | 'inverse-probability' | 'doubly-robust' | 'random-arm' | 'bounds';
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  /** Controlled providers that the figure rests on. */
  readonly n: number;
  readonly assumption: string;
}

const Z = 1.959964;
/** Below this propensity a provider weighs so much that one outcome decides: of such providers nothing is claimed. */
const SMALLEST_PROPENSITY = 0.005;

const ASSUMPTIONS = {
  naive: 'controlled providers on the list are like those on it that were not controlled',
  'inverse-probability':
    'every provider on the list had a known chance above nought of being controlled, and the draw was made as stored',
  'doubly-robust': 'as inverse probability; the outcome model makes it sharper and need not be right',
  'random-arm':
    'every provider that was not controlled for certain had the same stored chance in the random arm, and all outcomes of the arm are final',
  bounds: 'nothing: those not controlled may all have findings or none',
} as const;

/** Mean and Wald interval of values, held in [0, 1]. */
function around(estimator: PolicyEstimate['estimator'], value: number, variance: number, n: number): PolicyEstimate {
  const half = Z * Math.sqrt(Math.max(0, variance));
  return {
    estimator,
    value,
    lo: Math.max(0, value - half),
    hi: Math.min(1, value + half),
    n,
    assumption: ASSUMPTIONS[estimator],
  };
}

/** Wilson score interval: right also for few rows and shares near 0 or 1. */
export function wilson(hits: number, n: number): { lo: number; hi: number } {
  if (n === 0) return { lo: 0, hi: 1 };
  const p = hits / n;
  const centre = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z / (1 + Z ** 2 / n)) * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n ** 2));
  return { lo: Math.max(0, centre - half), hi: Math.min(1, centre + half) };
}

/** Mean outcome of those on the list that happened to be controlled. */
export function naive(candidates: readonly Candidate[]): PolicyEstimate {
  const seen = candidates.filter(({ listed, controlled }) => listed && controlled);
  const hits = seen.reduce((sum, { outcome }) => sum + outcome, 0);
  return {
    estimator: 'naive',
    value: seen.length > 0 ? hits / seen.length : 0,
    ...wilson(hits, seen.length),
    n: seen.length,
    assumption: ASSUMPTIONS.naive,
  };
}

/** The list's providers whom the draw could have reached, those of them that were controlled, and how many it could not reach. */
function reached(candidates: readonly Candidate[]) {
  const listed = candidates.filter(({ listed: on }) => on);
  const within = listed.filter(({ propensity }) => propensity >= SMALLEST_PROPENSITY);
  const seen = within.filter(({ controlled }) => controlled);
  // One outcome shows no spread: with less than two that were drawn, nothing narrows the range of the others.
  const drawn = seen.filter(({ propensity }) => propensity < 1).length;
  const blind = drawn < 2 && within.length > seen.length;
  const weight = seen.reduce((sum, { propensity }) => sum + 1 / propensity, 0);
  return { within, seen, blind, weight, beyond: listed.length === 0 ? 1 : 1 - within.length / listed.length };
}

/** Widens an estimate by the share of the list that it says nothing of, and to the whole range where it saw too little. */
function heldBack(estimate: PolicyEstimate, { blind, beyond }: { blind: boolean; beyond: number }): PolicyEstimate {
  const [lo, hi] = blind ? [0, 1] : [estimate.lo, estimate.hi];
  const value = Math.min(1, Math.max(0, estimate.value));
  return {
    ...estimate,
    value: value * (1 - beyond) + beyond / 2,
    lo: lo * (1 - beyond),
    hi: hi * (1 - beyond) + beyond,
  };
}

/** Variance of a self-normalised weighed mean, linearised, over independent draws. */
const weighedVariance = (seen: readonly Candidate[], deviation: (row: Candidate) => number, weight: number): number =>
  seen.reduce((sum, row) => sum + ((1 - row.propensity) * deviation(row) ** 2) / row.propensity ** 2, 0) / weight ** 2;

/** Self-normalised inverse probability (Hájek 1971): outcomes of the controlled weighed by one over their propensity. */
export function inverseProbability(candidates: readonly Candidate[]): PolicyEstimate {
  const reach = reached(candidates);
  const { seen, weight } = reach;
  if (weight === 0) return heldBack(around('inverse-probability', 0.5, 1, 0), { ...reach, blind: true });
  const value = seen.reduce((sum, { outcome, propensity }) => sum + outcome / propensity, 0) / weight;
  const variance = weighedVariance(seen, ({ outcome }) => outcome - value, weight);
  return heldBack(around('inverse-probability', value, variance, seen.length), reach);
}

/**
 * Doubly robust (Robins, Rotnitzky and Zhao 1994; Dudík et al. 2011), as the design-based difference estimator: the
 * model's mean over the list, put right by the weighed residuals of the controlled. With few controlled on the list the
 * variance's own estimate is unsure: Student's t with n - 1 degrees replaces the normal.
 */
export function doublyRobust(candidates: readonly Candidate[]): PolicyEstimate {
  const reach = reached(candidates);
  const { within, seen, weight } = reach;
  if (weight === 0) return heldBack(around('doubly-robust', 0.5, 1, 0), { ...reach, blind: true });
  const residual = ({ outcome, predicted }: Candidate) => outcome - predicted;
  const correction = seen.reduce((sum, row) => sum + residual(row) / row.propensity, 0) / weight;
  const value = within.reduce((sum, { predicted }) => sum + predicted, 0) / within.length + correction;
  const variance =
    weighedVariance(seen, (row) => residual(row) - correction, weight) * (studentT(seen.length - 1) / Z) ** 2;
  return heldBack(around('doubly-robust', value, variance, seen.length), reach);
}

/**
 * The random arm: providers on the list that were controlled for certain count as they were found; the rest by the share found
 * among those of them that the arm happened to draw. Wilson's interval with the finite-population correction: right also
 * where the arm hit the list only a few times, [lowest, highest possible] where it never did.
 */
export function randomArm(candidates: readonly Candidate[]): PolicyEstimate {
  const listed = candidates.filter(({ listed: on }) => on);
  const certain = listed.filter(({ controlled, propensity }) => controlled && propensity >= 1);
  const rest = listed.filter((row) => !certain.includes(row));
  const drawn = rest.filter(({ controlled }) => controlled);
  const hits = (rows: readonly Candidate[]) => rows.reduce((sum, { outcome }) => sum + outcome, 0);
  const unseen = rest.length - drawn.length;
  // What is not known is the share among those not drawn; a sample of a finite list says more of it than of an endless one.
  const effective = unseen === 0 ? Number.POSITIVE_INFINITY : (drawn.length * (rest.length - 1)) / unseen;
  const share = drawn.length > 0 ? hits(drawn) / drawn.length : 0.5;
  const interval =
    unseen === 0
      ? { lo: share, hi: share }
      : wilson(share * (drawn.length > 0 ? effective : 0), drawn.length > 0 ? effective : 0);
  const whole = (restShare: number) => (hits(certain) + rest.length * restShare) / Math.max(1, listed.length);
  return {
    estimator: 'random-arm',
    value: whole(share),
    lo: whole(interval.lo),
    hi: whole(interval.hi),
    n: certain.length + drawn.length,
    assumption: ASSUMPTIONS['random-arm'],
  };
}

/** 97.5 % quantile of Student's t (Cornish-Fisher expansion; exact within 1 % from 3 degrees on). */
export function studentT(degrees: number): number {
  if (degrees < 1) return 12.7;
  const z = Z;
  const [z3, z5] = [z ** 3, z ** 5];
  return (
    z +
    (z3 + z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * degrees ** 3)
  );
}

/**
 * Worst and best case (Manski 1990): the controlled as they were found, all others without or with a finding. It claims
 * nothing about the uncontrolled and so covers the truth of this very list always.
 */
export function bounds(candidates: readonly Candidate[]): PolicyEstimate {
  const listed = candidates.filter(({ listed: on }) => on);
  const seen = listed.filter(({ controlled }) => controlled);
  const hits = seen.reduce((sum, { outcome }) => sum + outcome, 0);
  const size = Math.max(1, listed.length);
  const [lo, hi] = [hits / size, (hits + listed.length - seen.length) / size];
  return { estimator: 'bounds', value: (lo + hi) / 2, lo, hi, n: seen.length, assumption: ASSUMPTIONS.bounds };
}

export const allEstimates = (candidates: readonly Candidate[]): PolicyEstimate[] =>
  [naive, inverseProbability, doublyRobust, randomArm, bounds].map((estimator) => estimator(candidates));

/**
 * Contraction by leniency (Lakkaraju et al. 2017): where several deciders control different shares of similar caseloads,
 * the list of the one who controls most is cut down to k by the model, and what was found there is counted. Right where
 * caseloads were dealt without regard to the providers.
 * @param rows the whole caseload of the decider who controlled the largest share, with the model's scores
 */
export function contraction(
  rows: readonly { readonly score: number; readonly controlled: boolean; readonly outcome: number }[],
  k: number,
): { value: number; lo: number; hi: number; n: number } {
  const kept = rows
    .filter(({ controlled }) => controlled)
    .sort((a, b) => b.score - a.score)
    .slice(0, k);
  const hits = kept.reduce((sum, { outcome }) => sum + outcome, 0);
  return { value: kept.length > 0 ? hits / kept.length : 0, ...wilson(hits, kept.length), n: kept.length };
}
