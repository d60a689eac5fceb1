import type { FamilySpec } from '../domain/families';
import type { Fold } from '../domain/rules/training-splits';
import type { Verdict } from '../domain/rules/lifecycle';
import type { FeaturePlan } from '../domain/rules/feature-batches';

/**
 * What workflows may ask for. Only references cross: ids, hashes, counts and the experiment's own settings; never rows,
 * never personal data. Inputs and results grow by optional fields only: runs wait for weeks and outlive deploys.
 */
export interface RunPlan {
  readonly source: 'register' | 'table';
  /** As-of instant of a register source. */
  readonly asOf: string | undefined;
  readonly folds: readonly Fold[];
  readonly families: readonly FamilySpec['family'][];
  /** True where lists drawn from all active providers are judged too. */
  readonly population?: boolean;
  /** Settings to try for each family before the folds are fitted. */
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
export interface CandidateChoice {
  readonly family: FamilySpec['family'];
}
export interface FinalModel {
  readonly modelSha256: string;
  readonly weightsSha256: string;
  readonly engineSha256: string;
}
/** A prepared table by content: the pinned file and the pinned mapping. */
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

/** I/O: short or streaming work on databases, files and servers. */
export interface LifecycleActivities {
  planRun(input: { runId: string }): Promise<RunPlan>;
  extractSnapshot(input: { actionId: string; asOf: string }): Promise<SnapshotResult>;
  /** Cuts the work on features into lots. */
  planFeatures(input: { runId: string; snapshotId: string }): Promise<FeaturePlan>;
  buildCasesMatrix(input: { runId: string; snapshotId: string }): Promise<MatrixResult>;
  buildTableMatrix(input: { runId: string }): Promise<MatrixResult>;
  chooseCandidate(input: { runId: string }): Promise<CandidateChoice>;
  registerVersion(input: {
    runId: string;
    family: FamilySpec['family'];
    final: FinalModel;
  }): Promise<{ versionId: string }>;
  closeRun(input: { runId: string; state: 'finished' | 'failed' | 'cancelled'; problem?: string }): Promise<void>;

  /** `waivable`: gates failed, and two people may pass over them. */
  evaluateGates(input: { requestId: string }): Promise<{ passed: boolean; waivable?: boolean; openForMs: number }>;
  refuseByGates(input: { requestId: string }): Promise<{ verdict: Verdict }>;
  applyDecision(input: { requestId: string; decisionId: string }): Promise<{ verdict: Verdict }>;
  expireRequest(input: { requestId: string }): Promise<{ verdict: Verdict }>;

  startScheduledAction(input: { slot: string; asOf: string }): Promise<{ actionId: string }>;
  findChampion(input: { slot: string }): Promise<ChampionRef>;
  buildPopulationMatrix(input: { actionId: string; snapshotId: string; asOf: string }): Promise<MatrixResult>;
  buildTablePopulation(input: { actionId: string; asOf: string; table: TableRef }): Promise<MatrixResult>;
  recordScoring(input: {
    actionId: string;
    slot: string;
    versionId: string;
    matrixId: string;
    asOf: string;
    shards: readonly string[];
  }): Promise<ScoringRef>;

  draftList(input: {
    actionId: string;
    scoringId: string;
    capacity: number;
    seed: number;
    openDays: number;
  }): Promise<{ listId: string; openForMs: number }>;
  countSignOffs(input: {
    listId: string;
  }): Promise<{ state: 'draft' | 'approved' | 'refused' | 'expired'; signOffs: number }>;
  expireList(input: { listId: string }): Promise<{ state: 'approved' | 'refused' | 'expired' }>;

  /** Outcomes as they are known now, for a version that was trained on earlier ones. */
  buildNewOutcomesMatrix(input: {
    actionId: string;
    versionId: string;
    snapshotId?: string | undefined;
    table?: TableRef | undefined;
  }): Promise<MatrixResult>;
  recordPostDeploymentEvaluation(
    input: { actionId: string; versionId: string; matrixId: string; asOf: string } & NewOutcomesResult,
  ): Promise<{ evaluationId: string }>;

  /** What a thing was made of, step by step from its origin; `live` is every version that is live now. */
  planReproduction(input: { kind: ReproducibleKind; id: string }): Promise<{ stages: readonly ReproductionStage[] }>;
  recordReproduction(input: {
    actionId: string;
    kind: ReproducibleKind;
    id: string;
    results: readonly StageResult[];
  }): Promise<void>;

  /** Tells approvers that a request waits; twice is once where the way there allows it. */
  notifyApprovers(input: { requestId: string; kind: 'decision-waiting' | 'decision-reminder' }): Promise<void>;
  /** Compares MLflow with what it was told; what somebody changed there is put on record and mirrored again. */
  watchMlflow(): Promise<{ deviations: number }>;
  drainMlflowOutbox(): Promise<{ mirrored: number; left: number }>;
}

/** Computing, few at a time, on a queue of its own: fits each in a child process, features on threads of DuckDB's. */
export interface TrainingActivities {
  /** Makes what is missing of the derived tables of some months of receipt. */
  deriveMonths(input: { snapshotId: string; months: readonly string[] }): Promise<void>;
  /** Makes the features of some as-of dates; every month they look back on has been derived. */
  computeFeatures(input: { snapshotId: string; dates: readonly string[] }): Promise<void>;
  /** Looks for leaks before anything is fitted; structural ones fail the run. */
  checkLeakage(input: {
    runId: string;
    matrixId: string;
    snapshotId?: string | undefined;
  }): Promise<{ verdict: 'clean' | 'needs-reason' }>;
  /** One setting, fitted and judged inside the training part of the first fold. */
  runTrial(input: TrialTask): Promise<{ validationLoss: number }>;
  trainFold(input: FoldTask): Promise<FoldDone>;
  evaluateRun(input: { runId: string; matrixId: string }): Promise<{ metrics: number }>;
  trainFinal(input: { runId: string; matrixId: string; family: FamilySpec['family'] }): Promise<FinalModel>;
  /** A frozen version on rows of a matrix whose outcome it did not know. */
  evaluateOnNewOutcomes(input: { versionId: string; matrixId: string }): Promise<NewOutcomesResult>;
  /** One step again from its pins, compared with what was stored. */
  reproduceStage(input: ReproductionStage): Promise<StageResult>;
  scoreShard(input: {
    versionId: string;
    matrixId: string;
    shard: number;
    of: number;
  }): Promise<{ scoresSha256: string }>;
}

export const REPRODUCIBLE_KINDS = ['snapshot', 'matrix', 'model', 'evaluation', 'scoring-run', 'list', 'live'] as const;
export type ReproducibleKind = (typeof REPRODUCIBLE_KINDS)[number];
export interface ReproductionStage {
  readonly stage: 'snapshot' | 'matrix' | 'folds' | 'evaluation' | 'model' | 'scoring-run' | 'list';
  readonly id: string;
}
/** Each stage is made again from stored inputs, so a difference is that stage's own. */
export interface StageResult extends ReproductionStage {
  readonly same: boolean;
  /** False where the engine is another one than the one that made it: then `detail` says how far apart the results are. */
  readonly sameEngine?: boolean;
  readonly detail?: string;
}
