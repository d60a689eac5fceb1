import { finalJob, foldJob, settingsOf } from '../compute/job-inputs';
import { spawnJob } from '../compute/spawn-job';
import { getRun } from '../platform/db/stores/runs';
import { foldDigest, recordFold } from '../platform/db/stores/training';
import type { TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** Fits, each in a child process. Equal inputs give equal bytes, and a fold that is recorded is not fitted again. */
export function trainingActivities(deps: ActivityDependencies): Pick<TrainingActivities, 'trainFold' | 'trainFinal'> {
  const { db, store } = deps;
  return {
    trainFold: ({ runId, matrixId, fold, family, populationId }) =>
      withHeartbeat(async (signal) => {
        const recorded = await foldDigest(db, { runId, fold, family });
        if (recorded !== undefined) return { fold, family, contentSha256: recorded };
        const run = await getRun(db, runId);
        const job = await foldJob(deps, run, { matrixId, fold, family, populationId });
        const { result: computed } = await spawnJob<'fold'>(job, signal);
        const result = { ...computed, ...(populationId === undefined ? {} : { populationMatrixId: populationId }) };
        const { actionId } = run;
        const contentSha256 = await recordFold(db, { actionId, runId, fold, family, result, at: deps.clock() });
        return { fold, family, contentSha256 };
      }),

    trainFinal: ({ runId, matrixId, family }) =>
      withHeartbeat(async (signal) => {
        const run = await getRun(db, runId);
        const job = await finalJob(deps, run, matrixId, await settingsOf(deps, run, family), run.input.experiment.seed);
        const { result, runtime } = await spawnJob<'final'>(job, signal);
        return {
          modelSha256: result.modelSha256,
          weightsSha256: result.weightsSha256,
          runtimeSha256: store.put(JSON.stringify(runtime)),
        };
      }),
  };
}
