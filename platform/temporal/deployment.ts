import { Connection } from '@temporalio/client';
import { BUILD_ID, DEPLOYMENT } from '../../domain/rules/workflow-ids';

const ATTEMPTS = 100;
const PAUSE_MS = 100;
// gRPC status codes
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;

/**
 * Makes this build the current one of its deployment, once the server has seen its pollers: new runs use it, older
 * runs stay or move as their versioning behavior says.
 */
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
        // The deployment exists only after its first poll.
        if ((code !== NOT_FOUND && code !== FAILED_PRECONDITION) || attempt >= ATTEMPTS) throw error;
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
      }
    }
  } finally {
    await connection.close();
  }
}
