/** Names that Temporal knows things by. Ids are natural keys, so starting twice is starting once. */
export const LIFECYCLE_QUEUE = 'utplukk-lifecycle';
export const TRAINING_QUEUE = 'utplukk-training';
export const BUILD_ID = 'utplukk-0.1';

export const trainId = (runId: string) => `train-${runId}`;
export const promoteId = (requestId: string) => `promote-${requestId}`;
export const rescoreId = (scoringId: string) => `rescore-${scoringId}`;
export const roundId = (listId: string) => `round-${listId}`;
export const reproduceId = (id: string) => `reproduce-${id}`;
export const MIRROR_ID = 'mlflow-mirror';
export const RESCORE_SCHEDULE_PREFIX = 'rescore-';
