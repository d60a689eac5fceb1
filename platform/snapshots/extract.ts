import type { Instant } from '../../domain/time/instant';
import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { canonical, digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { PARQUET, quote, runWithMemoryLimit, withDuckDb } from '../duckdb/duckdb';
import type { AuditContext } from '../ledger/append';
import { recordOnce } from '../ledger/record';
import type { Db, Tx } from '../postgres/connection';
import { copyOut, copyOutSharded, type ShardCsv } from './copy-out';
import { type Dataset, DATASETS, type Manifest, type PartitionRef, shardSql } from './datasets';
import { findPartitions, type PartitionPlan, planPartitions, recordPartition } from './plan-partitions';

export interface SnapshotRef {
  readonly snapshotId: string;
  readonly rows: number;
  readonly partitionsWritten: number;
  readonly partitionsReused: number;
}

/** Digest of the rows alone, so that another Parquet writer gives the same id. */
export function snapshotIdOf(manifest: Manifest): string {
  return digestOf({
    ...manifest,
    datasets: manifest.datasets.map((dataset) => ({
      ...dataset,
      partitions: dataset.partitions.map(({ partition, rows, contentHash }) => ({ partition, rows, contentHash })),
    })),
  });
}

export interface ExtractionInput {
  /** Instant (ISO 8601): only facts known before it are read. */
  readonly asOf: Instant;
  /** Last committed load batch to read; the newest when left out. */
  readonly loadWatermark?: number | undefined;
  /** Number of shards of providers within a month; larger registers need more. */
  readonly shards?: number | undefined;
}

type Progress = (done: number, total: number) => void;

/**
 * Extracts what was known before `asOf`, and loaded up to the watermark, into content-addressed Parquet. A partition
 * that cannot have changed since it was last written is reused. Running twice yields the same snapshot and one ledger
 * entry.
 */
export async function extractSnapshot(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  { asOf, loadWatermark, shards = 1 }: ExtractionInput,
  progress: Progress = () => {},
): Promise<SnapshotRef> {
  const { manifest, counts } = await readRegister(
    { db, store },
    { asOf, loadWatermark, shards },
    { reuse: true, progress },
  );
  const snapshotId = snapshotIdOf(manifest);
  const rows = manifest.datasets.flatMap((d) => d.partitions).reduce((sum, partition) => sum + partition.rows, 0);
  await recordSnapshot(db, store, audit, manifest, snapshotId, rows);
  return { snapshotId, rows, partitionsWritten: counts.written, partitionsReused: counts.reused };
}

/** Reads all partitions of a stored snapshot from the register again, without reusing any file. */
export const rereadRegister = async (
  deps: { db: Db; store: ArtifactStore },
  stored: Pick<Manifest, 'asOf' | 'loadWatermark' | 'shards'>,
): Promise<Manifest> => (await readRegister(deps, stored, { reuse: false })).manifest;

/** One thread reads and writes a partition in the order of its rows, so more memory would not make it faster. */
const CONVERSION = { threads: 1 };
const CONVERSION_MEMORY = '100MB';
/** Bytes of CSV that DuckDB buffers; a row may take half of them. */
const CSV_BUFFER = 4 << 20;

async function readRegister(
  { db, store }: { db: Db; store: ArtifactStore },
  { asOf, loadWatermark, shards }: { asOf: Instant; loadWatermark?: number | undefined; shards: number },
  { reuse, progress = () => {} }: { reuse: boolean; progress?: Progress },
): Promise<{ manifest: Manifest; counts: { written: number; reused: number } }> {
  const counts = { written: 0, reused: 0 };
  const read = (duck: DuckDBConnection) =>
    db.transaction(
      async (tx): Promise<Manifest> => {
        await tx.raw("set local timezone = 'UTC'; set local datestyle = 'ISO'");
        const header = {
          v: 2 as const,
          asOf,
          loadWatermark: loadWatermark ?? (await lastCommitted(tx)),
          shards,
        };
        const plans = await planPartitions(tx, header);
        const partitions = new Map<Dataset, PartitionRef[]>(DATASETS.map((dataset) => [dataset, []]));
        // While DuckDB converts one month to Parquet, PostgreSQL already streams the next one.
        let conversion: Promise<void> = Promise.resolve();
        for (const [index, plan] of plans.entries()) {
          const reused = reuse ? await findPartitions(tx, store, plan) : undefined;
          counts[reused ? 'reused' : 'written'] += plan.partitions.length;
          const csv = reused ? undefined : await readMonth(tx, store, plan, shards);
          await conversion;
          const target = partitions.get(plan.dataset)!;
          if (reused) target.push(...reused);
          else conversion = toParquet(duck, store, plan, csv!).then((written) => void target.push(...written));
          conversion.catch(() => {}); // awaited in the next iteration
          progress(index + 1, plans.length);
        }
        await conversion;
        const datasets = DATASETS.map((dataset) => ({
          name: dataset.name,
          columns: dataset.columns,
          partitions: partitions.get(dataset)!,
        }));
        return { ...header, datasets };
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    );
  return { manifest: await withDuckDb(store.temporary(), read, CONVERSION), counts };
}

async function lastCommitted(tx: Tx): Promise<number> {
  const { rows } = await tx.raw<{ rows: { last_committed: number }[] }>(
    'select last_committed from core.batch_counter',
  );
  return rows[0]!.last_committed;
}

async function readMonth(tx: Tx, store: ArtifactStore, plan: PartitionPlan, shards: number): Promise<ShardCsv[]> {
  const { dataset } = plan;
  const sharded = plan.partitions.length > 1;
  const shard = sharded ? `${shardSql(dataset.shardBy!, shards)}, ` : '';
  const month = dataset.inMonth ? `and ${dataset.inMonth.replaceAll('$month', plan.month)}` : '';
  const query = `select ${shard}${dataset.select} from ${dataset.from}
    join core.load_batch batch on batch.batch_id = t.batch_id and batch.committed_seq <= ${plan.lastBatch}
    where t.known_from < '${plan.knownBefore}' ${month} order by ${shard}${dataset.order}`;
  const file = store.temporary('.csv');
  return sharded ? copyOutSharded(tx, query, shards, (n) => `${file}-${n}`) : [await copyOut(tx, query, file)];
}

async function toParquet(
  duck: DuckDBConnection,
  store: ArtifactStore,
  { dataset, partitions }: PartitionPlan,
  csv: readonly ShardCsv[],
): Promise<PartitionRef[]> {
  const written: PartitionRef[] = [];
  const columns = dataset.columns.map(([name, type]) => `${quote(name)}: ${quote(type)}`).join(', ');
  const nulls = dataset.columns.map(([name, type]) => `cast(null as ${type}) as ${name}`).join(', ');
  for (const { shard, file, contentHash } of csv) {
    const parquet = store.temporary('.parquet');
    try {
      // Dialect and types are given, never detected, so the content of a partition cannot change how it is read.
      const csvRows = `select * from read_csv(${quote(file)}, auto_detect = false, header = false, delim = ',',
        quote = '"', escape = '"', nullstr = '', columns = {${columns}}, parallel = false,
          buffer_size = ${CSV_BUFFER})`;
      const rows = fs.statSync(file).size === 0 ? `select ${nulls} where false` : csvRows;
      await runWithMemoryLimit(duck, `copy (${rows}) to ${quote(parquet)} ${PARQUET}`, CONVERSION_MEMORY);
      const reader = await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`);
      written.push({
        partition: partitions[shard]!,
        rows: Number(reader.getRows()[0]?.[0]),
        contentHash,
        file: await store.putFile(parquet),
      });
    } finally {
      fs.rmSync(file, { force: true });
      fs.rmSync(parquet, { force: true });
    }
  }
  return written;
}

async function recordSnapshot(
  db: Db,
  store: ArtifactStore,
  audit: AuditContext,
  manifest: Manifest,
  snapshotId: string,
  rows: number,
): Promise<void> {
  const manifestSha = store.put(canonical(manifest));
  await db.transaction(async (tx) => {
    const refs = new Map(
      manifest.datasets.flatMap(({ name, partitions }) => partitions.map((ref) => [`${name} ${ref.partition}`, ref])),
    );
    for (const plan of await planPartitions(tx, manifest))
      for (const name of plan.partitions) {
        const ref = refs.get(`${plan.dataset.name} ${name}`);
        if (ref) await recordPartition(tx, plan, ref);
      }
    const at = new Date();
    await recordOnce(tx, {
      table: 'ml.snapshot',
      rows: [
        {
          snapshot_id: snapshotId,
          as_of: manifest.asOf,
          load_watermark: manifest.loadWatermark,
          manifest_sha256: manifestSha,
          rows,
          made_at: at,
        },
      ],
      audit,
      entry: {
        event: 'snapshot.recorded',
        subject: { kind: 'snapshot', id: snapshotId },
        after: snapshotId,
        rows: { count: rows, root: manifestSha },
      },
      at,
    });
  });
}
