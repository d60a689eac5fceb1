import { foldsOf } from '../domain/rules/training-splits';
import { closeRun, getRun } from '../platform/db/stores/runs';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

type PlanningActivities = Pick<LifecycleActivities, 'planRun' | 'closeRun' | 'startScheduledAction'>;

/** What a run will do, who it acts for, and its end. */
export const planningActivities = ({ db, clock, startServiceAction }: ActivityDependencies): PlanningActivities => ({
  async planRun({ runId }) {
    const { experiment } = (await getRun(db, runId)).input;
    return {
      source: experiment.source.kind,
      asOf: experiment.source.kind === 'register' ? experiment.source.asOf : undefined,
      folds: foldsOf(experiment.split),
      families: experiment.families.map(({ family }) => family),
      population: experiment.evaluation.population,
      ...(experiment.tuning ? { tuning: experiment.tuning } : {}),
    };
  },

  async closeRun({ runId, state, problem }) {
    await closeRun(db, await getRun(db, runId), { state, problem, at: clock() });
  },

  /** The service account signs in; a retry records a second action, which then has no entries. */
  startScheduledAction: async ({ purpose }) => ({ actionId: (await startServiceAction(purpose)).actionId }),
});
