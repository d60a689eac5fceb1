import { trialJob } from '../compute/job-inputs';
import { spawnJob } from '../compute/spawn-job';
import { getRun } from '../platform/db/stores/runs';
import { recordTrial, trialLoss } from '../platform/db/stores/tuning';
import type { TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** Hyperparameter search: one trial in a child process. A trial that is recorded is not run again. */
export const tuningActivities = (deps: ActivityDependencies): Pick<TrainingActivities, 'runTrial'> => ({
  runTrial: ({ runId, matrixId, family, trial, populationId }) =>
    withHeartbeat(async (signal) => {
      const recorded = await trialLoss(deps.db, { runId, family, trial });
      if (recorded !== undefined) return { validationLoss: recorded };
      const run = await getRun(deps.db, runId);
      const job = await trialJob(deps, run, { matrixId, family, trial, populationId });
      const { result } = await spawnJob<'trial'>(job, signal);
      const { actionId } = run;
      await recordTrial(deps.db, { actionId, runId, family, trial, settings: job.family, result, at: deps.clock() });
      return { validationLoss: result.validationLoss };
    }),
});
