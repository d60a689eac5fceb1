import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import { conflict, invalid, notFound } from '../../domain/errors';
import { sha256File } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import type { Db } from '../postgres/connection';
import { type AuditContext, append } from '../ledger/append';
import type { Manifest, PartitionRef } from './datasets';
import { PARQUET, quote, withDuckDb } from '../duckdb/duckdb';
import { readManifest } from './manifests';

export interface RedactionRequest {
  readonly snapshotId: string;
  readonly dataset: string;
  readonly partition: string;
  /** Pseudonyms (`patient_key`) of the people whose rows are removed. */
  readonly patients: readonly number[];
  readonly legalBasis: string;
}

/**
 * Removes people's rows from one partition of stored snapshots. A statement that the old content became the new one is
 * recorded with the actions of the requester and the approver. The old file is destroyed, and so are all derived
 * tables, which are rebuilt on demand from what is left. If the call is interrupted after the statement, repeating it
 * finishes the destruction.
 * @throws UtplukkError NotFound for an unknown partition, InvalidInput for a dataset without people, Conflict where
 *   none of
 *   the people is in it
 */
export async function redactPartition(
  { db, store }: { db: Db; store: ArtifactStore },
  { requested, approved }: { requested: AuditContext; approved: AuditContext },
  request: RedactionRequest,
  at: Date,
): Promise<{ rowsRemoved: number; newContentHash: string }> {
  const old = findPartition(await readManifest(db, store, request.snapshotId), request);
  const redacted = await removeRows(store, old, request.patients);
  if (redacted.removed === 0) return finishDestruction(db, store, requested, request);
  await db.transaction(async (tx) => {
    await tx('ml.redaction').insert({
      redaction_id: randomUUID(),
      dataset: request.dataset,
      partition_key: request.partition,
      old_content_sha256: old.contentHash,
      old_file_sha256: old.file,
      new_content_sha256: redacted.contentHash,
      new_file_sha256: redacted.file,
      new_rows: redacted.rows,
      rows_removed: redacted.removed,
      legal_basis: request.legalBasis,
      requested_action: requested.actionId,
      approved_action: approved.actionId,
      at,
    });
    await tx('ml.partition').where({ file_sha256: old.file }).delete(); // no later snapshot may reuse the old file
    await append(
      tx,
      approved,
      {
        event: 'partition.redacted',
        subject: { kind: 'partition', id: `${request.dataset}/${request.partition}` },
        before: old.contentHash,
        after: redacted.contentHash,
        rows: { count: redacted.removed, root: redacted.file },
      },
      at,
    );
  });
  destroy(store, old.file);
  return { rowsRemoved: redacted.removed, newContentHash: redacted.contentHash };
}

/**
 * No row of these people is left: if this action recorded the statement earlier, only the destruction may be missing.
 */
async function finishDestruction(
  db: Db,
  store: ArtifactStore,
  requested: AuditContext,
  { dataset, partition }: RedactionRequest,
): Promise<{ rowsRemoved: number; newContentHash: string }> {
  const before = await db('ml.redaction')
    .where({ dataset, partition_key: partition, requested_action: requested.actionId })
    .orderBy('at', 'desc')
    .first<RedactionRow | undefined>();
  if (!before) throw conflict(`${dataset} ${partition} holds no row of the people named`, 'Nothing was changed.');
  destroy(store, before.old_file_sha256);
  return { rowsRemoved: Number(before.rows_removed), newContentHash: before.new_content_sha256 };
}

interface RedactionRow {
  readonly old_file_sha256: string;
  readonly new_content_sha256: string;
  readonly rows_removed: string;
}

function destroy(store: ArtifactStore, file: string): void {
  store.destroy(file);
  store.destroyDerived();
}

function findPartition(manifest: Manifest, { snapshotId, dataset, partition }: RedactionRequest): PartitionRef {
  const found = manifest.datasets.find(({ name }) => name === dataset);
  const ref = found?.partitions.find((candidate) => candidate.partition === partition);
  if (!found || !ref)
    throw notFound(`snapshot ${snapshotId} has no partition ${dataset} ${partition}`, 'Its manifest lists them.');
  if (!found.columns.some(([name]) => name === 'patient_key'))
    throw invalid(`${dataset} has no column of people: there is nothing to redact`);
  return ref;
}

async function removeRows(store: ArtifactStore, old: PartitionRef, patients: readonly number[]) {
  const [parquet, csv] = [store.temporary('.parquet'), store.temporary('.csv')];
  const source = `read_parquet(${quote(store.existing(old.file))})`;
  const kept = `select * from ${source} where patient_key not in
    (${patients.map((key) => String(BigInt(key))).join(', ')})`;
  try {
    return await withDuckDb(store.temporary(), async (duck) => {
      await duck.run(`copy (${kept}) to ${quote(parquet)} ${PARQUET}`);
      await duck.run(`copy (from read_parquet(${quote(parquet)})) to ${quote(csv)} (format csv, header false)`);
      const rows = Number(
        (await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`)).getRows()[0]?.[0],
      );
      return { rows, removed: old.rows - rows, contentHash: await sha256File(csv), file: await store.putFile(parquet) };
    });
  } finally {
    for (const file of [parquet, csv]) fs.rmSync(file, { force: true });
  }
}
