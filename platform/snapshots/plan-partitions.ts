import type { Instant } from '../../domain/time/instant';
import { addMonths, monthStart } from '../../domain/time/days';
import type { ArtifactStore } from '../artifacts/store';
import type { Tx } from '../postgres/connection';
import { type Dataset, DATASETS, type PartitionRef } from './datasets';

/** One read of a dataset: all of it, or one month of receipt with all its shards. */
export interface PartitionPlan {
  readonly dataset: Dataset;
  /** First day of the month of receipt, or `all`. */
  readonly month: string;
  /** Names of the partitions that the read yields, in the order of shards. */
  readonly partitions: readonly string[];
  /** Only rows known before this instant belong to the partitions. */
  readonly knownBefore: string;
  /** Largest sequence number of a committed load batch that added rows. */
  readonly lastBatch: number;
}

/** Plans one read per `single` dataset, and one per month of receipt that a load batch added rows to. */
export async function planPartitions(
  tx: Tx,
  { asOf, loadWatermark, shards }: { asOf: Instant; loadWatermark: number; shards: number },
): Promise<PartitionPlan[]> {
  const { rows } = await tx.raw<{ rows: { month: string; kind: string; last_batch: number }[] }>(
    `select received_month::text as month, b.kind, max(b.committed_seq) as last_batch
       from core.batch_month t join core.load_batch b using (batch_id)
      where b.committed_seq <= ? and received_month <= ?::date group by 1, 2 order by 1`,
    [loadWatermark, monthStart(asOf.slice(0, 10))],
  );
  return DATASETS.flatMap((dataset) => {
    if (dataset.partitioning === 'single')
      return [{ dataset, month: 'all', partitions: ['all'], knownBefore: asOf, lastBatch: loadWatermark }];
    const batches = rows.filter(({ kind }) => dataset.loadedFrom.includes(kind));
    return [...new Set(batches.map(({ month }) => month))].map((month) => {
      // A month of receipt that ended at least a day before the as-of instant (a day, because civil months do not end
      // at midnight UTC) cannot gain rows at a later as-of instant, so all later snapshots share its partition.
      const complete = `${addMonths(month, 1)}T23:59:59.999Z`;
      const lastBatch = Math.max(...batches.filter((row) => row.month === month).map((row) => row.last_batch));
      const count = dataset.partitioning === 'month-shard' ? shards : 1;
      const partitions = Array.from({ length: count }, (_, shard) =>
        count === 1 ? month : `${month}/${shard}of${count}`,
      );
      return { dataset, month, partitions, knownBefore: asOf > complete ? complete : asOf, lastBatch };
    });
  });
}

/**
 * The partitions of a plan as an earlier extraction wrote them; undefined unless all of them are in the store, intact.
 */
export async function findPartitions(
  tx: Tx,
  store: ArtifactStore,
  { dataset, partitions, knownBefore, lastBatch }: PartitionPlan,
): Promise<PartitionRef[] | undefined> {
  const rows = await tx('ml.partition')
    .where({ dataset: dataset.name, known_before: knownBefore, load_watermark: lastBatch })
    .whereIn('partition_key', partitions)
    .select<{ partition_key: string; rows: number; content_sha256: string; file_sha256: string }[]>(
      'partition_key',
      'rows',
      'content_sha256',
      'file_sha256',
    );
  const found = partitions.flatMap((name) =>
    rows.filter((row) => row.partition_key === name && store.holds(row.file_sha256)),
  );
  if (found.length < partitions.length) return undefined;
  return found.map((row) => ({
    partition: row.partition_key,
    rows: row.rows,
    contentHash: row.content_sha256,
    file: row.file_sha256,
  }));
}

/** Records a written partition, so that a later extraction finds it. */
export async function recordPartition(
  tx: Tx,
  { dataset, knownBefore, lastBatch }: PartitionPlan,
  { partition, contentHash, file, rows }: PartitionRef,
): Promise<void> {
  await tx.raw(
    `insert into ml.partition (dataset, partition_key, known_before, load_watermark, content_sha256, file_sha256, rows)
     values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [dataset.name, partition, knownBefore, lastBatch, contentHash, file, rows],
  );
}
