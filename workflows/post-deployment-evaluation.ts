import { setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { TableRef } from '../activities/contracts';
import { compute, db, longRunning } from './activity-proxies';
import { type Progress, progressQuery } from './messages';

export interface PostDeploymentInput {
  readonly actionId: string;
  readonly versionId: string;
  /** What was known at this instant is judged on. */
  readonly asOf: string;
  /** Newer outcomes of a prepared table, for a version that was trained on one. */
  readonly table?: TableRef;
}
export interface PostDeploymentResult {
  readonly evaluationId: string;
  readonly rows: number;
  readonly findings: number;
}

/** A frozen version is judged on outcomes that became known after it had learnt. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, postDeploymentEvaluation);
export async function postDeploymentEvaluation({
  actionId,
  versionId,
  asOf,
  table,
}: PostDeploymentInput): Promise<PostDeploymentResult> {
  let progress: Progress = { step: 'extraction', done: 0, total: 3 };
  setHandler(progressQuery, () => progress);
  const snapshotId = table ? undefined : (await longRunning.extractSnapshot({ actionId, asOf })).snapshotId;
  progress = { step: 'features', done: 1, total: 3 };
  const { matrixId } = await longRunning.buildNewOutcomesMatrix({ actionId, versionId, snapshotId, table });
  progress = { step: 'evaluation', done: 2, total: 3 };
  const { documentSha256, rows, findings } = await compute.evaluateOnNewOutcomes({ versionId, matrixId });
  const { evaluationId } = await db.recordPostDeploymentEvaluation({
    actionId,
    versionId,
    matrixId,
    asOf,
    documentSha256,
    rows,
    findings,
  });
  progress = { step: 'finished', done: 3, total: 3 };
  return { evaluationId, rows, findings };
}
