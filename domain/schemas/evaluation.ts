import type { Language } from '../i18n';

/** An estimate with its 95 % interval. */
export interface Estimate {
  readonly value: number;
  readonly lo: number;
  readonly hi: number;
  /** Number of outcomes behind it. */
  readonly n: number;
}

/** A metric of a ranking. */
export interface MetricEstimate extends Estimate {
  readonly metric: string;
  /** Length of the evaluated list; 0 where the metric has none. */
  readonly k: number;
}

/** Why a metric has no value: no finding among the rows, or fewer rows than the list is long. */
export const NO_VALUE = ['no-findings', 'fewer-rows-than-k'] as const;
export type NoValue = (typeof NO_VALUE)[number];

/** The reasons in words, as they stand in place of a figure. */
export const NO_VALUE_TEXTS: Readonly<Record<Language, Readonly<Record<NoValue, string>>>> = {
  nb: { 'no-findings': 'ingen verdi: ingen funn', 'fewer-rows-than-k': 'ingen verdi: færre rader enn k' },
  en: { 'no-findings': 'no value: no findings', 'fewer-rows-than-k': 'no value: fewer rows than k' },
};

type Nullable<T> = { readonly [K in keyof T]: T[K] | null };

/** A metric of one family or baseline; without a value where it has none, never with that of another list length. */
export interface EvaluationRow
  extends Pick<MetricEstimate, 'metric' | 'k' | 'n'>, Nullable<Pick<Estimate, 'value' | 'lo' | 'hi'>> {
  /** Why it has no value; null where it has one. */
  readonly noValue: NoValue | null;
  readonly family: string;
  /** The evaluated rows: `all`, `group:<provider group>`, `period:<fold>` or `case-source:<source>`. */
  readonly slice: string;
  /** How it was estimated, and whether it has low support. */
  readonly method: string;
}

/** Whether a metric has a value, and then an interval too. */
export const hasValue = <R extends { readonly value: number | null }>(row: R): row is R & Estimate =>
  row.value !== null;

/** Why a row has no value, in words. */
export const noValueText = ({ noValue }: { readonly noValue: NoValue | null }, language: Language): string =>
  NO_VALUE_TEXTS[language][noValue ?? 'no-findings'];

/** Precision, recall and upheld amount along the list, for one family. */
export interface Curve {
  readonly family: string;
  readonly points: readonly {
    readonly k: number;
    readonly precision: Estimate;
    readonly recall: Estimate;
    readonly amountNok?: Estimate | undefined;
  }[];
}

/** Difference of a metric between two rankings of the same rows; its interval is of paired draws. */
export interface PairedDifference extends MetricEstimate {
  readonly family: string;
  readonly against: string;
}

/** A provider group on a list of length k. */
export interface GroupFairness {
  readonly family: string;
  readonly group: string;
  readonly k: number;
  readonly rows: number;
  /** True where there are too few rows for a verdict. */
  readonly lowSupport: boolean;
  readonly shareOfRows: number;
  readonly shareOfList: Estimate;
  /** Share of the group's rows on the list without a finding; null where it has none on the list. */
  readonly falseDiscoveryRate: Estimate | null;
}

export interface ReliabilityReport {
  readonly family: string;
  /** Kind of calibrator with the lower cross-fitted log loss. */
  readonly selected: 'platt' | 'isotonic';
  readonly logLoss: Readonly<Record<'platt' | 'isotonic', number>>;
  /**
   * Of a frozen version on later outcomes: log loss of its own probabilities, on the rows without a case-source offset;
   * `bins` and `top` are of those rows too. `selected` and `logLoss` are then of a new calibrator, for comparison.
   */
  readonly predictedLogLoss?: number | undefined;
  /** What the calibrator reads, if not raw scores. */
  readonly calibrationInput?: 'population-rank' | undefined;
  readonly bins: readonly { readonly rows: number; readonly meanProbability: number; readonly findingRate: number }[];
  /** Predicted and found among the first k. */
  readonly top: readonly { readonly k: number; readonly meanProbability: number; readonly findingRate: Estimate }[];
  /**
   * Odds ratio of a finding at the same score, of case sources that say more than the columns against all others; `n`
   * rows have such a source. Probabilities on lists are without it. Undefined where there are none.
   */
  readonly caseSourceOffset?: { readonly caseSources: readonly string[]; readonly oddsRatio: Estimate } | undefined;
}

/** A metric of one family, fitted on the same folds without and with the caseworker columns. */
export interface CaseworkerEffect {
  readonly family: string;
  readonly metric: string;
  readonly k: number;
  readonly without: Estimate;
  readonly withColumns: Estimate;
  /**
   * With minus without, of paired draws: how much of the outcomes depends on the caseworker and not on the provider.
   */
  readonly difference: Estimate;
}

/** Expected compared with upheld amounts, over the findings of the test parts. */
export interface AmountReport {
  readonly family: string;
  /** Name of the same family ranked by expected amount, in rows, curves and pairs. */
  readonly rankedAs: string;
  /** Median over the findings. */
  readonly expectedAmountNok: number;
  /** Median over the findings. */
  readonly upheldNok: number;
  /** Sum of upheld amounts over the sum of expected ones; 1 where the model is right on average. */
  readonly ratio: Estimate;
  /** Spearman's, between expected and upheld. */
  readonly rankCorrelation: number;
}

export const ESTIMATORS = [
  'naive',
  'outcome-model',
  'inverse-probability',
  'doubly-robust',
  'random-arm',
  'contraction',
  'bounds',
] as const;
export type Estimator = (typeof ESTIMATORS)[number];
/** No random draw; a draw with chances that are not known of all; no probability; no caseload of a decision maker. */
export const MISSING = ['no-draw', 'unequal-draw', 'no-probability', 'no-caseload'] as const;
export type MissingReason = (typeof MISSING)[number];

/**
 * Share of the first `k` of all active providers, labelled or not, that would have an upheld finding if controlled.
 * With
 * `k` 0 that of all of them (the class prior).
 */
export interface ListEstimate {
  readonly family: string;
  readonly k: number;
  readonly estimator: Estimator;
  /** Null where the stored data do not allow the estimator. */
  readonly estimate: Estimate | null;
  /** Why there is none; null where there is one. */
  readonly missing: MissingReason | null;
  /** The assumption that makes the estimate valid, or why there is none, as text. */
  readonly assumption: string;
}

/** Swap-set analysis: the least likely tenth of past cases replaced by the most likely unlabelled providers. */
export interface SwapEstimate {
  readonly family: string;
  /** Number of replaced cases. */
  readonly replaced: number;
  /** Upheld findings and amount of a replaced case. */
  readonly observed: { readonly findings: Estimate; readonly amountNok: Estimate | null };
  /** Gain of a replacement, if unlabelled providers are like labelled ones of the same score. */
  readonly gain: { readonly findings: Estimate; readonly amountNok: Estimate | null };
  /** Least and greatest possible gain in findings, without any assumption. */
  readonly bounds: { readonly lo: number; readonly hi: number };
}

/** A provider group in the population, and how many training rows it has. */
export interface GroupCoverage {
  readonly group: string;
  readonly providers: number;
  readonly trainRows: number;
  readonly trainFindings: number;
  /** True where there are too few training rows for a verdict on this group's scores. */
  readonly lowSupport: boolean;
}

/** Lists drawn from all active providers at the start of each test part. */
export interface PopulationReport {
  readonly parts: readonly {
    readonly fold: string;
    readonly asOf: string;
    readonly providers: number;
    readonly labeled: number;
    /** Labeled by a case of the random arm. */
    readonly drawn: number;
  }[];
  readonly lists: readonly ListEstimate[];
  readonly swap: readonly SwapEstimate[];
  /** By the training rows of the newest part. */
  readonly groups: readonly GroupCoverage[];
}

/** The evaluation of one run; content-addressed. Its rows are in `ml.evaluation` too. */
export interface EvaluationDocument {
  readonly format: 1;
  readonly estimand: string;
  readonly assumption: string;
  readonly rows: readonly EvaluationRow[];
  readonly curves: readonly Curve[];
  readonly paired: readonly PairedDifference[];
  readonly fairness: readonly GroupFairness[];
  readonly reliability: readonly ReliabilityReport[];
  /** Undefined where no family was fitted with caseworker columns, or the source has none. */
  readonly caseworkerEffects?: readonly CaseworkerEffect[] | undefined;
  /** Of runs with amount models, where every fold had enough findings. */
  readonly amounts?: readonly AmountReport[] | undefined;
  /** Undefined for sources without a population. */
  readonly population?: PopulationReport | undefined;
}
