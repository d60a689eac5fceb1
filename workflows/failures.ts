import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure, TimeoutFailure } from '@temporalio/workflow';

/** Message of the innermost failure, without the failures wrapped around it. Messages hold ids and settings only. */
export function rootCause(error: unknown): string {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause)
    return rootCause(error.cause);
  if (error instanceof ApplicationFailure) return `${error.type ?? 'Failure'}: ${error.message}`;
  if (error instanceof TimeoutFailure) return `TimedOut: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
