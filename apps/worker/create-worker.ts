import fs from 'node:fs';
import { type NativeConnection, Worker, type WorkerOptions } from '@temporalio/worker';
import { createLifecycleActivities, createTrainingActivities } from '../../activities';
import type { ActivityDependencies } from '../../activities/deps';
import { UtplukkError } from '../../domain/errors';
import { BUILD_ID, DEPLOYMENT, LIFECYCLE_QUEUE, TRAINING_QUEUE } from '../../domain/rules/workflow-ids';
import { BUNDLE } from './bundle-workflows';

export type Queue = 'lifecycle' | 'training';

/** Fits and lots of features, two at a time in a worker: each uses a core and up to a gigabyte. More workers do more. */
const FITS_AT_ONCE = 2;
const IO_AT_ONCE = 8;

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
    shutdownGraceTime: '5s',
    // A killed worker's tasks come back quickly, and the last heartbeat is not held back.
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
      maxConcurrentActivityTaskExecutions: FITS_AT_ONCE,
    });
  if (!fs.existsSync(BUNDLE)) throw new UtplukkError('EngineMissing', `${BUNDLE} is missing`, 'Run `npm run build`.');
  return Worker.create({
    ...common,
    taskQueue: LIFECYCLE_QUEUE,
    workflowBundle: { codePath: BUNDLE },
    activities: createLifecycleActivities(deps),
    maxConcurrentActivityTaskExecutions: IO_AT_ONCE,
  });
}
