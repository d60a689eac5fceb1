import { notFound } from '../../domain/errors';
import type { ArtifactStore } from '../artifacts/store';
import type { Db } from '../postgres/connection';
import type { Manifest, PartitionRef } from './datasets';

interface RedactionRow {
  readonly old_content_sha256: string;
  readonly new_content_sha256: string;
  readonly new_file_sha256: string;
  readonly new_rows: number;
}

/** A function from a partition as it was first written to the same partition after all redactions of it. */
export async function redactionsOf(db: Db): Promise<(ref: PartitionRef) => PartitionRef> {
  const rows = await db('ml.redaction').select<RedactionRow[]>(
    'old_content_sha256',
    'new_content_sha256',
    'new_file_sha256',
    'new_rows',
  );
  const next = new Map(rows.map((row) => [row.old_content_sha256, row]));
  const resolve = (ref: PartitionRef): PartitionRef => {
    const row = next.get(ref.contentHash);
    return row
      ? resolve({
          partition: ref.partition,
          rows: row.new_rows,
          contentHash: row.new_content_sha256,
          file: row.new_file_sha256,
        })
      : ref;
  };
  return resolve;
}

/**
 * Manifest of a snapshot with redactions applied.
 * @throws UtplukkError NotFound for a snapshot that is not recorded
 */
export async function readManifest(db: Db, store: ArtifactStore, snapshotId: string): Promise<Manifest> {
  const stored = await storedManifest(db, store, snapshotId);
  const resolve = await redactionsOf(db);
  return {
    ...stored,
    datasets: stored.datasets.map((dataset) => ({ ...dataset, partitions: dataset.partitions.map(resolve) })),
  };
}

/** Partitions of a snapshot that a redaction replaced, each as dataset and partition: `bill 2023-01-01`. */
export async function redactedPartitions(db: Db, store: ArtifactStore, snapshotId: string): Promise<string[]> {
  const stored = await storedManifest(db, store, snapshotId);
  const resolve = await redactionsOf(db);
  return stored.datasets.flatMap(({ name, partitions }) =>
    partitions.filter((ref) => resolve(ref) !== ref).map(({ partition }) => `${name} ${partition}`),
  );
}

async function storedManifest(db: Db, store: ArtifactStore, snapshotId: string): Promise<Manifest> {
  const row = await db('ml.snapshot')
    .where({ snapshot_id: snapshotId })
    .first<{ manifest_sha256: string } | undefined>();
  if (!row) throw notFound(`snapshot ${snapshotId} is not recorded`);
  return store.getJson<Manifest>(row.manifest_sha256);
}
