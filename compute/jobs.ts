import type { EvaluationRow } from '../domain/schemas/evaluation';
import type { FamilySpec } from '../domain/families';
import type { ProviderReasons } from '../domain/schemas/explanation';
import type { MatrixMeta } from '../domain/schemas/matrix';
import type { Fold } from '../domain/rules/training-splits';
import type { Calibrator, CalibrationInput, StoredCalibrator } from '../domain/schemas/calibration';
import type { LeakageReport } from '../models/leakage/leakage-check';
import type { LeakageFinding } from '../models/leakage/types';
import type { TrialResult } from '../models/tuning/rolling-origin-cv';
import type { PuBagging } from '../models/training/pu-bagging';
import type { Pretrain } from '../domain/schemas/experiment';

/**
 * The protocol of the compute process: jobs on its standard input, results on its standard output. Everything that a
 * job reads or writes is named by a path or a hash; nothing depends on the clock.
 */

/** A stored matrix, and what a model may use of it. */
export interface MatrixFile {
  readonly file: string;
  readonly meta: MatrixMeta;
  /** Feature columns that may enter the model. */
  readonly use: readonly string[];
}

/** What every fit of a family is given. */
interface FitInputs {
  readonly matrix: MatrixFile;
  readonly family: FamilySpec;
  /** Active providers that are scored too, or that the fit uses: at the start of a fold's test part, or on one day. */
  readonly population?: MatrixFile | undefined;
  /** Add unlabeled providers of the population to the fit. */
  readonly puBagging?: PuBagging | undefined;
  /** Pretrain networks on the population's rule hits. */
  readonly pretrain?: Pretrain | undefined;
  readonly seed: number;
  readonly storeRoot: string;
}

export type ComputeJob =
  | {
      readonly kind: 'leakage';
      readonly matrix: MatrixFile;
      readonly folds: readonly Fold[];
      readonly knownUntil: string | undefined;
      readonly nuisanceAllowed: boolean;
      /** Checks that were run elsewhere (over the snapshot), for the same report. */
      readonly further: readonly { id: string; looksFor: string; findings: readonly LeakageFinding[] }[];
      readonly storeRoot: string;
    }
  | (FitInputs & {
      readonly kind: 'fold';
      readonly fold: Fold;
      /** Fit a second time with the caseworker columns. */
      readonly withNuisance?: boolean | undefined;
      /** Fit an amount model too. */
      readonly amounts?: boolean | undefined;
    })
  | (FitInputs & {
      readonly kind: 'trial';
      /** The setting is cross-validated on the training rows of this fold: no test part is used. */
      readonly fold: Fold;
    })
  | (FitInputs & {
      readonly kind: 'final';
      /** First as-of date of the training rows, with a rolling split. */
      readonly trainFrom?: string | undefined;
      /** Fit an amount model too; too few amounts are an error where lists are ranked by it. */
      readonly amounts?: 'optional' | 'required' | undefined;
      /** Fit a rank normalizer on the population's scores, for the calibrator. */
      readonly rankNormalizer?: boolean | undefined;
      /** Keep the training ranges, for out-of-distribution flags. */
      readonly flagOutOfDistribution?: boolean | undefined;
    })
  | {
      readonly kind: 'evaluate';
      readonly predictions: readonly {
        family: string;
        sha256: string;
        nuisanceSha256?: string | undefined;
        nuisanceBaseSha256?: string | undefined;
        populationSha256?: string | undefined;
      }[];
      /** All active providers at the start of each test part, with their baselines. */
      readonly populations?: readonly { readonly fold: Fold; readonly matrix: MatrixFile }[] | undefined;
      readonly matrix: MatrixFile;
      /**
       * Calibrators of frozen versions: their probabilities are evaluated, and compared with those of a new calibrator.
       */
      readonly frozen?: Readonly<Record<string, StoredCalibrator>> | undefined;
      /** Case sources that say more of a provider than the columns. */
      readonly adjustFor?: readonly string[] | undefined;
      /** Ranks are read where every fold has scored the population; raw scores elsewhere. */
      readonly calibrationInput?: CalibrationInput | undefined;
      readonly ks: readonly number[];
      readonly bootstrap: number;
      readonly seed: number;
      readonly storeRoot: string;
    }
  | {
      readonly kind: 'score';
      readonly matrix: MatrixFile;
      readonly modelSha256: string;
      readonly weightsSha256: string;
      readonly shard: { index: number; of: number };
      readonly storeRoot: string;
    }
  | {
      readonly kind: 'explain';
      /** The population that was scored; peers are compared within it. */
      readonly matrix: MatrixFile;
      readonly modelSha256: string;
      readonly weightsSha256: string;
      readonly entities: readonly string[];
      /** Score of the last place of the list, for each entity. */
      readonly selectionThresholds: readonly number[];
      readonly storeRoot: string;
    };

/** Test rows of one fold as one family scored them. */
export interface FoldPredictions {
  readonly fold: string;
  readonly family: string;
  readonly rowIds: readonly string[];
  readonly scores: readonly number[];
  /** Expected amount of each row, given a finding. */
  readonly amountNok?: readonly number[] | undefined;
}

/** All active providers at the start of a test part as one family scored them. */
export interface PopulationScores {
  readonly fold: string;
  readonly family: string;
  readonly entities: readonly string[];
  readonly scores: readonly number[];
}

export interface FoldOutcome {
  readonly predictionsSha256: string;
  readonly trainRows: number;
  readonly trainPositives: number;
  readonly testRows: number;
  readonly testPositives: number;
  readonly validationLoss: number;
  readonly weightsSha256: string;
  /** FoldPredictions of the same family with the caseworker columns. */
  readonly nuisanceSha256?: string | undefined;
  /**
   * FoldPredictions to compare those with where the family uses population data: unlabeled providers have no
   * caseworker.
   */
  readonly nuisanceBaseSha256?: string | undefined;
  /** PopulationScores. */
  readonly populationSha256?: string | undefined;
  /** Distinct unlabeled providers that were sampled for the fit. */
  readonly unlabeledRows?: number | undefined;
}

export interface FinalOutcome {
  readonly modelSha256: string;
  readonly weightsSha256: string;
  readonly trainRows: number;
  readonly validationLoss: number;
}

export interface EvaluateOutcome {
  /** Content of an EvaluationDocument, which holds the same rows. */
  readonly documentSha256: string;
  readonly rows: readonly EvaluationRow[];
  readonly testRows: number;
  readonly testPositives: number;
  /** Calibrator of each family, fitted on its out-of-fold scores. */
  readonly calibrators: Readonly<Record<string, Calibrator>>;
}

export interface ScoreOutcome {
  /** Content of a ShardScores document. */
  readonly scoresSha256: string;
  readonly rows: number;
}

export interface ShardScores {
  readonly entities: readonly string[];
  readonly groups: readonly string[];
  readonly scores: readonly number[];
  /** Whether each row is outside the training ranges; of versions with ranges. */
  readonly outOfDistribution?: readonly boolean[] | undefined;
  /** Expected amount of each row, given a finding; of versions with an amount model. */
  readonly amountNok?: readonly number[] | undefined;
}

export interface ComputeResults {
  leakage: LeakageReport;
  fold: FoldOutcome;
  trial: TrialResult;
  final: FinalOutcome;
  evaluate: EvaluateOutcome;
  score: ScoreOutcome;
  explain: readonly ProviderReasons[];
}

/** A job of one kind. */
export type JobOf<K extends ComputeJob['kind']> = Extract<ComputeJob, { kind: K }>;

/** A result with the runtime that computed it (empty where TensorFlow was not loaded), and what it cost. */
export interface Computed<K extends ComputeJob['kind']> {
  readonly result: ComputeResults[K];
  readonly runtime: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly peakMiB: number;
}
