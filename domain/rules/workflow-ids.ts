/** Task queues. Workflow ids are natural keys, so that a second start joins the first. */
export const LIFECYCLE_QUEUE = 'utplukk-lifecycle';
export const TRAINING_QUEUE = 'utplukk-training';
/**
 * Worker versioning: a run that waits for weeks keeps the build that started it. Raised when a workflow's shape
 * changes.
 */
export const DEPLOYMENT = 'utplukk';
export const BUILD_ID = '1';

export const trainId = (runId: string) => `train-${runId}`;
export const promoteId = (requestId: string) => `promote-${requestId}`;
export const rescoreId = (scoringId: string) => `rescore-${scoringId}`;
export const roundId = (listId: string) => `round-${listId}`;
export const postDeploymentWorkflowId = (key: string) => `evaluate-${key}`;
export const reproduceId = (id: string) => `reproduce-${id}`;
export const MIRROR_ID = 'mlflow-mirror';
export const WATCH_SCHEDULE = 'mlflow-watch';
export const REPRODUCE_SCHEDULE = 'reproduce-live';
export const RESCORE_SCHEDULE_PREFIX = 'rescore-';
