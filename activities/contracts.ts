import type { CivilDate, Instant } from '../domain/time/instant';
import type { FamilySpec } from '../domain/families';
import type { Fold } from '../domain/rules/training-splits';
import type { ListState, Verdict } from '../domain/rules/lifecycle';
import type { ReproducibleKind, ReproductionStage, StageResult } from '../domain/reproduction';
import type { FeaturePlan } from '../domain/rules/feature-batches';

/*
 * The activities that workflows call. Only references cross Temporal: ids, hashes, counts and the experiment's own
 * settings; never rows, never personal data. Inputs and results grow by optional fields only, since runs wait for
 * weeks and outlive deployments.
 */

export interface RunPlan {
  readonly source: 'register' | 'table';
  /** As-of instant of a register source. */
  readonly asOf: Instant | undefined;
  readonly folds: readonly Fold[];
  readonly families: readonly FamilySpec['family'][];
  /** True if lists drawn from all active providers are evaluated too. */
  readonly population?: boolean;
  /** Hyperparameter search of each family, before the folds are fitted. */
  readonly tuning?: { readonly trials: number; readonly minutes?: number | undefined };
}
export interface SnapshotResult {
  readonly snapshotId: string;
  readonly rows: number;
}
export interface MatrixResult {
  readonly matrixId: string;
  readonly rows: number;
  readonly positives: number;
}
export interface FoldTask {
  readonly runId: string;
  readonly matrixId: string;
  readonly fold: string;
  readonly family: FamilySpec['family'];
  /** Matrix of all active providers at the start of the test part. */
  readonly populationId?: string;
}
export interface TrialTask {
  readonly runId: string;
  readonly matrixId: string;
  readonly family: FamilySpec['family'];
  readonly trial: number;
  /** Matrix of all active providers at the start of the first test part. */
  readonly populationId?: string;
}
export interface FoldDone {
  readonly fold: string;
  readonly family: FamilySpec['family'];
  readonly contentSha256: string;
}
export interface FinalModel {
  readonly modelSha256: string;
  readonly weightsSha256: string;
  readonly runtimeSha256: string;
}
/** A prepared table by content: its stored file and its stored mapping. */
export interface TableRef {
  readonly fileSha256: string;
  readonly fileName: string;
  readonly mappingSha256: string;
}
export interface ChampionRef {
  readonly versionId: string;
}
export interface ScoringRef {
  readonly scoringId: string;
  readonly rows: number;
}

export interface NewOutcomesResult {
  readonly documentSha256: string;
  readonly rows: number;
  readonly findings: number;
}

/** The lifecycle queue. I/O: short or streaming work on databases, files and servers. */
export interface LifecycleActivities {
  planRun(input: { runId: string }): Promise<RunPlan>;
  closeRun(input: { runId: string; state: 'finished' | 'failed' | 'cancelled'; problem?: string }): Promise<void>;
  /** Signs the service account in and records that it acts, for a run that no person started. */
  startScheduledAction(input: { purpose: string }): Promise<{ actionId: string }>;

  extractSnapshot(input: { actionId: string; asOf: Instant }): Promise<SnapshotResult>;
  /** Divides the work on features into batches. */
  planFeatures(input: { runId: string; snapshotId: string }): Promise<FeaturePlan>;
  /** Control cases of a snapshot, labeled with what was known of their outcomes. */
  buildTrainingMatrix(input: { runId: string; snapshotId: string }): Promise<MatrixResult>;
  /** The same from the prepared table of a run. */
  buildTrainingTable(input: { runId: string }): Promise<MatrixResult>;
  /** All active providers as of an instant, unlabeled. */
  buildPopulationMatrix(input: { actionId: string; snapshotId: string; asOf: Instant }): Promise<MatrixResult>;
  /** The same from a prepared table: the rows from a day on, one for each entity. */
  buildPopulationTable(input: { actionId: string; asOf: Instant; table: TableRef }): Promise<MatrixResult>;
  /** Outcomes as they are known now, for a version that was trained on earlier ones. */
  buildNewOutcomesMatrix(input: {
    actionId: string;
    versionId: string;
    snapshotId?: string | undefined;
    table?: TableRef | undefined;
  }): Promise<MatrixResult>;
  /** Records which labels that model versions were trained on a training matrix contradicts. */
  recordLabelRevisions(input: { actionId: string; matrixId: string }): Promise<{ revised: number }>;

  /** The family that the version to be frozen comes from. */
  selectFamily(input: { runId: string }): Promise<{ family: FamilySpec['family'] }>;
  registerVersion(input: {
    runId: string;
    family: FamilySpec['family'];
    final: FinalModel;
  }): Promise<{ versionId: string }>;

  /** `waivable`: gates failed, and two people may waive them. */
  evaluateGates(input: { requestId: string }): Promise<{ passed: boolean; waivable?: boolean; openForMs: number }>;
  refuseByGates(input: { requestId: string }): Promise<{ verdict: Verdict }>;
  applyDecision(input: { requestId: string; decisionId: string }): Promise<{ verdict: Verdict }>;
  expireRequest(input: { requestId: string }): Promise<{ verdict: Verdict }>;

  findChampion(input: { slot: string }): Promise<ChampionRef>;
  recordScoring(input: {
    actionId: string;
    slot: string;
    versionId: string;
    matrixId: string;
    asOf: Instant;
    shards: readonly string[];
  }): Promise<ScoringRef>;

  draftList(input: {
    actionId: string;
    scoringId: string;
    capacity: number;
    seed: number;
    openDays: number;
  }): Promise<{ listId: string; openForMs: number }>;
  countSignOffs(input: { listId: string }): Promise<{ state: ListState; signOffs: number }>;
  expireList(input: { listId: string }): Promise<{ state: Exclude<ListState, 'draft'> }>;

  recordPostDeploymentEvaluation(
    input: { actionId: string; versionId: string; matrixId: string; asOf: Instant } & NewOutcomesResult,
  ): Promise<{ evaluationId: string }>;

  /** What a thing was made of, stage by stage from its origin. */
  planReproduction(input: { kind: ReproducibleKind; id: string }): Promise<{ stages: readonly ReproductionStage[] }>;
  recordReproduction(input: {
    actionId: string;
    kind: ReproducibleKind;
    id: string;
    results: readonly StageResult[];
  }): Promise<void>;

  /** Tells approvers that a request waits for a decision. */
  notifyApprovers(input: { requestId: string; kind: 'decision-waiting' | 'decision-reminder' }): Promise<void>;
  /** Compares MLflow with what was mirrored; manual changes there are recorded and mirrored again. */
  watchMlflow(): Promise<{ deviations: number }>;
  /** Mirrors what waits; `left` is how many changes still do. */
  drainMlflowOutbox(): Promise<{ mirrored: number; left: number }>;
}

/** The training queue. Computing, few at a time: each fit in a child process, features on threads of DuckDB. */
export interface TrainingActivities {
  /** Builds the missing monthly rollups of some months of receipt. */
  computeMonthlyRollups(input: { snapshotId: string; months: readonly string[] }): Promise<void>;
  /** Computes the features of some as-of dates; needs the rollups of every month they look back on. */
  computeFeatures(input: { snapshotId: string; dates: readonly CivilDate[] }): Promise<void>;
  /** Looks for target leakage before anything is fitted; structural leakage fails the run. */
  checkLeakage(input: {
    runId: string;
    matrixId: string;
    snapshotId?: string | undefined;
  }): Promise<{ verdict: 'clean' | 'needs-reason' }>;
  /** One trial: a set of hyperparameters, cross-validated inside the training part of the first fold. */
  runTrial(input: TrialTask): Promise<{ validationLoss: number }>;
  trainFold(input: FoldTask): Promise<FoldDone>;
  evaluateRun(input: { runId: string; matrixId: string }): Promise<{ metrics: number }>;
  trainFinal(input: { runId: string; matrixId: string; family: FamilySpec['family'] }): Promise<FinalModel>;
  /** Evaluates a frozen version on the rows of a matrix whose outcome it did not know. */
  evaluateOnNewOutcomes(input: { versionId: string; matrixId: string }): Promise<NewOutcomesResult>;
  /** Reproduces one stage from its stored inputs and compares it with what was stored. */
  reproduceStage(input: ReproductionStage): Promise<StageResult>;
  scoreShard(input: {
    versionId: string;
    matrixId: string;
    shard: number;
    of: number;
  }): Promise<{ scoresSha256: string }>;
}
