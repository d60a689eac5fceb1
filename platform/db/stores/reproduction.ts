import { notFound } from '../../../domain/errors';
import { digestOf } from '../../artifacts/hash';
import { append } from '../../ledger/append';
import { auditContextOf } from '../../ledger/record';
import type { Db } from '../../postgres/connection';

/** Tables of things that can be reproduced, with the column of their id. */
const TABLES = {
  snapshot: { table: 'ml.snapshot', column: 'snapshot_id' },
  matrix: { table: 'ml.matrix', column: 'matrix_id' },
  'training-run': { table: 'ml.training_run', column: 'run_id' },
  'scoring-run': { table: 'sel.scoring_run', column: 'scoring_id' },
  list: { table: 'sel.list', column: 'list_id' },
} as const;

/**
 * The full id of which six or more leading characters are given.
 * @throws UtplukkError NotFound for none, and for several
 */
export async function fullId(db: Db, kind: keyof typeof TABLES, given: string): Promise<string> {
  const { table, column } = TABLES[kind];
  const ids = /^[0-9a-f-]{6,64}$/.test(given)
    ? await db(table)
        .whereRaw('??::text like ?', [column, `${given}%`])
        .limit(2)
        .pluck<string[]>(column)
    : [];
  if (ids.length > 1) throw notFound(`several ${kind} ids begin with ${given}`, 'Give more characters.');
  if (!ids[0]) throw notFound(`there is no ${kind} ${given}`);
  return ids[0];
}

/** Digest of the stored manifest of a snapshot. */
export async function manifestDigest(db: Db, snapshotId: string): Promise<string> {
  const row = await db('ml.snapshot')
    .where({ snapshot_id: snapshotId })
    .first<{ manifest_sha256: string }>('manifest_sha256');
  return row.manifest_sha256;
}

/** Records what came of a reproduction, once for the action that asked for it. */
export async function recordReproduction(
  db: Db,
  done: { actionId: string; kind: string; id: string; results: readonly { same: boolean }[]; at: Date },
): Promise<void> {
  const event = done.results.every(({ same }) => same) ? 'reproduction.same' : 'reproduction.different';
  await db.transaction(async (tx) => {
    const recorded = await tx('aud.entry').where({ event, action_id: done.actionId }).first<object | undefined>();
    if (recorded) return;
    await append(
      tx,
      await auditContextOf(tx, done.actionId),
      { event, subject: { kind: done.kind, id: done.id || 'live' }, after: digestOf(done.results) },
      done.at,
    );
  });
}
