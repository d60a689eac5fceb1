import { proxyActivities } from '@temporalio/workflow';
import type { LifecycleActivities, TrainingActivities } from '../activities/contracts';
import { NON_RETRYABLE } from '../domain/failure-types';
import { TRAINING_QUEUE } from '../domain/rules/workflow-ids';

/* Timeouts and retries by class of work, each with its reason. */
const nonRetryableErrorTypes = [...NON_RETRYABLE];
/**
 * Longest that one piece of work is tried, outages included: they are waited for, but a run does not wait for a server
 * that nobody starts again. Errors that no outage explains are given up much earlier (activities/interceptors/errors).
 */
const scheduleToCloseTimeout = '14 days';

/** Rows in our own database: fast, and retried while the database is away. */
export const db = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '1 minute',
  scheduleToCloseTimeout,
  retry: { initialInterval: '200ms', maximumInterval: '30s', nonRetryableErrorTypes },
});

/** Extraction and matrices: minutes of streaming with heartbeats. The register may be away for hours. */
export const longRunning = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '6 hours',
  scheduleToCloseTimeout,
  heartbeatTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '1 minute', nonRetryableErrorTypes },
});

/** A fit in a child process: long, and safe to start over, since equal inputs give equal bytes. */
export const compute = proxyActivities<TrainingActivities>({
  taskQueue: TRAINING_QUEUE,
  startToCloseTimeout: '12 hours',
  scheduleToCloseTimeout,
  heartbeatTimeout: '15s',
  retry: { initialInterval: '500ms', maximumInterval: '1 minute', nonRetryableErrorTypes },
});

/** Notifications: tried a few times and then given up, so that nothing waits for them. */
export const notifications = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '30 seconds',
  scheduleToCloseTimeout,
  retry: { initialInterval: '1s', maximumInterval: '20s', maximumAttempts: 5, nonRetryableErrorTypes },
});

/** One comparison with MLflow; a schedule starts the next one half a minute later, so it is not retried. */
export const mlflowProbe = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '2 minutes',
  heartbeatTimeout: '15s',
  retry: { maximumAttempts: 1 },
});

/** MLflow is a mirror and may be away for days. Nothing waits for it, so it is retried without end. */
export const mlflowSync = proxyActivities<LifecycleActivities>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '15s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});
