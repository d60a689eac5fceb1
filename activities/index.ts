import { Context } from '@temporalio/activity';
import { atBoundary, heartbeating } from './boundary';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { Deps } from './deps';
import { featureActivities, featurePlanActivities } from './features';
import { promotionActivities } from './promotion';
import { reproductionActivities } from './reproduction';
import { runActivities } from './runs';
import { scoringActivities, shardActivities } from './scoring';
import { selectionActivities } from './selection';
import { trainingActivities } from './training';

export function createLifecycleActivities(deps: Deps): LifecycleActivities {
  return atBoundary({
    ...runActivities(deps),
    ...featurePlanActivities(deps),
    ...promotionActivities(deps),
    ...scoringActivities(deps),
    ...selectionActivities(deps),
    ...reproductionActivities(deps),
    /** MLflow refusing a call is retried too: what it dislikes today a person may mend by tomorrow. */
    drainMlflowOutbox: () => heartbeating(() => deps.mirror.drain(() => Context.current().heartbeat())),
  });
}

export function createTrainingActivities(deps: Deps): TrainingActivities {
  return atBoundary({ ...trainingActivities(deps), ...featureActivities(deps), ...shardActivities(deps) });
}
