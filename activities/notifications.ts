import { getRequest } from '../platform/db/stores/promotions';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

/**
 * Tells approvers about a request that is still open. Equal messages have an equal key, so receivers can drop
 * repeats.
 */
export const notificationActivities = ({
  db,
  notifier,
  clock,
}: ActivityDependencies): Pick<LifecycleActivities, 'notifyApprovers'> => ({
  async notifyApprovers({ requestId, kind }) {
    const { state, expiresAt, versionId, slot } = await getRequest(db, requestId);
    if (state !== 'open') return;
    const until = expiresAt.toISOString();
    const start = kind === 'decision-reminder' ? 'Reminder: a' : 'A';
    const subject = `${start} model version waits for your decision before ${until}`;
    const text = [
      `Request ${requestId} asks for version ${versionId} to go live in ${slot}.`,
      `It expires at ${until}; neither its requester nor the trainer of the version can approve it.`,
      `Details: utplukk promotion show ${requestId}`,
    ].join('\n');
    await notifier.send({ kind, role: 'approver', subject, text }, clock());
  },
});
