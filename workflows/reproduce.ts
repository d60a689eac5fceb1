import { setHandler, setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import type { RebuildKind, RebuildStage, StageResult } from '../activities/contracts';
import { computing, quick } from './activity-proxies';
import { type Progress, progressQuery } from './messages';

export interface RebuildInput {
  readonly kind: RebuildKind;
  readonly id: string;
  /** The verified act; a schedule leaves it out. */
  readonly actId?: string;
}
export interface RebuildVerdict {
  readonly same: boolean;
  readonly firstDifference: RebuildStage['stage'] | undefined;
  readonly stages: readonly StageResult[];
}

/** Makes a thing again step by step from its pins, and names the first step whose result differs. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, rebuild);
export async function rebuild(input: RebuildInput): Promise<RebuildVerdict> {
  let progress: Progress = { step: 'planning', done: 0, total: 1 };
  setHandler(progressQuery, () => progress);
  const { kind, id } = input;
  const actId =
    input.actId ??
    (await quick.beginScheduledAct({ slot: 'all live versions', asOf: workflowInfo().startTime.toISOString() })).actId;
  const { stages } = await quick.planRebuild({ kind, id });
  const results: StageResult[] = [];
  for (const stage of stages) {
    progress = { step: stage.stage, done: results.length, total: stages.length };
    results.push(await computing.rebuildStage(stage));
  }
  await quick.recordRebuild({ actId, kind, id, results });
  progress = { step: 'finished', done: stages.length, total: stages.length };
  const first = results.find((result) => !result.same);
  return { same: first === undefined, firstDifference: first?.stage, stages: results };
}
