import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { sendHeartbeat, withHeartbeat } from './interceptors/heartbeat';

/**
 * The MLflow mirror. A call that MLflow refuses is retried too: a person may correct on the server what it objects
 * to.
 */
export const mlflowActivities = (
  deps: ActivityDependencies,
): Pick<LifecycleActivities, 'watchMlflow' | 'drainMlflowOutbox'> => ({
  watchMlflow: () =>
    withHeartbeat(async () => {
      const found = await deps.mlflowReconciler.reconcile(
        () => deps.startServiceAction('watching MLflow'),
        deps.clock(),
      );
      return { deviations: found.length };
    }),

  drainMlflowOutbox: () => withHeartbeat(() => deps.mirror.drain(sendHeartbeat)),
});
