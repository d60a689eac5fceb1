import { notFound } from '../../domain/errors';
import type { ArtifactStore } from '../artifacts/store';
import type { Db } from '../postgres/connection';
import type { Manifest, PartitionRef } from './datasets';

interface Redacted {
  readonly old_logical_sha256: string;
  readonly new_logical_sha256: string;
  readonly new_file_sha256: string;
  readonly new_rows: number;
}

/** Partitions as they were sealed to partitions as they are after redactions. */
export async function redactionsOf(db: Db): Promise<(part: PartitionRef) => PartitionRef> {
  const rows = await db('ml.redaction').select<Redacted[]>(
    'old_logical_sha256',
    'new_logical_sha256',
    'new_file_sha256',
    'new_rows',
  );
  const next = new Map(rows.map((row) => [row.old_logical_sha256, row]));
  const resolve = (part: PartitionRef): PartitionRef => {
    const row = next.get(part.logical);
    return row
      ? resolve({ part: part.part, rows: row.new_rows, logical: row.new_logical_sha256, file: row.new_file_sha256 })
      : part;
  };
  return resolve;
}

/**
 * What a snapshot holds now: as sealed, redactions excepted.
 * @throws UtplukkError NotFound for a snapshot that is not recorded
 */
export async function readManifest(db: Db, store: ArtifactStore, snapshotId: string): Promise<Manifest> {
  const stored = await storedManifest(db, store, snapshotId);
  const resolve = await redactionsOf(db);
  return { ...stored, datasets: stored.datasets.map((dataset) => ({ ...dataset, parts: dataset.parts.map(resolve) })) };
}

/** Partitions of a snapshot that a redaction replaced, as `bill 2023-01-01`. */
export async function redactedParts(db: Db, store: ArtifactStore, snapshotId: string): Promise<string[]> {
  const stored = await storedManifest(db, store, snapshotId);
  const resolve = await redactionsOf(db);
  return stored.datasets.flatMap(({ name, parts }) =>
    parts.filter((part) => resolve(part) !== part).map(({ part }) => `${name} ${part}`),
  );
}

async function storedManifest(db: Db, store: ArtifactStore, snapshotId: string): Promise<Manifest> {
  const row = await db('ml.snapshot')
    .where({ snapshot_id: snapshotId })
    .first<{ manifest_sha256: string } | undefined>();
  if (!row) throw notFound(`snapshot ${snapshotId} is not recorded`);
  return store.getJson<Manifest>(row.manifest_sha256);
}
