import { evaluateJob, familyOf } from '../compute/job-inputs';
import { spawnJob } from '../compute/spawn-job';
import { recordEvaluation } from '../platform/db/stores/evaluation';
import { getRun } from '../platform/db/stores/runs';
import { foldResults, type FoldRow } from '../platform/db/stores/training';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** Evaluates all folds of a run in a child process, and records metrics and document once. */
export const evaluationActivities = (deps: ActivityDependencies): Pick<TrainingActivities, 'evaluateRun'> => ({
  evaluateRun: ({ runId, matrixId }) =>
    withHeartbeat(async (signal) => {
      const run = await getRun(deps.db, runId);
      const { result } = await spawnJob<'evaluate'>(await evaluateJob(deps, run, matrixId), signal);
      const { documentSha256, calibrators, rows } = result;
      const { actionId } = run;
      const at = deps.clock();
      await recordEvaluation(deps.db, { actionId, runId, matrixId, documentSha256, calibrators, rows, at });
      return { metrics: rows.length };
    }),
});

/** Validation loss over folds, weighted by training rows: the first folds validate on a handful. */
function meanValidationLoss(folds: readonly FoldRow[], family: string): number {
  const own = folds.filter((row) => row.family === family);
  const weight = own.reduce((sum, { result }) => sum + result.trainRows, 0);
  return own.reduce((sum, { result }) => sum + result.validationLoss * result.trainRows, 0) / weight;
}

/**
 * The family that the version to be frozen comes from. Test rows never take part; the experiment's order breaks
 * ties.
 */
export const familyActivities = ({ db }: ActivityDependencies): Pick<LifecycleActivities, 'selectFamily'> => ({
  async selectFamily({ runId }) {
    const { experiment } = (await getRun(db, runId)).input;
    if (experiment.selectFamily !== 'by-validation-loss')
      return { family: familyOf(experiment, experiment.selectFamily).family };
    const folds = await foldResults(db, runId);
    const [best] = experiment.families
      .map(({ family }) => ({ family, loss: meanValidationLoss(folds, family) }))
      .sort((a, b) => a.loss - b.loss);
    return { family: best!.family };
  },
});
