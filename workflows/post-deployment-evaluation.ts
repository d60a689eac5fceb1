import { setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { TableRef } from '../activities/contracts';
import { computing, quick, streaming } from './activity-proxies';
import { type Progress, progressQuery } from './messages';

export interface FollowUpInput {
  readonly actId: string;
  readonly versionId: string;
  /** What was known at this instant is judged on. */
  readonly asOf: string;
  /** Newer outcomes of a prepared table, for a version that was trained on one. */
  readonly table?: TableRef;
}
export interface FollowUpResult {
  readonly followUpId: string;
  readonly rows: number;
  readonly findings: number;
}

/** A frozen version is judged on outcomes that became known after it had learnt. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, followUp);
export async function followUp({ actId, versionId, asOf, table }: FollowUpInput): Promise<FollowUpResult> {
  let progress: Progress = { step: 'extraction', done: 0, total: 3 };
  setHandler(progressQuery, () => progress);
  const snapshotId = table ? undefined : (await streaming.extractSnapshot({ actId, asOf })).snapshotId;
  progress = { step: 'features', done: 1, total: 3 };
  const { matrixId } = await streaming.buildLaterMatrix({ actId, versionId, snapshotId, table });
  progress = { step: 'evaluation', done: 2, total: 3 };
  const { documentSha256, rows, findings } = await computing.judgeLater({ versionId, matrixId });
  const { followUpId } = await quick.recordFollowUp({
    actId,
    versionId,
    matrixId,
    asOf,
    documentSha256,
    rows,
    findings,
  });
  progress = { step: 'finished', done: 3, total: 3 };
  return { followUpId, rows, findings };
}
