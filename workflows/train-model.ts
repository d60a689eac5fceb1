import {
  CancellationScope,
  isCancellation,
  ParentClosePolicy,
  setHandler,
  setWorkflowOptions,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import type { RunPlan, TrialTask } from '../activities/contracts';
import { MIRROR_ID } from '../domain/rules/workflow-ids';
import { compute, db, longRunning } from './activity-proxies';
import { problemOf } from './failures';
import { mirrorMlflow } from './mirror-mlflow';
import { type Progress, progressQuery } from './messages';

export interface TrainModelInput {
  readonly runId: string;
  readonly actionId: string;
}
export interface TrainModelResult {
  readonly versionId: string;
  readonly matrixId: string;
  readonly snapshotId?: string;
}

/** Extraction, features, one training activity per fold and family, evaluation, candidate, frozen version. */
setWorkflowOptions({ versioningBehavior: 'PINNED' }, trainModel);
export async function trainModel(input: TrainModelInput): Promise<TrainModelResult> {
  let progress: Progress = { step: 'planning', done: 0, total: 1 };
  setHandler(progressQuery, () => progress);
  const enter = (step: string, total = 1) => (progress = { step, done: 0, total });
  const { runId, actionId } = input;
  try {
    const plan = await db.planRun({ runId });
    let snapshotId: string | undefined;
    let matrixId: string;
    if (plan.source === 'register') {
      enter('extraction');
      ({ snapshotId } = await longRunning.extractSnapshot({ actionId, asOf: plan.asOf! }));
      enter('features');
      await makeFeatures(runId, snapshotId, (done, total) => (progress = { step: 'features', done, total }));
      ({ matrixId } = await longRunning.buildCasesMatrix({ runId, snapshotId }));
    } else {
      enter('features');
      ({ matrixId } = await longRunning.buildTableMatrix({ runId }));
    }
    enter('leakage');
    await compute.checkLeakage({ runId, matrixId, snapshotId });
    const populations =
      snapshotId && plan.population
        ? await makePopulations(actionId, snapshotId, plan.folds, enter)
        : new Map<string, string>();
    if (plan.tuning) {
      const populationId = populations.get(plan.folds[0]!.id);
      const of = { runId, matrixId, ...(populationId ? { populationId } : {}) };
      await tune(of, plan.families, plan.tuning, (done, total) => (progress = { step: 'tuning', done, total }));
    }
    const tasks = plan.folds.flatMap((fold) => {
      const populationId = populations.get(fold.id);
      return plan.families.map((family) => ({
        runId,
        matrixId,
        fold: fold.id,
        family,
        ...(populationId ? { populationId } : {}),
      }));
    });
    enter('training', tasks.length);
    await Promise.all(
      tasks.map(async (task) => {
        await compute.trainFold(task);
        progress = { ...progress, done: progress.done + 1 };
      }),
    );
    enter('evaluation');
    await compute.evaluateRun({ runId, matrixId });
    const { family } = await db.chooseCandidate({ runId });
    enter('candidate');
    const final = await compute.trainFinal({ runId, matrixId, family });
    const { versionId } = await db.registerVersion({ runId, family, final });
    await db.closeRun({ runId, state: 'finished' });
    await startMirror();
    progress = { step: 'finished', done: 1, total: 1 };
    return { versionId, matrixId, ...(snapshotId === undefined ? {} : { snapshotId }) };
  } catch (error) {
    const cancelled = isCancellation(error);
    await CancellationScope.nonCancellable(() =>
      db.closeRun({ runId, state: cancelled ? 'cancelled' : 'failed', problem: problemOf(error) }),
    );
    throw error;
  }
}

/** Trials on the queue at once: more than workers take, so that none of them waits. */
const TRIALS_AT_ONCE = 8;

/**
 * Settings of every family, tried by whoever has time; each is a row once it is fitted, so a worker or server that goes
 * away costs the fit it was in. After `minutes` no trial begins, and the best of those that did is used.
 */
async function tune(
  of: Omit<TrialTask, 'family' | 'trial'>,
  families: RunPlan['families'],
  { trials, minutes }: NonNullable<RunPlan['tuning']>,
  report: (done: number, total: number) => void,
): Promise<void> {
  // Trial 0 of every family first: whatever the budget, each has the setting that it was given.
  const queue = Array.from({ length: trials }, (_, trial) =>
    families.map((family) => ({ ...of, family, trial })),
  ).flat();
  const total = queue.length;
  const until = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000; // workflow time, the same in a replay
  let done = 0;
  report(done, total);
  const work = async () => {
    for (let next = queue.shift(); next && (next.trial === 0 || Date.now() < until); next = queue.shift()) {
      await compute.runTrial(next);
      report(++done, total);
    }
  };
  await Promise.all(Array.from({ length: TRIALS_AT_ONCE }, work));
}

/** All active providers at the start of each test part, controlled or not: what a list would really be drawn from. */
async function makePopulations(
  actionId: string,
  snapshotId: string,
  folds: RunPlan['folds'],
  enter: (step: string, total: number) => void,
): Promise<Map<string, string>> {
  enter('population', folds.length);
  const made = new Map<string, string>();
  for (const { id, testFrom } of folds) {
    const { matrixId } = await longRunning.buildPopulationMatrix({
      actionId,
      snapshotId,
      asOf: `${testFrom}T12:00:00Z`,
    });
    made.set(id, matrixId);
  }
  return made;
}

/** Features in lots that the workers share; the matrix then finds them all made. */
async function makeFeatures(
  runId: string,
  snapshotId: string,
  report: (done: number, total: number) => void,
): Promise<void> {
  const { months, dates } = await longRunning.planFeatures({ runId, snapshotId });
  const total = months.length + dates.length;
  let done = 0;
  const counted = async (work: Promise<void>) => {
    await work;
    report(++done, total);
  };
  report(0, total);
  await Promise.all(months.map((lot) => counted(compute.deriveMonths({ snapshotId, months: lot }))));
  await Promise.all(dates.map((lot) => counted(compute.computeFeatures({ snapshotId, dates: lot }))));
}

/** MLflow hears of it by a workflow of its own, which nobody waits for; one that runs already picks the news up. */
export async function startMirror(): Promise<void> {
  try {
    await startChild(mirrorMlflow, { workflowId: MIRROR_ID, parentClosePolicy: ParentClosePolicy.ABANDON, args: [] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
