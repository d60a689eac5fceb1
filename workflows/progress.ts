import { setHandler } from '@temporalio/workflow';
import type { ProgressId } from '../domain/steps';
import { type Progress, progressQuery } from './messages';

/** Progress of a workflow, answered by its `progress` query. */
export interface ProgressReport {
  /** Starts a step of `total` parts. */
  enter(step: ProgressId, total?: number): void;
  /** Counts one part of the current step as done. */
  advance(): void;
  /** Ends the workflow in a final state. */
  end(state: ProgressId): void;
}

/** @param first the step that the workflow starts with */
export function reportProgress(first: ProgressId): ProgressReport {
  let progress: Progress = { step: first, done: 0, total: 1 };
  setHandler(progressQuery, () => progress);
  return {
    enter: (step, total = 1) => void (progress = { step, done: 0, total }),
    advance: () => void (progress = { ...progress, done: progress.done + 1 }),
    end: (step) => void (progress = { step, done: 1, total: 1 }),
  };
}
