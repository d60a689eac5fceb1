import { setHandler, setWorkflowOptions } from '@temporalio/workflow';
import type { ReproduceVerdict } from '../activities/contracts';
import type { FamilySpec } from '../domain/schemas/families';
import { computing, quick, streaming } from './activity-proxies';
import { type Progress, progressQuery } from './messages';

export interface ReproduceInput {
  readonly actId: string;
  readonly versionId: string;
  readonly runId: string;
  readonly family: FamilySpec['family'];
}

/** Rebuilds a model version from its recipe. Kept for runs that began before build 4; `rebuild` took its place. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, reproduce);
export async function reproduce(input: ReproduceInput): Promise<ReproduceVerdict> {
  let progress: Progress = { step: 'matrix', done: 0, total: 2 };
  setHandler(progressQuery, () => progress);
  const { actId, versionId, runId, family } = input;
  const matrix = await streaming.rebuildMatrix({ actId, versionId });
  if (matrix.expected !== matrix.found)
    return {
      same: false,
      sameEngine: true,
      firstDifference: 'matrix',
      ...(matrix.redacted ? { redacted: matrix.redacted } : {}),
    };
  progress = { step: 'model', done: 1, total: 2 };
  const final = await computing.trainFinal({ runId, matrixId: matrix.matrixId, family });
  return quick.compareRebuild({ actId, versionId, final });
}
