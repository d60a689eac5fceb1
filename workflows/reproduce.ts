import { setHandler, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { ReproducibleKind, ReproductionStage, StageResult } from '../activities/contracts';
import { compute, db } from './activity-proxies';
import { type Progress, progressQuery } from './messages';

export interface ReproduceInput {
  readonly kind: ReproducibleKind;
  readonly id: string;
  /** The verified action; a schedule leaves it out. */
  readonly actionId?: string;
}
export interface ReproduceVerdict {
  readonly same: boolean;
  readonly firstDifference: ReproductionStage['stage'] | undefined;
  readonly stages: readonly StageResult[];
}

/** Makes a thing again step by step from its pins, and names the first step whose result differs. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, reproduce);
export async function reproduce(input: ReproduceInput): Promise<ReproduceVerdict> {
  let progress: Progress = { step: 'planning', done: 0, total: 1 };
  setHandler(progressQuery, () => progress);
  const { kind, id } = input;
  const actionId =
    input.actionId ??
    (await db.startScheduledAction({ slot: 'all live versions', asOf: workflowInfo().startTime.toISOString() }))
      .actionId;
  const { stages } = await db.planReproduction({ kind, id });
  const results: StageResult[] = [];
  for (const stage of stages) {
    progress = { step: stage.stage, done: results.length, total: stages.length };
    results.push(await compute.reproduceStage(stage));
  }
  await db.recordReproduction({ actionId, kind, id, results });
  progress = { step: 'finished', done: stages.length, total: stages.length };
  const first = results.find((result) => !result.same);
  return { same: first === undefined, firstDifference: first?.stage, stages: results };
}
