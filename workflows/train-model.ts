import { toInstant } from '../domain/time/instant';
import { CancellationScope, isCancellation, setWorkflowOptions } from '@temporalio/workflow';
import type { RunPlan, TrialTask } from '../activities/contracts';
import { compute, db, longRunning } from './activity-proxies';
import { rootCause } from './failures';
import { startMirror } from './mirror-mlflow';
import { type ProgressReport, reportProgress } from './progress';

export interface TrainModelInput {
  readonly runId: string;
  readonly actionId: string;
}
export interface TrainModelResult {
  readonly versionId: string;
  readonly matrixId: string;
  readonly snapshotId?: string;
}

/** From the register or a prepared table to a frozen model version. */
setWorkflowOptions({ versioningBehavior: 'PINNED', failureExceptionTypes: [Error] }, trainModel);
export async function trainModel(input: TrainModelInput): Promise<TrainModelResult> {
  const { runId } = input;
  const progress = reportProgress('planning');
  try {
    const result = await train(input, progress);
    await db.closeRun({ runId, state: 'finished' });
    await startMirror();
    progress.end('finished');
    return result;
  } catch (error) {
    const state = isCancellation(error) ? 'cancelled' : 'failed';
    await CancellationScope.nonCancellable(() => db.closeRun({ runId, state, problem: rootCause(error) }));
    throw error;
  }
}

async function train({ runId, actionId }: TrainModelInput, progress: ProgressReport): Promise<TrainModelResult> {
  const plan = await db.planRun({ runId });
  const { snapshotId, matrixId } = await trainingMatrix({ runId, actionId, plan }, progress);
  progress.enter('leakage');
  await compute.checkLeakage({ runId, matrixId, snapshotId });
  const populations =
    snapshotId && plan.population
      ? await populationMatrices({ actionId, snapshotId, folds: plan.folds }, progress)
      : new Map<string, string>();
  const populationOf = (foldId: string) => {
    const populationId = populations.get(foldId);
    return populationId ? { populationId } : {};
  };
  if (plan.tuning)
    await tune({ runId, matrixId, ...populationOf(plan.folds[0]!.id) }, plan.families, plan.tuning, progress);
  const tasks = plan.folds.flatMap(({ id }) =>
    plan.families.map((family) => ({ runId, matrixId, fold: id, family, ...populationOf(id) })),
  );
  progress.enter('training', tasks.length);
  await Promise.all(tasks.map((task) => counted(compute.trainFold(task), progress)));
  progress.enter('evaluation');
  await compute.evaluateRun({ runId, matrixId });
  const { family } = await db.selectFamily({ runId });
  progress.enter('registration');
  const final = await compute.trainFinal({ runId, matrixId, family });
  const { versionId } = await db.registerVersion({ runId, family, final });
  return { versionId, matrixId, ...(snapshotId === undefined ? {} : { snapshotId }) };
}

async function counted(work: Promise<unknown>, progress: ProgressReport): Promise<void> {
  await work;
  progress.advance();
}

async function trainingMatrix(
  { runId, actionId, plan }: TrainModelInput & { plan: RunPlan },
  progress: ProgressReport,
): Promise<{ snapshotId: string | undefined; matrixId: string }> {
  if (plan.source === 'table') {
    progress.enter('features');
    return { snapshotId: undefined, matrixId: (await longRunning.buildTrainingTable({ runId })).matrixId };
  }
  progress.enter('extraction');
  const { snapshotId } = await longRunning.extractSnapshot({ actionId, asOf: plan.asOf! });
  progress.enter('features');
  await computeFeatures(runId, snapshotId, progress);
  const { matrixId } = await longRunning.buildTrainingMatrix({ runId, snapshotId });
  progress.enter('labels');
  await longRunning.recordLabelRevisions({ actionId, matrixId });
  return { snapshotId, matrixId };
}

/** Features in batches that the workers share; building the matrix then finds them all. */
async function computeFeatures(runId: string, snapshotId: string, progress: ProgressReport): Promise<void> {
  const { months, dates } = await longRunning.planFeatures({ runId, snapshotId });
  progress.enter('features', months.length + dates.length);
  const rollups = months.map((batch) => compute.computeMonthlyRollups({ snapshotId, months: batch }));
  await Promise.all(rollups.map((work) => counted(work, progress)));
  const features = dates.map((batch) => compute.computeFeatures({ snapshotId, dates: batch }));
  await Promise.all(features.map((work) => counted(work, progress)));
}

/** All active providers at the start of each test part, labeled or not: what a list would be drawn from. */
async function populationMatrices(
  { actionId, snapshotId, folds }: { actionId: string; snapshotId: string; folds: RunPlan['folds'] },
  progress: ProgressReport,
): Promise<Map<string, string>> {
  progress.enter('population', folds.length);
  const matrices = new Map<string, string>();
  for (const { id, testFrom } of folds) {
    const asOf = toInstant(`${testFrom}T12:00:00Z`, 'noon of the first test day');
    const { matrixId } = await longRunning.buildPopulationMatrix({ actionId, snapshotId, asOf });
    matrices.set(id, matrixId);
    progress.advance();
  }
  return matrices;
}

/** Trials on the queue at once: more than the workers take, so that no worker is idle. */
const CONCURRENT_TRIALS = 8;

/**
 * Trials of every family run on any free worker. A finished trial is a row, so a crash loses only trials in flight.
 * After `minutes` no trial starts, and the best of those that ran is used.
 */
async function tune(
  task: Omit<TrialTask, 'family' | 'trial'>,
  families: RunPlan['families'],
  { trials, minutes }: NonNullable<RunPlan['tuning']>,
  progress: ProgressReport,
): Promise<void> {
  // Trial 0 of every family first: within any budget, each family is tried with the settings of the experiment.
  const queue = Array.from({ length: trials }, (_, trial) =>
    families.map((family) => ({ ...task, family, trial })),
  ).flat();
  // Date.now() is workflow time, the same in a replay.
  const until = minutes === undefined ? Number.POSITIVE_INFINITY : Date.now() + minutes * 60_000;
  progress.enter('tuning', queue.length);
  const work = async () => {
    for (let next = queue.shift(); next && (next.trial === 0 || Date.now() < until); next = queue.shift())
      await counted(compute.runTrial(next), progress);
  };
  await Promise.all(Array.from({ length: CONCURRENT_TRIALS }, work));
}
