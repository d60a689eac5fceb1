import { ActivityFailure, ApplicationFailure, ChildWorkflowFailure } from '@temporalio/workflow';

/** The words of the innermost failure: what a person needs, without the wrappings. Messages hold ids and settings only. */
export function problemOf(error: unknown): string {
  if ((error instanceof ActivityFailure || error instanceof ChildWorkflowFailure) && error.cause)
    return problemOf(error.cause);
  if (error instanceof ApplicationFailure) return `${error.type ?? 'Failure'}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
