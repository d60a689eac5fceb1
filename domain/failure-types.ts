/** The closed list of failure names. Those in NON_RETRYABLE never get better by trying again. */
export const FAILURE_TYPES = [
  'InvalidInput', // the caller gave something that no retry mends
  'NotFound',
  'NotAllowed', // role, four eyes, expired token
  'Conflict', // already decided, already sealed, stale state
  'GateRefused',
  'NoLabels', // too few outcomes known at the as-of instant to learn from
  'ContentMismatch', // bytes are not what their name (hash) says
  'LeakageFound', // the data hold what was not known when they say they were: no retry mends that
  'EngineMissing', // TensorFlow backend or a server that the work cannot do without
  'ComputingFailed', // a computing process ended by an error of the program, several times over
  'SourceUnavailable', // register or server not reachable: wait and try again
] as const;
export type FailureType = (typeof FAILURE_TYPES)[number];

export const NON_RETRYABLE: readonly FailureType[] = FAILURE_TYPES.filter((type) => type !== 'SourceUnavailable');
