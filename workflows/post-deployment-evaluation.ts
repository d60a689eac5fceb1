import type { Instant } from '../domain/time/instant';
import { setWorkflowOptions } from '@temporalio/workflow';
import type { TableRef } from '../activities/contracts';
import { compute, db, longRunning } from './activity-proxies';
import { reportProgress } from './progress';

export interface PostDeploymentInput {
  readonly actionId: string;
  readonly versionId: string;
  /** The version is evaluated on outcomes known at this instant. */
  readonly asOf: Instant;
  /** Newer outcomes of a prepared table, for a version that was trained on one. */
  readonly table?: TableRef;
}
export interface PostDeploymentResult {
  readonly evaluationId: string;
  readonly rows: number;
  readonly findings: number;
}

/** Evaluates a frozen version on outcomes that became known after it was trained. */
setWorkflowOptions({ versioningBehavior: 'PINNED', failureExceptionTypes: [Error] }, postDeploymentEvaluation);
export async function postDeploymentEvaluation({
  actionId,
  versionId,
  asOf,
  table,
}: PostDeploymentInput): Promise<PostDeploymentResult> {
  const progress = reportProgress('extraction');
  const snapshotId = table ? undefined : (await longRunning.extractSnapshot({ actionId, asOf })).snapshotId;
  progress.enter('features');
  const { matrixId } = await longRunning.buildNewOutcomesMatrix({ actionId, versionId, snapshotId, table });
  progress.enter('labels');
  await longRunning.recordLabelRevisions({ actionId, matrixId });
  progress.enter('post-deployment-evaluation');
  const result = await compute.evaluateOnNewOutcomes({ versionId, matrixId });
  const { evaluationId } = await db.recordPostDeploymentEvaluation({ actionId, versionId, matrixId, asOf, ...result });
  progress.end('finished');
  return { evaluationId, rows: result.rows, findings: result.findings };
}
