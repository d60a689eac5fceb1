import { setWorkflowOptions, workflowInfo } from '@temporalio/workflow';
import { type ReproducibleKind, STAGE_STEPS, type StageKind, type StageResult } from '../domain/reproduction';
import { compute, db } from './activity-proxies';
import { reportProgress } from './progress';

export interface ReproduceInput {
  readonly kind: ReproducibleKind;
  readonly id: string;
  /** The verified action; a schedule leaves it out. */
  readonly actionId?: string;
}
export interface ReproduceVerdict {
  readonly same: boolean;
  readonly firstDifference: StageKind | undefined;
  readonly stages: readonly StageResult[];
}

/** Reproduces a thing stage by stage from its stored inputs, and names the first stage whose result differs. */
setWorkflowOptions({ versioningBehavior: 'PINNED', failureExceptionTypes: [Error] }, reproduce);
export async function reproduce({ kind, id, ...input }: ReproduceInput): Promise<ReproduceVerdict> {
  const progress = reportProgress('planning');
  const actionId = input.actionId ?? (await scheduledAction());
  const { stages } = await db.planReproduction({ kind, id });
  const results: StageResult[] = [];
  for (const stage of stages) {
    progress.enter(STAGE_STEPS[stage.stage]);
    results.push(await compute.reproduceStage(stage));
  }
  progress.enter('reproduction');
  await db.recordReproduction({ actionId, kind, id, results });
  progress.end('finished');
  const first = results.find((result) => !result.same);
  return { same: first === undefined, firstDifference: first?.stage, stages: results };
}

async function scheduledAction(): Promise<string> {
  const purpose = `scheduled reproduction of all live versions at ${workflowInfo().startTime.toISOString()}`;
  return (await db.startScheduledAction({ purpose })).actionId;
}
