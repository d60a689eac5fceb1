/** The closed list of failure types. A retry never helps against those in NON_RETRYABLE. */
export const FAILURE_TYPES = [
  'InvalidInput', // the caller gave something wrong
  'NotFound',
  'NotAllowed', // role, four eyes, expired token
  'Conflict', // already decided, already signed off, stale state
  'GateRefused',
  'NoLabels', // too few outcomes are known at the as-of instant
  'ContentMismatch', // bytes do not match the hash that names them
  'LeakageFound', // the data hold what was not known at their as-of date
  'EngineMissing', // no TensorFlow backend, or no server that the work needs
  'ComputingFailed', // a computing process crashed several times in a row
  'Unexpected', // an error that is none of these, several times in a row
  'SourceUnavailable', // register or server not reachable: retried
] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

export const NON_RETRYABLE: readonly FailureType[] = FAILURE_TYPES.filter((type) => type !== 'SourceUnavailable');
