import { reproduceStage } from '../compute/reproduce-stage';
import { UtplukkError } from '../domain/errors';
import { reproductionPlan } from '../platform/db/read-models/reproduction-plan';
import { recordReproduction } from '../platform/db/stores/reproduction';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** What a thing was made of, and the record of what came of reproducing it: one entry for the action that asked. */
export const reproductionActivities = (
  deps: ActivityDependencies,
): Pick<LifecycleActivities, 'planReproduction' | 'recordReproduction'> => ({
  planReproduction: async ({ kind, id }) => ({ stages: await reproductionPlan(deps, kind, id) }),
  recordReproduction: (done) => recordReproduction(deps.db, { ...done, at: deps.clock() }),
});

/** One stage, on the queue for computing. */
export const reproductionStageActivities = (
  deps: ActivityDependencies,
): Pick<TrainingActivities, 'reproduceStage'> => ({
  reproduceStage: (stage) =>
    withHeartbeat(async (signal) => {
      try {
        return await reproduceStage(deps, stage, signal);
      } catch (error) {
        // Bytes that do not match their hash, or are gone: that is a result, not a failure.
        if (error instanceof UtplukkError && (error.type === 'ContentMismatch' || error.type === 'NotFound'))
          return { ...stage, same: false, detail: error.message };
        throw error;
      }
    }),
});
