import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { recordOutage } from '../../platform/db/stores/outages';
import type { ActivityDependencies } from '../deps';
import { ErrorInterceptor } from './errors';
import { OutageInterceptor } from './outages';

/**
 * What every activity of a worker runs through, outermost first: errors become Temporal failures, and outages are
 * seen on the errors as they were thrown.
 */
export const activityInterceptors = ({ db }: Pick<ActivityDependencies, 'db'>): ActivityInterceptorsFactory[] => [
  (context) => ({ inbound: new ErrorInterceptor(context) }),
  (context) => ({ inbound: new OutageInterceptor(context, (outage) => recordOutage(db, outage)) }),
];
