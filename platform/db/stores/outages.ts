import { randomUUID } from 'node:crypto';
import type { Db } from '../../postgres/connection';

/** A server did not answer an activity for a while and then did. Instants are ISO 8601 text. */
export interface Outage {
  readonly activity: string;
  readonly workflowId: string;
  /** Error code of the last failed attempt. */
  readonly code: string;
  readonly since: string;
  readonly failures: number;
  readonly answeredAt: string;
}

/** An observation, not a change: it has a row and no ledger entry. The same outage seen twice is one row. */
export async function recordOutage(db: Db, outage: Outage): Promise<void> {
  await db.raw(
    `insert into ops.source_outage
        (outage_id, activity, workflow_id, code, first_failed_at, answered_at, failures)
      values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [randomUUID(), outage.activity, outage.workflowId, outage.code, outage.since, outage.answeredAt, outage.failures],
  );
}
