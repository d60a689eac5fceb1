import { auditContextOf } from '../platform/ledger/record';
import { extractSnapshot } from '../platform/snapshots/extract';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** Equal content has the same id: a second run adds neither a row nor a ledger entry. */
export const extractionActivities = ({
  db,
  store,
}: ActivityDependencies): Pick<LifecycleActivities, 'extractSnapshot'> => ({
  extractSnapshot: ({ actionId, asOf }) =>
    withHeartbeat(async () => extractSnapshot({ db, store }, await auditContextOf(db, actionId), { asOf })),
});
