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
  readonly method: string;
}
