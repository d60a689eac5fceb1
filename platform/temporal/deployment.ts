import { Connection } from '@temporalio/client';
import { BUILD_ID, DEPLOYMENT } from '../../domain/rules/workflow-ids';

const ATTEMPTS = 100;
const PAUSE_MS = 100;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/** Points new workflow runs at this build once its pollers are known; older runs stay with, or move to, what they declare. */
export async function makeBuildCurrent(
  env: { TEMPORAL_ADDRESS: string; TEMPORAL_NAMESPACE: string },
  identity: string,
): Promise<void> {
  const connection = await Connection.connect({ address: env.TEMPORAL_ADDRESS });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        await connection.workflowService.setWorkerDeploymentCurrentVersion({
          namespace: env.TEMPORAL_NAMESPACE,
          deploymentName: DEPLOYMENT,
          buildId: BUILD_ID,
          version: `${DEPLOYMENT}.${BUILD_ID}`,
          identity,
          ignoreMissingTaskQueues: true,
        });
        return;
      } catch (error) {
        const code = (error as { code?: number }).code;
        // The deployment exists once the server has seen a poll of it; until then it is not found or not ready.
        if ((code !== NOT_FOUND && code !== FAILED_PRECONDITION) || attempt >= ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  } finally {
    await connection.close();
  }
}
