/** A figure with its interval and the number of outcomes behind it. */
export interface Estimate {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  readonly n: number;
}

/** One metric of a ranking; `k` is the length of the list judged, 0 where the metric has none. */
export interface MetricEstimate extends Estimate {
  readonly metric: string;
  readonly k: number;
}

/** A metric of one family or baseline, and how it was estimated. */
export interface EvaluationRow extends MetricEstimate {
  readonly family: string;
  /** Which rows were judged: `all`, `group:<provider group>`, `period:<fold>` or `basis:<what the control was opened on>`. */
  readonly slice: string;
  readonly method: string;
}

/** Precision and kroner along the list, for one family. */
export interface Curve {
  readonly family: string;
  readonly points: readonly {
    readonly k: number;
    readonly precision: Estimate;
    readonly recall: Estimate;
    readonly amountNok?: Estimate | undefined;
  }[];
}

/** Two rankings of the same rows: the difference of a metric, drawn in pairs. */
export interface PairedDifference extends MetricEstimate {
  readonly family: string;
  readonly against: string;
}

/** How one provider group fares where the list is cut after k: its share of the list beside its share of the rows. */
export interface GroupFairness {
  readonly family: string;
  readonly group: string;
  readonly k: number;
  readonly rows: number;
  /** True where so few rows stand behind the figures that nothing can be said from them alone. */
  readonly few: boolean;
  readonly shareOfRows: number;
  readonly shareOfList: Estimate;
  /** Share of the group's rows on the list that had no finding: the burden of controls in vain. */
  readonly falseDiscoveryRate: Estimate;
}

export interface ReliabilityReport {
  readonly family: string;
  readonly chosen: 'platt' | 'isotonic';
  readonly logLoss: Readonly<Record<'platt' | 'isotonic', number>>;
  /**
   * Of a frozen version on later outcomes: the loss of what it promised, on the controls that rest on the columns alone; bins
   * and top are of those. `chosen` and `logLoss` are then of a calibrator fitted anew, for comparison.
   */
  readonly predictedLogLoss?: number | undefined;
  /** What the probabilities are read from; raw scores where it says nothing. */
  readonly calibrationInput?: 'population-rank' | undefined;
  readonly bins: readonly { readonly rows: number; readonly meanProbability: number; readonly findingRate: number }[];
  /** Promised and found among the first k. */
  readonly top: readonly { readonly k: number; readonly meanProbability: number; readonly findingRate: Estimate }[];
  /**
   * How many times the odds of a finding those had at the same score whose control rests on more than the columns show;
   * `n` of them. Probabilities on lists are those of providers without it. Undefined where there were none.
   */
  readonly caseSourceOffset?: { readonly bases: readonly string[]; readonly oddsRatio: Estimate } | undefined;
}

/** One metric of one family fitted twice on the same folds: without and with the columns that say who looked. */
export interface CaseworkerEffect {
  readonly family: string;
  readonly metric: string;
  readonly k: number;
  readonly without: Estimate;
  readonly withColumns: Estimate;
  /** With minus without, drawn in pairs: what of the figure is the people who looked, and not the providers. */
  readonly difference: Estimate;
}

/** Whether amounts hold: what findings of the test parts were expected to be worth, beside what was upheld. */
export interface AmountReport {
  readonly family: string;
  /** Under this name the list in the order of expected kroner stands in rows, curves and pairs. */
  readonly orderedAs: string;
  /** Medians over the findings, in kroner. */
  readonly expectedAmountNok: number;
  readonly upheldNok: number;
  /** All that was upheld over all that was expected of the same findings: 1 where amounts are right on the whole. */
  readonly ratio: Estimate;
  /** Spearman's, between expected and upheld. */
  readonly rankCorrelation: number;
}

export const ESTIMATORS = [
  'naive',
  'score-matched',
  'inverse-probability',
  'doubly-robust',
  'random-arm',
  'contraction',
  'bounds',
] as const;
export type Estimator = (typeof ESTIMATORS)[number];
/** Nobody was drawn; chances differ and are not known of those not drawn; no probability; no caseload of a decider. */
export const MISSING = ['no-draw', 'unequal-draw', 'no-probability', 'no-caseload'] as const;

/**
 * Share with an upheld finding among the first `k` of all active providers, controlled or not, had they been controlled; with
 * `k` 0 among all of them (the class prior). Null where nothing that is stored allows the estimator.
 */
export interface ListEstimate {
  readonly family: string;
  readonly k: number;
  readonly estimator: Estimator;
  readonly estimate: Estimate | null;
  /** Why there is none; null where there is one. */
  readonly missing: (typeof MISSING)[number] | null;
  /** What must be true for the figure to be right, or why there is none, in words. */
  readonly assumption: string;
}

/** What replacing the worst tenth of past controls by the model's first among the uncontrolled would have given. */
export interface SwapEstimate {
  readonly family: string;
  readonly replaced: number;
  /** Upheld findings and kroner a control, of those replaced. */
  readonly observed: { readonly findings: Estimate; readonly amountNok: Estimate | null };
  /** The same gained a control, if uncontrolled providers are like controlled ones of the same score. */
  readonly gain: { readonly findings: Estimate; readonly amountNok: Estimate | null };
  /** The least and most that the gain can be, whatever is assumed. */
  readonly bounds: { readonly lo: number; readonly hi: number };
}

/** A provider group in the population and how much of it the model has learnt from. */
export interface GroupCoverage {
  readonly group: string;
  readonly providers: number;
  readonly trainRows: number;
  readonly trainFindings: number;
  /** True where so little was learnt from that scores of this group carry no verdict of their own. */
  readonly thin: boolean;
}

/** Lists drawn from all active providers at the start of each test part, and what can be said of them. */
export interface PopulationReport {
  readonly parts: readonly {
    readonly fold: string;
    readonly asOf: string;
    readonly providers: number;
    readonly controlled: number;
    readonly drawn: number;
  }[];
  readonly lists: readonly ListEstimate[];
  readonly swap: readonly SwapEstimate[];
  /** By the newest part's training rows. */
  readonly groups: readonly GroupCoverage[];
}

/** Everything that an evaluation page shows of one run; content-addressed, its rows stand in ml.evaluation too. */
export interface EvaluationDocument {
  readonly format: 1;
  readonly estimand: string;
  readonly assumption: string;
  readonly rows: readonly EvaluationRow[];
  readonly curves: readonly Curve[];
  readonly paired: readonly PairedDifference[];
  readonly fairness: readonly GroupFairness[];
  readonly reliability: readonly ReliabilityReport[];
  /** Families fitted a second time with the columns that say who looked; none where the source has no such columns. */
  readonly nuisance?: readonly CaseworkerEffect[] | undefined;
  /** Of runs that fitted amounts, where every fold had findings enough to. */
  readonly amounts?: readonly AmountReport[] | undefined;
  /** Undefined for sources that know controlled providers only, and for runs from before there was any. */
  readonly population?: PopulationReport | undefined;
}
