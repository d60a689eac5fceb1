/** Names that Temporal knows things by. Ids are natural keys, so starting twice is starting once. */
export const LIFECYCLE_QUEUE = 'utplukk-lifecycle';
export const TRAINING_QUEUE = 'utplukk-training';
/** Worker versioning: runs that wait for weeks know which build began them. Raised with every change of a workflow's shape. */
export const DEPLOYMENT = 'utplukk';
export const BUILD_ID = '1';

export const trainId = (runId: string) => `train-${runId}`;
export const promoteId = (requestId: string) => `promote-${requestId}`;
export const rescoreId = (scoringId: string) => `rescore-${scoringId}`;
export const roundId = (listId: string) => `round-${listId}`;
export const postDeploymentWorkflowId = (key: string) => `follow-up-${key}`;
export const reproduceId = (id: string) => `reproduce-${id}`;
export const MIRROR_ID = 'mlflow-mirror';
export const WATCH_SCHEDULE = 'mlflow-watch';
export const REPRODUCE_SCHEDULE = 'reproduce-live';
export const RESCORE_SCHEDULE_PREFIX = 'rescore-';
