import { ParentClosePolicy, setHandler, setWorkflowOptions, startChild, workflowInfo } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { TableRef } from '../activities/contracts';
import { roundId } from '../domain/rules/workflow-ids';
import { compute, db, longRunning } from './activity-proxies';
import { type Progress, progressQuery } from './messages';
import { selectionRound } from './selection-round';

export interface RescoreInput {
  readonly slot: string;
  readonly capacity: number;
  readonly seed: number;
  /** Days the draft list waits for its seals. */
  readonly openDays: number;
  readonly shards: number;
  /** A prepared table to score instead of the register; only a version that was trained on such a table can. */
  readonly table?: TableRef;
  /** On demand: the as-of instant and the verified action. A schedule leaves both out. */
  readonly asOf?: string;
  readonly actionId?: string;
}
export interface RescoreResult {
  readonly scoringId: string;
  readonly roundId: string;
  readonly versionId: string;
  readonly asOf: string;
}

/** The nominal time of a schedule, never the clock: a late or repeated start scores the same instant. */
function nominalTime(): string {
  const value = workflowInfo().searchAttributes['TemporalScheduledStartTime']?.[0];
  if (!(value instanceof Date)) throw new Error('rescore was started without an as-of instant and not by a schedule');
  return value.toISOString();
}

/** The champion scores the whole population as of an instant, in shards; a selection round follows. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, rescore);
export async function rescore(input: RescoreInput): Promise<RescoreResult> {
  let progress: Progress = { step: 'champion', done: 0, total: 1 };
  setHandler(progressQuery, () => progress);
  const asOf = input.asOf ?? nominalTime();
  const { slot } = input;
  const actionId = input.actionId ?? (await db.startScheduledAction({ slot, asOf })).actionId;
  const { versionId } = await db.findChampion({ slot });
  const enter = (step: string) => (progress = { step, done: 0, total: 1 });
  let matrixId: string;
  if (input.table) {
    enter('features');
    ({ matrixId } = await longRunning.buildTablePopulation({ actionId, asOf, table: input.table }));
  } else {
    enter('extraction');
    const { snapshotId } = await longRunning.extractSnapshot({ actionId, asOf });
    enter('features');
    ({ matrixId } = await longRunning.buildPopulationMatrix({ actionId, snapshotId, asOf }));
  }
  progress = { step: 'scoring', done: 0, total: input.shards };
  const shards = await Promise.all(
    Array.from({ length: input.shards }, async (_, shard) => {
      const { scoresSha256 } = await compute.scoreShard({ versionId, matrixId, shard, of: input.shards });
      progress = { ...progress, done: progress.done + 1 };
      return scoresSha256;
    }),
  );
  const { scoringId } = await db.recordScoring({ actionId, slot, versionId, matrixId, asOf, shards });
  progress = { step: 'selection', done: 0, total: 1 };
  const workflowId = roundId(scoringId);
  try {
    await startChild(selectionRound, {
      workflowId,
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      args: [{ actionId, scoringId, capacity: input.capacity, seed: input.seed, openDays: input.openDays }],
    });
  } catch (error) {
    // The same version scored the same population before: its round exists, and one list is enough.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
  progress = { step: 'finished', done: 1, total: 1 };
  return { scoringId, roundId: workflowId, versionId, asOf };
}
