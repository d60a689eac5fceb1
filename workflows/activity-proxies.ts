import { proxyActivities } from '@temporalio/workflow';
import type { LifecycleActivities, TrainingActivities } from '../activities/contracts';
import { NON_RETRYABLE } from '../domain/failure-types';
import { TRAINING_QUEUE } from '../domain/rules/workflow-ids';

/** Timeouts and retries, named by class of work; each number with its reason. */
const nonRetryableErrorTypes = [...NON_RETRYABLE];

/** Rows in our own database: fast, and worth trying again for hours while the database is away. */
export const db = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '1 minute',
  retry: { initialInterval: '200ms', maximumInterval: '30s', nonRetryableErrorTypes },
});

/** Extraction and matrices: minutes of streaming that tell they live every few seconds. The register may be away for hours. */
export const longRunning = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '1 minute', nonRetryableErrorTypes },
});

/** A fit in a child process: long, and cheap to give up, for the same inputs give the same bytes again. */
export const compute = proxyActivities<TrainingActivities>({
  taskQueue: TRAINING_QUEUE,
  startToCloseTimeout: '12 hours',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '1 minute', nonRetryableErrorTypes },
});

/** Telling people: tried a few times, and given up rather than holding anything up. */
export const notifications = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '30 seconds',
  retry: { initialInterval: '1s', maximumInterval: '20s', maximumAttempts: 5, nonRetryableErrorTypes },
});

/** One look at MLflow; the next one is half a minute away, so it is not tried twice. */
export const mlflowProbe = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '15s',
  retry: { maximumAttempts: 1 },
});

/** MLflow is a mirror and may be away for days: nothing waits for it, so it is asked for ever, less and less often. */
export const mlflowSync = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});
