import { randomUUID } from 'node:crypto';
import { withErrorBoundary, beat, withHeartbeat, type Outage } from './interceptors';
import { getRequest } from '../platform/db/stores/promotions';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { postDeploymentActivities, postDeploymentComputeActivities } from './post-deployment-evaluation';
import { featureActivities, featurePlanActivities } from './features';
import { promotionActivities } from './promotion';
import { reproductionPlanActivities, reproductionStageActivities } from './reproduction';
import { runActivities } from './runs';
import { scoringActivities, shardActivities } from './scoring';
import { selectionActivities } from './selection';
import { trainingActivities } from './training';

export function createLifecycleActivities(deps: ActivityDependencies): LifecycleActivities {
  const activities: LifecycleActivities = {
    ...runActivities(deps),
    ...featurePlanActivities(deps),
    ...promotionActivities(deps),
    ...scoringActivities(deps),
    ...postDeploymentActivities(deps),
    ...selectionActivities(deps),
    ...reproductionPlanActivities(deps),
    /** MLflow refusing a call is retried too: what it dislikes today a person may mend by tomorrow. */
    watchMlflow: () =>
      withHeartbeat(async () => {
        const found = await deps.watch.look(() => deps.startServiceAction('watching MLflow'), deps.clock());
        return { deviations: found.length };
      }),
    async notifyApprovers({ requestId, kind }) {
      const request = await getRequest(deps.db, requestId);
      if (request.state !== 'open') return;
      const until = request.expiresAt.toISOString();
      const subject = `${kind === 'decision-reminder' ? 'Reminder: a' : 'A'} model version waits for your decision before ${until}`;
      const text = `Request ${requestId} asks for version ${request.versionId} to go live in ${request.slot}.\nIt expires at ${until}; nobody who asked or trained can approve it.\nLook: utplukk show ${requestId}`;
      await deps.notifier.tell({ kind, role: 'approver', subject, text }, deps.clock());
    },
    drainMlflowOutbox: () => withHeartbeat(() => deps.mirror.drain(beat)),
  };
  return withErrorBoundary(activities, recordOutage(deps));
}

export function createTrainingActivities(deps: ActivityDependencies): TrainingActivities {
  return withErrorBoundary(
    {
      ...trainingActivities(deps),
      ...featureActivities(deps),
      ...shardActivities(deps),
      ...reproductionStageActivities(deps),
      ...postDeploymentComputeActivities(deps),
    },
    recordOutage(deps),
  );
}

/** An observation, not a change: it has a row and no ledger entry. The same outage seen twice is one row. */
const recordOutage =
  ({ db }: ActivityDependencies) =>
  async (outage: Outage): Promise<void> => {
    await db.raw(
      'insert into ops.source_outage (outage_id, activity, workflow_id, code, first_failed_at, answered_at, failures) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
      [randomUUID(), outage.activity, outage.workflowId, outage.code, outage.since, outage.answeredAt, outage.failures],
    );
  };
