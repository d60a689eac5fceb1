import {
  CancellationScope,
  isCancellation,
  ParentClosePolicy,
  patched,
  setHandler,
  setWorkflowOptions,
  startChild,
} from '@temporalio/workflow';
import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { MIRROR_ID } from '../domain/rules/workflow-ids';
import { computing, quick, streaming } from './activity-proxies';
import { problemOf } from './failures';
import { mirrorMlflow } from './mirror-mlflow';
import { type Progress, progressQuery } from './messages';

export interface TrainModelInput {
  readonly runId: string;
  readonly actId: string;
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
  const { runId, actId } = input;
  try {
    const plan = await quick.planRun({ runId });
    let snapshotId: string | undefined;
    let matrixId: string;
    if (plan.source === 'register') {
      enter('extraction');
      ({ snapshotId } = await streaming.extractSnapshot({ actId, asOf: plan.asOf! }));
      enter('features');
      if (patched('feature-lots')) await makeFeatures(runId, snapshotId, (done, total) => (progress = { step: 'features', done, total }));
      ({ matrixId } = await streaming.buildCasesMatrix({ runId, snapshotId }));
    } else {
      enter('features');
      ({ matrixId } = await streaming.buildTableMatrix({ runId }));
    }
    // Runs that began before leak checks existed replay without one.
    if (patched('leak-check')) {
      enter('leak check');
      await computing.checkLeaks({ runId, matrixId, snapshotId });
    }
    const tasks = plan.folds.flatMap((fold) => plan.families.map((family) => ({ runId, matrixId, fold: fold.id, family })));
    enter('training', tasks.length);
    await Promise.all(
      tasks.map(async (task) => {
        await computing.trainFold(task);
        progress = { ...progress, done: progress.done + 1 };
      }),
    );
    enter('evaluation');
    await computing.evaluateRun({ runId, matrixId });
    const { family } = await quick.chooseCandidate({ runId });
    enter('candidate');
    const final = await computing.trainFinal({ runId, matrixId, family });
    const { versionId } = await quick.registerVersion({ runId, family, final });
    await quick.closeRun({ runId, state: 'finished' });
    await startMirror();
    progress = { step: 'finished', done: 1, total: 1 };
    return { versionId, matrixId, ...(snapshotId === undefined ? {} : { snapshotId }) };
  } catch (error) {
    const cancelled = isCancellation(error);
    await CancellationScope.nonCancellable(() =>
      quick.closeRun({ runId, state: cancelled ? 'cancelled' : 'failed', problem: problemOf(error) }),
    );
    throw error;
  }
}

/** Features in lots that the workers share; the matrix then finds them all made. */
async function makeFeatures(runId: string, snapshotId: string, report: (done: number, total: number) => void): Promise<void> {
  const { months, dates } = await streaming.planFeatures({ runId, snapshotId });
  const total = months.length + dates.length;
  let done = 0;
  const counted = async (work: Promise<void>) => {
    await work;
    report(++done, total);
  };
  report(0, total);
  await Promise.all(months.map((lot) => counted(computing.deriveMonths({ snapshotId, months: lot }))));
  await Promise.all(dates.map((lot) => counted(computing.computeFeatures({ snapshotId, dates: lot }))));
}

/** MLflow hears of it by a workflow of its own, which nobody waits for; one that runs already picks the news up. */
export async function startMirror(): Promise<void> {
  try {
    await startChild(mirrorMlflow, { workflowId: MIRROR_ID, parentClosePolicy: ParentClosePolicy.ABANDON, args: [] });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}
