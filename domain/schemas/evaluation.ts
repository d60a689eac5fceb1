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
  /** Which rows were judged: `all`, `group:<provider group>` or `period:<fold>`. */
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
    readonly kroner?: Estimate | undefined;
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
  readonly inVain: Estimate;
}

export interface ReliabilityReport {
  readonly family: string;
  readonly chosen: 'platt' | 'isotonic';
  readonly logLoss: Readonly<Record<'platt' | 'isotonic', number>>;
  readonly bins: readonly { readonly rows: number; readonly meanProbability: number; readonly findingRate: number }[];
  /** Promised and found among the first k. */
  readonly top: readonly { readonly k: number; readonly meanProbability: number; readonly findingRate: Estimate }[];
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
}
