import type { Tx } from '../../postgres/connection';

/** Queues a change for the MLflow mirror; it commits with the change itself. */
export async function toMirror(tx: Tx, kind: 'run' | 'version' | 'champion', subjectId: string): Promise<void> {
  await tx.raw('insert into ml.mirror_outbox (kind, subject_id, made_at) values (?, ?, clock_timestamp())', [
    kind,
    subjectId,
  ]);
}
