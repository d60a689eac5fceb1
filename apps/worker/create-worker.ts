import fs from 'node:fs';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createLifecycleActivities, createTrainingActivities } from '../../activities';
import type { ActivityDependencies } from '../../activities/deps';
import { activityInterceptors } from '../../activities/interceptors';
import { UtplukkError } from '../../domain/errors';
import { BUILD_ID, DEPLOYMENT, LIFECYCLE_QUEUE, TRAINING_QUEUE } from '../../domain/rules/workflow-ids';
import { BUNDLE } from './bundle-workflows';

export type Queue = 'lifecycle' | 'training';

/** Fits and batches of features in one worker at once: each uses a core and up to a gigabyte. More workers do more. */
const CONCURRENT_FITS = 2;
const CONCURRENT_IO = 8;

/**
 * A worker of one queue.
 * @throws UtplukkError EngineMissing if the workflows have not been bundled
 */
export async function createWorker(
  queue: Queue,
  {
    connection,
    namespace,
    deps,
    versioned = true,
  }: { connection: NativeConnection; namespace: string; deps: ActivityDependencies; versioned?: boolean },
): Promise<Worker> {
  const common: Omit<WorkerOptions, 'taskQueue'> = {
    connection,
    namespace,
    interceptors: { activity: activityInterceptors(deps) },
    shutdownGraceTime: '5s',
    // The tasks of a killed worker are handed out again within seconds, and no heartbeat is delayed for long.
    stickyQueueScheduleToStartTimeout: '2s',
    maxHeartbeatThrottleInterval: '1s',
    defaultHeartbeatThrottleInterval: '1s',
    ...(versioned
      ? {
          workerDeploymentOptions: {
            useWorkerVersioning: true,
            version: { deploymentName: DEPLOYMENT, buildId: BUILD_ID },
            defaultVersioningBehavior: 'PINNED',
          },
        }
      : {}),
  };
  if (queue === 'training')
    return Worker.create({
      ...common,
      taskQueue: TRAINING_QUEUE,
      activities: createTrainingActivities(deps),
      maxConcurrentActivityTaskExecutions: CONCURRENT_FITS,
    });
  if (!fs.existsSync(BUNDLE)) throw new UtplukkError('EngineMissing', `${BUNDLE} is missing`, 'Run `npm run build`.');
  return Worker.create({
    ...common,
    taskQueue: LIFECYCLE_QUEUE,
    workflowBundle: { codePath: BUNDLE },
    activities: createLifecycleActivities(deps),
    maxConcurrentActivityTaskExecutions: CONCURRENT_IO,
  });
}
