import { type Instant, instantOf } from '../domain/time/instant';
import { ParentClosePolicy, setWorkflowOptions, startChild, workflowInfo } from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { TableRef } from '../activities/contracts';
import { roundId } from '../domain/rules/workflow-ids';
import { compute, db, longRunning } from './activity-proxies';
import { type ProgressReport, reportProgress } from './progress';
import { selectionRound, type SelectionRoundInput } from './selection-round';

export interface RescoreInput {
  readonly slot: string;
  readonly capacity: number;
  readonly seed: number;
  /** Days that the draft list waits for its sign-offs. */
  readonly openDays: number;
  readonly shards: number;
  /** A prepared table to score instead of the register; only a version that was trained on such a table can. */
  readonly table?: TableRef;
  /** On demand: the as-of instant and the verified action. A schedule leaves both out. */
  readonly asOf?: Instant;
  readonly actionId?: string;
}
export interface RescoreResult {
  readonly scoringId: string;
  readonly roundId: string;
  readonly versionId: string;
  readonly asOf: Instant;
}

/** The nominal time of a schedule, never the clock: a late or repeated start scores the same instant. */
function nominalTime(): Instant {
  const value = workflowInfo().searchAttributes['TemporalScheduledStartTime']?.[0];
  if (!(value instanceof Date)) throw new Error('rescore was started without an as-of instant and not by a schedule');
  return instantOf(value);
}

/** The champion scores the whole population as of an instant, in shards; a selection round follows. */
setWorkflowOptions({ versioningBehavior: 'PINNED', failureExceptionTypes: [Error] }, rescore);
export async function rescore(input: RescoreInput): Promise<RescoreResult> {
  const progress = reportProgress('champion');
  const { slot, table, capacity, seed, openDays } = input;
  const asOf = input.asOf ?? nominalTime();
  const actionId = input.actionId ?? (await scheduledAction(slot, asOf));
  const { versionId } = await db.findChampion({ slot });
  const matrixId = await populationMatrix({ actionId, asOf, table }, progress);
  progress.enter('scoring', input.shards);
  const shards = await Promise.all(
    Array.from({ length: input.shards }, async (_, shard) => {
      const { scoresSha256 } = await compute.scoreShard({ versionId, matrixId, shard, of: input.shards });
      progress.advance();
      return scoresSha256;
    }),
  );
  const { scoringId } = await db.recordScoring({ actionId, slot, versionId, matrixId, asOf, shards });
  progress.enter('selection');
  await startRound({ actionId, scoringId, capacity, seed, openDays });
  progress.end('finished');
  return { scoringId, roundId: roundId(scoringId), versionId, asOf };
}

async function scheduledAction(slot: string, asOf: Instant): Promise<string> {
  return (await db.startScheduledAction({ purpose: `scheduled rescoring of ${slot} as of ${asOf}` })).actionId;
}

async function populationMatrix(
  { actionId, asOf, table }: { actionId: string; asOf: Instant; table: TableRef | undefined },
  progress: ProgressReport,
): Promise<string> {
  if (table) {
    progress.enter('features');
    return (await longRunning.buildPopulationTable({ actionId, asOf, table })).matrixId;
  }
  progress.enter('extraction');
  const { snapshotId } = await longRunning.extractSnapshot({ actionId, asOf });
  progress.enter('features');
  return (await longRunning.buildPopulationMatrix({ actionId, snapshotId, asOf })).matrixId;
}

async function startRound(input: SelectionRoundInput): Promise<void> {
  try {
    await startChild(selectionRound, {
      workflowId: roundId(input.scoringId),
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE_FAILED_ONLY',
      args: [input],
    });
  } catch (error) {
    // The same version scored the same population before: its round exists, and one list is enough.
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
