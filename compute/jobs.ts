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

/** Work for the computing process. Everything it reads and writes is named by path or content; nothing comes from the clock. */
export interface MatrixFile {
  readonly file: string;
  readonly meta: MatrixMeta;
  /** Feature columns that may enter the model. */
  readonly use: readonly string[];
}

export type ComputeJob =
  | {
      readonly kind: 'leakage';
      readonly matrix: MatrixFile;
      readonly folds: readonly Fold[];
      readonly knownUntil: string | undefined;
      readonly nuisanceAllowed: boolean;
      /** Checks that were run elsewhere (over the snapshot), to stand on the same certificate. */
      readonly further: readonly { id: string; looksFor: string; findings: readonly LeakageFinding[] }[];
      readonly storeRoot: string;
    }
  | {
      readonly kind: 'fold';
      readonly matrix: MatrixFile;
      readonly fold: Fold;
      readonly family: FamilySpec;
      /** Fit a second time with the columns that say who looked. */
      readonly withNuisance?: boolean | undefined;
      /** All active providers at the start of the test part, to be scored too. */
      readonly population?: MatrixFile | undefined;
      /** Never controlled providers of the population that stand beside the controlled ones in the fit. */
      readonly puBagging?: PuBagging | undefined;
      /** Networks are begun on the population's rule hits. */
      readonly pretrain?: Pretrain | undefined;
      /** Fit what a finding is worth too. */
      readonly amounts?: boolean | undefined;
      readonly seed: number;
      readonly storeRoot: string;
    }
  | {
      readonly kind: 'trial';
      readonly matrix: MatrixFile;
      /** Rows that train this fold are searched on: no test part is seen. */
      readonly fold: Fold;
      readonly family: FamilySpec;
      /** All active providers at the start of that fold's test part, where fits are given something of them. */
      readonly population?: MatrixFile | undefined;
      readonly puBagging?: PuBagging | undefined;
      readonly pretrain?: Pretrain | undefined;
      readonly seed: number;
      readonly storeRoot: string;
    }
  | {
      readonly kind: 'final';
      /** First as-of date that trains, where the split rolls. */ readonly trainFrom?: string | undefined;
      readonly matrix: MatrixFile;
      readonly family: FamilySpec;
      /** All active providers of a day. */
      readonly population?: MatrixFile | undefined;
      /** Never controlled providers of the population that stand beside the controlled ones in the fit. */
      readonly puBagging?: PuBagging | undefined;
      /** Networks are begun on the population's rule hits. */
      readonly pretrain?: Pretrain | undefined;
      /** Fit what a finding is worth too; where lists are ordered by it, too few amounts are an error. */
      readonly amounts?: 'wanted' | 'needed' | undefined;
      /** Keep where scores stand among the population's, to read probabilities from. */
      readonly rankNormalizer?: boolean | undefined;
      /** Keep what training saw, to mark providers unlike it. */
      readonly flagOutOfDistribution?: boolean | undefined;
      readonly seed: number;
      readonly storeRoot: string;
    }
  | {
      readonly kind: 'evaluate';
      readonly predictions: readonly {
        family: string;
        sha256: string;
        nuisanceSha256?: string | undefined;
        nuisanceBaseSha256?: string | undefined;
        populationSha256?: string | undefined;
      }[];
      /** All active providers at the start of each test part; their baselines are read here. */
      readonly populations?: readonly { readonly fold: Fold; readonly matrix: MatrixFile }[] | undefined;
      readonly matrix: MatrixFile;
      /** Calibrators that families were frozen with: what they promised is judged; one fitted anew is only compared with. */
      readonly frozen?: Readonly<Record<string, StoredCalibrator>> | undefined;
      /** What controls were opened on that says more of a provider than any column does. */
      readonly adjustFor?: readonly string[] | undefined;
      /** Probabilities are read from standings where every fold knows everybody's scores; from raw scores else. */
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
      /** The population that was scored: peers are counted in it. */
      readonly matrix: MatrixFile;
      readonly modelSha256: string;
      readonly weightsSha256: string;
      readonly entities: readonly string[];
      /** For each of them the score at which the list ends. */
      readonly cuts: readonly number[];
      readonly storeRoot: string;
    };

/** Test rows of one fold as one family scored them: what evaluation and calibration read. */
export interface FoldPredictions {
  readonly fold: string;
  readonly family: string;
  readonly rowIds: readonly string[];
  readonly scores: readonly number[];
  /** Expected of each row, given a finding. */
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
  /** FoldPredictions of the same family with the columns that say who looked. */
  readonly nuisanceSha256?: string | undefined;
  /** What those are compared with, where the family itself was given something of everybody: nobody looked at never controlled providers. */
  readonly nuisanceBaseSha256?: string | undefined;
  /** PopulationScores. */
  readonly populationSha256?: string | undefined;
  /** Never controlled providers that were drawn for the fit, each counted once. */
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
  /** Whether each row is unlike all that training saw; of versions that can say. */
  readonly outOfDistribution?: readonly boolean[] | undefined;
  /** Expected of each row, given a finding; of versions that can say. */
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

/** What every result carries: the engine that computed, and what it cost. */
export interface Computed<K extends ComputeJob['kind']> {
  readonly result: ComputeResults[K];
  readonly engine: Readonly<Record<string, string>>;
  readonly seconds: number;
  readonly peakMiB: number;
}
