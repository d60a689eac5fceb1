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
  readonly part: string;
  /** Surrogates of the people whose rows go. */
  readonly patients: readonly number[];
  readonly legalBasis: string;
}

/**
 * Takes people's rows out of one partition of stored snapshots. A statement that the old content became the new one is
 * recorded with both people's actions, the old bytes are destroyed, and with them everything derived, which is made again
 * from what is left. Cut short after the statement, the same call finishes the destruction.
 * @throws UtplukkError NotFound for an unknown partition, InvalidInput for one without people, Conflict where nobody of them is in it
 */
export async function redactPartition(
  { db, store }: { db: Db; store: ArtifactStore },
  { asked, approved }: { asked: AuditContext; approved: AuditContext },
  request: RedactionRequest,
  at: Date,
): Promise<{ rowsRemoved: number; newLogical: string }> {
  const old = partOf(await readManifest(db, store, request.snapshotId), request);
  const made = await withoutPeople(store, old, request.patients);
  if (made.removed === 0) return finish(db, store, asked, request);
  await db.transaction(async (tx) => {
    await tx('ml.redaction').insert({
      redaction_id: randomUUID(),
      dataset: request.dataset,
      part: request.part,
      old_logical_sha256: old.logical,
      old_file_sha256: old.file,
      new_logical_sha256: made.logical,
      new_file_sha256: made.file,
      new_rows: made.rows,
      rows_removed: made.removed,
      legal_basis: request.legalBasis,
      asked_action: asked.actionId,
      approved_action: approved.actionId,
      at,
    });
    await tx('ml.partition').where({ file_sha256: old.file }).delete(); // no later snapshot may find the old bytes again
    await append(
      tx,
      approved,
      {
        event: 'partition.redacted',
        subject: { kind: 'partition', id: `${request.dataset}/${request.part}` },
        before: old.logical,
        after: made.logical,
        rows: { count: made.removed, root: made.file },
      },
      at,
    );
  });
  destroy(store, old.file);
  return { rowsRemoved: made.removed, newLogical: made.logical };
}

/** Nobody named is left: the statement stands already, if this action made it, and only the destruction may be owed. */
async function finish(
  db: Db,
  store: ArtifactStore,
  asked: AuditContext,
  { dataset, part }: RedactionRequest,
): Promise<{ rowsRemoved: number; newLogical: string }> {
  const before = await db('ml.redaction')
    .where({ dataset, part, asked_action: asked.actionId })
    .orderBy('at', 'desc')
    .first<RedactionRow | undefined>();
  if (!before) throw conflict(`${dataset} ${part} holds no row of the people named`, 'Nothing was changed.');
  destroy(store, before.old_file_sha256);
  return { rowsRemoved: Number(before.rows_removed), newLogical: before.new_logical_sha256 };
}

interface RedactionRow {
  readonly old_file_sha256: string;
  readonly new_logical_sha256: string;
  readonly rows_removed: string;
}

function destroy(store: ArtifactStore, file: string): void {
  store.destroy(file);
  store.destroyDerived();
}

function partOf(manifest: Manifest, { snapshotId, dataset, part }: RedactionRequest): PartitionRef {
  const found = manifest.datasets.find(({ name }) => name === dataset);
  const ref = found?.parts.find((p) => p.part === part);
  if (!found || !ref)
    throw notFound(`snapshot ${snapshotId} has no partition ${dataset} ${part}`, 'Its manifest lists them.');
  if (!found.columns.some(([name]) => name === 'patient_key'))
    throw invalid(`${dataset} names no people: there is nothing to redact`);
  return ref;
}

async function withoutPeople(store: ArtifactStore, old: PartitionRef, patients: readonly number[]) {
  const [parquet, csv] = [store.temporary('.parquet'), store.temporary('.csv')];
  const source = `read_parquet(${quote(store.existing(old.file))})`;
  const kept = `select * from ${source} where patient_key not in (${patients.map((key) => String(BigInt(key))).join(', ')})`;
  try {
    return await withDuckDb(store.temporary(), async (duck) => {
      await duck.run(`copy (${kept}) to ${quote(parquet)} ${PARQUET}`);
      await duck.run(`copy (from read_parquet(${quote(parquet)})) to ${quote(csv)} (format csv, header false)`);
      const rows = Number(
        (await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`)).getRows()[0]?.[0],
      );
      return { rows, removed: old.rows - rows, logical: await sha256File(csv), file: await store.putFile(parquet) };
    });
  } finally {
    for (const file of [parquet, csv]) fs.rmSync(file, { force: true });
  }
}
