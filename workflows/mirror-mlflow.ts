import { ParentClosePolicy, setWorkflowOptions, startChild } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { MIRROR_ID } from '../domain/rules/workflow-ids';
import { mlflowProbe, mlflowSync } from './activity-proxies';

/** Mirrors to MLflow what has not been mirrored yet; waits as long as MLflow is away. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE', failureExceptionTypes: [Error] }, mirrorMlflow);
export async function mirrorMlflow(): Promise<{ mirrored: number }> {
  let mirrored = 0;
  for (;;) {
    const batch = await mlflowSync.drainMlflowOutbox();
    mirrored += batch.mirrored;
    if (batch.left === 0 || batch.mirrored === 0) return { mirrored };
  }
}

/**
 * Compares MLflow with what was mirrored, and mirrors again what was changed there; a schedule starts it twice a
 * minute.
 */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE', failureExceptionTypes: [Error] }, watchMlflow);
export async function watchMlflow(): Promise<{ deviations: number }> {
  const deviations = await countDeviations();
  if (deviations > 0) await mirrorMlflow();
  return { deviations };
}

async function countDeviations(): Promise<number> {
  try {
    return (await mlflowProbe.watchMlflow()).deviations;
  } catch {
    return 0; // MLflow is away: the next start compares
  }
}

/** Starts the mirror as a workflow of its own, which nobody waits for; one that runs already picks the change up. */
export async function startMirror(): Promise<void> {
  try {
    await startChild(mirrorMlflow, { workflowId: MIRROR_ID, parentClosePolicy: ParentClosePolicy.ABANDON, args: [] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
