import { studentT, wilson, Z } from './intervals';

/**
 * Off-policy evaluation of a list whose providers are mostly unlabeled: the share of its first k that would have an
 * upheld finding if controlled. Every estimator names the assumption it needs to be right.
 */
export interface Candidate {
  /** On the evaluated list. */
  readonly listed: boolean;
  readonly labeled: boolean;
  /** 1 for an upheld finding, else 0; only read where labeled. */
  readonly outcome: number;
  /**
   * Probability, before the draw, that this provider would get a control case; 1 or 0 for those chosen without a draw.
   */
  readonly propensity: number;
  /** Probability of a finding, from a model that did not see this provider's outcome. */
  readonly predicted: number;
}

export interface PolicyEstimate {
  readonly estimator: 'naive' | 'inverse-probability' | 'doubly-robust' | 'random-arm' | 'bounds';
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  /** Labelled providers that the estimate is made of. */
  readonly n: number;
  readonly assumption: string;
}

/** Providers with a smaller propensity are outside the support: one outcome of theirs would decide the estimate. */
const MIN_PROPENSITY = 0.005;

const ASSUMPTIONS = {
  naive: 'labelled providers on the list are like the unlabelled ones on it',
  'inverse-probability':
    'every provider on the list had a known chance above 0 of a control case, and the draw was made as stored',
  'doubly-robust': 'as inverse probability; the outcome model narrows the interval and need not be right',
  'random-arm':
    'every provider without a certain control case had the same stored chance in the random arm, and all its ' +
    'outcomes are final',
  bounds: 'none: all unlabelled providers may have findings, or none of them',
} as const;

/** Wald interval, clipped to [0, 1]. */
function waldInterval(
  estimator: PolicyEstimate['estimator'],
  value: number,
  variance: number,
  n: number,
): PolicyEstimate {
  const half = Z * Math.sqrt(Math.max(0, variance));
  const [lo, hi] = [Math.max(0, value - half), Math.min(1, value + half)];
  return { estimator, value, lo, hi, n, assumption: ASSUMPTIONS[estimator] };
}

const countFindings = (rows: readonly Candidate[]) => rows.reduce((sum, { outcome }) => sum + outcome, 0);

/** Mean outcome of the labelled providers on the list. */
export function naive(candidates: readonly Candidate[]): PolicyEstimate {
  const known = candidates.filter(({ listed, labeled }) => listed && labeled);
  const findings = countFindings(known);
  return {
    estimator: 'naive',
    value: known.length > 0 ? findings / known.length : 0,
    ...wilson(findings, known.length),
    n: known.length,
    assumption: ASSUMPTIONS.naive,
  };
}

/** The listed providers that the draw could have reached. */
interface Support {
  readonly within: readonly Candidate[];
  readonly labeled: readonly Candidate[];
  /** Sum of the inverse propensities of the labelled ones. */
  readonly weight: number;
  /** Share of the list outside the support. */
  readonly outsideShare: number;
  /** True where fewer than two outcomes were drawn: they show no spread, so the interval cannot be narrowed. */
  readonly noOverlap: boolean;
}

function supportOf(candidates: readonly Candidate[]): Support {
  const listed = candidates.filter((row) => row.listed);
  const within = listed.filter(({ propensity }) => propensity >= MIN_PROPENSITY);
  const labeled = within.filter((row) => row.labeled);
  const drawn = labeled.filter(({ propensity }) => propensity < 1).length;
  return {
    within,
    labeled,
    weight: labeled.reduce((sum, { propensity }) => sum + 1 / propensity, 0),
    outsideShare: listed.length === 0 ? 1 : 1 - within.length / listed.length,
    noOverlap: drawn < 2 && within.length > labeled.length,
  };
}

/** Widens an interval by the share of the list outside the support, and to the whole range without overlap. */
function widenForNoOverlap(
  estimate: PolicyEstimate,
  { noOverlap, outsideShare }: Pick<Support, 'noOverlap' | 'outsideShare'>,
): PolicyEstimate {
  const [lo, hi] = noOverlap ? [0, 1] : [estimate.lo, estimate.hi];
  const value = Math.min(1, Math.max(0, estimate.value));
  return {
    ...estimate,
    value: value * (1 - outsideShare) + outsideShare / 2,
    lo: lo * (1 - outsideShare),
    hi: hi * (1 - outsideShare) + outsideShare,
  };
}

/** Linearized variance of a self-normalized weighted mean over independent draws. */
const weightedVariance = (rows: readonly Candidate[], deviation: (row: Candidate) => number, weight: number): number =>
  rows.reduce((sum, row) => sum + ((1 - row.propensity) * deviation(row) ** 2) / row.propensity ** 2, 0) / weight ** 2;

/** Self-normalized inverse probability weighting (Hájek 1971). */
export function inverseProbability(candidates: readonly Candidate[]): PolicyEstimate {
  const support = supportOf(candidates);
  const { labeled, weight } = support;
  if (weight === 0)
    return widenForNoOverlap(waldInterval('inverse-probability', 0.5, 1, 0), { ...support, noOverlap: true });
  const value = labeled.reduce((sum, { outcome, propensity }) => sum + outcome / propensity, 0) / weight;
  const variance = weightedVariance(labeled, ({ outcome }) => outcome - value, weight);
  return widenForNoOverlap(waldInterval('inverse-probability', value, variance, labeled.length), support);
}

/**
 * Doubly robust estimate (Robins, Rotnitzky and Zhao 1994; Dudík et al. 2011) as the design-based difference estimator:
 * the model's mean over the list, corrected by the weighted residuals of the labelled providers. With few labels the
 * estimate of the variance is uncertain, so Student's t with n - 1 degrees of freedom replaces the normal.
 */
export function doublyRobust(candidates: readonly Candidate[]): PolicyEstimate {
  const support = supportOf(candidates);
  const { within, labeled, weight } = support;
  if (weight === 0) return widenForNoOverlap(waldInterval('doubly-robust', 0.5, 1, 0), { ...support, noOverlap: true });
  const residual = ({ outcome, predicted }: Candidate) => outcome - predicted;
  const correction = labeled.reduce((sum, row) => sum + residual(row) / row.propensity, 0) / weight;
  const value = within.reduce((sum, { predicted }) => sum + predicted, 0) / within.length + correction;
  const inflation = (studentT(labeled.length - 1) / Z) ** 2;
  const variance = weightedVariance(labeled, (row) => residual(row) - correction, weight) * inflation;
  return widenForNoOverlap(waldInterval('doubly-robust', value, variance, labeled.length), support);
}

/**
 * Random-arm estimate: listed providers with a certain control case count as they were found, all others by the finding
 * rate of those that the arm drew. Wilson interval with finite-population correction: valid also where the arm drew few
 * of the list, and the whole possible range where it drew none.
 */
export function randomArm(candidates: readonly Candidate[]): PolicyEstimate {
  const listed = candidates.filter((row) => row.listed);
  const certain = listed.filter(({ labeled, propensity }) => labeled && propensity >= 1);
  const others = listed.filter((row) => !certain.includes(row));
  const drawn = others.filter(({ labeled }) => labeled);
  const unlabeled = others.length - drawn.length;
  const share = drawn.length > 0 ? countFindings(drawn) / drawn.length : 0.5;
  const listShare = (otherShare: number) =>
    (countFindings(certain) + others.length * otherShare) / Math.max(1, listed.length);
  const interval = unlabeled === 0 ? { lo: share, hi: share } : finitePopulationWilson(share, drawn.length, unlabeled);
  return {
    estimator: 'random-arm',
    value: listShare(share),
    lo: listShare(interval.lo),
    hi: listShare(interval.hi),
    n: certain.length + drawn.length,
    assumption: ASSUMPTIONS['random-arm'],
  };
}

/** A sample of a finite population says more about it than of an infinite one: the sample counts for more. */
function finitePopulationWilson(share: number, drawn: number, unlabeled: number): { lo: number; hi: number } {
  if (drawn === 0) return wilson(0, 0);
  const effective = (drawn * (drawn + unlabeled - 1)) / unlabeled;
  return wilson(share * effective, effective);
}

/**
 * Worst-case bounds (Manski 1990): outcomes as they are where known, all others without or with a finding. Without any
 * assumption, so they always contain the true share of this list.
 */
export function bounds(candidates: readonly Candidate[]): PolicyEstimate {
  const listed = candidates.filter((row) => row.listed);
  const known = listed.filter(({ labeled }) => labeled);
  const findings = countFindings(known);
  const size = Math.max(1, listed.length);
  const [lo, hi] = [findings / size, (findings + listed.length - known.length) / size];
  return { estimator: 'bounds', value: (lo + hi) / 2, lo, hi, n: known.length, assumption: ASSUMPTIONS.bounds };
}

/**
 * Contraction (Lakkaraju et al. 2017): where decision makers control different shares of similar caseloads, the cases
 * of the one who controls most are cut down to the model's first k, and their findings counted. Valid where caseloads
 * were assigned without regard to the providers.
 * @param rows the whole caseload of the decision maker with the largest share, with the model's scores
 */
export function contraction(
  rows: readonly { readonly score: number; readonly labeled: boolean; readonly outcome: number }[],
  k: number,
): { value: number; lo: number; hi: number; n: number } {
  const kept = rows
    .filter(({ labeled }) => labeled)
    .sort((a, b) => b.score - a.score)
    .slice(0, k);
  const findings = kept.reduce((sum, { outcome }) => sum + outcome, 0);
  return {
    value: kept.length > 0 ? findings / kept.length : 0,
    ...wilson(findings, kept.length),
    n: kept.length,
  };
}
