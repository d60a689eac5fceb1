import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths, monthStart } from '../../domain/rules/time-splits';
import { canonical, digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import type { Db, Tx } from '../postgres/connection';
import { type AuditContext, append } from '../ledger/append';
import { copyOut, copyOutSharded, type CsvPart } from './copy-out';
import { type Dataset, DATASETS, type Manifest, type PartitionRef, shardSql } from './datasets';
import { PARQUET, quote, runWithMemoryLimit, withDuckDb } from '../duckdb/duckdb';

export interface SnapshotRef {
  readonly snapshotId: string;
  readonly rows: number;
  readonly partsWritten: number;
  readonly partsReused: number;
}

interface PartPlan {
  readonly dataset: Dataset;
  /** First day of the month of receipt, or `all`. */
  readonly month: string;
  /** Names of the partitions that one reading of the month yields, in the order of shards. */
  readonly parts: readonly string[];
  /** Rows known before this instant belong to the partition. */
  readonly cut: string;
  readonly maxSeq: number;
}

/** What identifies a snapshot: logical content only, so that a new Parquet writer does not rename it. */
export function snapshotIdOf(manifest: Manifest): string {
  return digestOf({
    ...manifest,
    datasets: manifest.datasets.map((dataset) => ({
      ...dataset,
      parts: dataset.parts.map(({ part, rows, logical }) => ({ part, rows, logical })),
    })),
  });
}

export interface ExtractionInput {
  readonly asOf: string;
  /** Last committed batch to be seen; the newest when left out. */
  readonly horizon?: number | undefined;
  /** Into how many parts providers are cut within a month; more for larger registers. */
  readonly shards?: number | undefined;
}

/**
 * Extracts what was known before `asOf`, and loaded up to the last committed batch, into content-addressed Parquet. A
 * partition that nothing can have changed since it was last written is found again, not read again. Running twice yields
 * the same snapshot and one ledger entry.
 */
export async function extractSnapshot(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  { asOf, horizon: fixedHorizon, shards = 1 }: ExtractionInput,
  progress: (done: number, total: number) => void = () => {},
): Promise<SnapshotRef> {
  const { manifest, counts } = await readRegister(
    { db, store },
    { asOf, horizon: fixedHorizon, shards },
    { reuse: true, progress },
  );
  const snapshotId = snapshotIdOf(manifest);
  const rows = manifest.datasets.flatMap((d) => d.parts).reduce((sum, part) => sum + part.rows, 0);
  await recordSnapshot(db, store, audit, manifest, snapshotId, rows);
  return { snapshotId, rows, partsWritten: counts.written, partsReused: counts.reused };
}

/** Reads a stored snapshot's partitions out of the register again, none of them found among those written before. */
export const rereadRegister = async (
  deps: { db: Db; store: ArtifactStore },
  stored: Pick<Manifest, 'asOf' | 'horizon' | 'shards'>,
): Promise<Manifest> => (await readRegister(deps, stored, { reuse: false })).manifest;

/** A partition is read and written by one thread, in the order of its rows: more memory would hold more of it and be no faster. */
const CONVERTING = { threads: 1 };
const CONVERTING_MEMORY = '100MB';
/** Bytes of CSV held at once; a row may have half of them. */
const CSV_BUFFER = 4 << 20;

async function readRegister(
  { db, store }: { db: Db; store: ArtifactStore },
  { asOf, horizon: fixedHorizon, shards }: { asOf: string; horizon?: number | undefined; shards: number },
  { reuse, progress = () => {} }: { reuse: boolean; progress?: (done: number, total: number) => void },
): Promise<{ manifest: Manifest; counts: { written: number; reused: number } }> {
  const counts = { written: 0, reused: 0 };
  const read = (duck: DuckDBConnection) =>
    db.transaction(
      async (tx): Promise<Manifest> => {
        await tx.raw("set local timezone = 'UTC'; set local datestyle = 'ISO'");
        const horizon = fixedHorizon ?? (await lastCommitted(tx));
        const plans = await plan(tx, { asOf: new Date(asOf).toISOString(), horizon, shards });
        const parts = new Map<Dataset, PartitionRef[]>(DATASETS.map((dataset) => [dataset, []]));
        // While DuckDB turns one month into Parquet, PostgreSQL already streams the next.
        let converting: Promise<void> = Promise.resolve();
        for (const [index, item] of plans.entries()) {
          const known = reuse ? await findParts(tx, store, item) : undefined;
          counts[known ? 'reused' : 'written'] += item.parts.length;
          const csv = known ? undefined : await readMonth(tx, store, item, shards);
          await converting;
          const target = parts.get(item.dataset)!;
          if (known) target.push(...known);
          else converting = toParquet(duck, store, item, csv!).then((made) => void target.push(...made));
          converting.catch(() => {}); // awaited in the next round
          progress(index + 1, plans.length);
        }
        await converting;
        return {
          v: 2,
          asOf: new Date(asOf).toISOString(),
          horizon,
          shards,
          datasets: DATASETS.map((d) => ({ name: d.name, columns: d.columns, parts: parts.get(d)! })),
        };
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    );
  return { manifest: await withDuckDb(store.temporary(), read, CONVERTING), counts };
}

async function lastCommitted(tx: Tx): Promise<number> {
  const { rows } = await tx.raw<{ rows: { last_committed: number }[] }>(
    'select last_committed from core.batch_counter',
  );
  return rows[0]!.last_committed;
}

async function plan(
  tx: Tx,
  { asOf, horizon, shards }: { asOf: string; horizon: number; shards: number },
): Promise<PartPlan[]> {
  const { rows } = await tx.raw<{ rows: { month: string; kind: string; max_seq: number }[] }>(
    `select received_month::text as month, b.kind, max(b.committed_seq) as max_seq from core.month_touch t join core.load_batch b using (batch_id)
      where b.committed_seq <= ? and received_month <= ?::date group by 1, 2 order by 1`,
    [horizon, monthStart(asOf.slice(0, 10))],
  );
  return DATASETS.flatMap((dataset) => {
    if (dataset.cut === 'all') return [{ dataset, month: 'all', parts: ['all'], cut: asOf, maxSeq: horizon }];
    const fed = rows.filter(({ kind }) => dataset.fedBy.includes(kind));
    return [...new Set(fed.map(({ month }) => month))].map((month) => {
      // A month of receipt that ended a day before the as-of instant (a day: civil months do not end at UTC midnight)
      // cannot gain rows by a later as-of, so its partition is shared by all of those.
      const over = `${addMonths(month, 1)}T23:59:59.999Z`;
      const maxSeq = Math.max(...fed.filter((row) => row.month === month).map((row) => row.max_seq));
      const count = dataset.cut === 'month-shard' ? shards : 1;
      const parts = Array.from({ length: count }, (_, shard) => (count === 1 ? month : `${month}/${shard}of${count}`));
      return { dataset, month, parts, cut: asOf > over ? over : asOf, maxSeq };
    });
  });
}

async function findParts(tx: Tx, store: ArtifactStore, item: PartPlan): Promise<PartitionRef[] | undefined> {
  const rows = await tx('ml.partition')
    .where({ dataset: item.dataset.name, cut: item.cut, max_seq: item.maxSeq })
    .whereIn('part', item.parts)
    .select<{ part: string; rows: number; logical_sha256: string; file_sha256: string }[]>(
      'part',
      'rows',
      'logical_sha256',
      'file_sha256',
    );
  const found = item.parts.flatMap((part) => rows.filter((row) => row.part === part && store.has(row.file_sha256)));
  if (found.length < item.parts.length) return undefined;
  return found.map((row) => ({ part: row.part, rows: row.rows, logical: row.logical_sha256, file: row.file_sha256 }));
}

async function readMonth(tx: Tx, store: ArtifactStore, item: PartPlan, shards: number): Promise<CsvPart[]> {
  const { dataset } = item;
  const sharded = item.parts.length > 1;
  const shard = sharded ? shardSql(dataset.shardBy!, shards) : '';
  const month = dataset.inMonth ? `and ${dataset.inMonth.replaceAll('$month', item.month)}` : '';
  const query = `select ${sharded ? `${shard}, ` : ''}${dataset.select} from ${dataset.from} join core.load_batch batch on batch.batch_id = t.batch_id and batch.committed_seq <= ${item.maxSeq}
    where t.known_from < '${item.cut}' ${month} order by ${sharded ? `${shard}, ` : ''}${dataset.order}`;
  const file = store.temporary('.csv');
  return sharded ? copyOutSharded(tx, query, shards, (n) => `${file}-${n}`) : [await copyOut(tx, query, file)];
}

async function toParquet(
  duck: DuckDBConnection,
  store: ArtifactStore,
  { dataset, parts }: PartPlan,
  csv: readonly CsvPart[],
): Promise<PartitionRef[]> {
  const made: PartitionRef[] = [];
  const columns = dataset.columns.map(([name, type]) => `${quote(name)}: ${quote(type)}`).join(', ');
  const noRows = `select ${dataset.columns.map(([name, type]) => `cast(null as ${type}) as ${name}`).join(', ')} where false`;
  for (const { shard, file, logical } of csv) {
    const parquet = store.temporary('.parquet');
    try {
      // Nothing is sniffed: the dialect and every type are given, so what a partition holds cannot change how it is read.
      const csvRows = `select * from read_csv(${quote(file)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${columns}}, parallel = false, buffer_size = ${CSV_BUFFER})`;
      await runWithMemoryLimit(
        duck,
        `copy (${fs.statSync(file).size === 0 ? noRows : csvRows}) to ${quote(parquet)} ${PARQUET}`,
        CONVERTING_MEMORY,
      );
      const rows = Number(
        (await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`)).getRows()[0]?.[0],
      );
      made.push({ part: parts[shard]!, rows, logical, file: await store.putFile(parquet) });
    } finally {
      fs.rmSync(file, { force: true });
      fs.rmSync(parquet, { force: true });
    }
  }
  return made;
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
    const refs = new Map(manifest.datasets.flatMap((d) => d.parts.map((part) => [`${d.name} ${part.part}`, part])));
    for (const item of await plan(tx, manifest)) {
      for (const name of item.parts) {
        const part = refs.get(`${item.dataset.name} ${name}`);
        if (part) await rememberPart(tx, item, part);
      }
    }
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.snapshot (snapshot_id, as_of, horizon, manifest_sha256, rows, made_at) values (?, ?, ?, ?, ?, clock_timestamp()) on conflict do nothing',
      [snapshotId, manifest.asOf, manifest.horizon, manifestSha, rows],
    );
    if (inserted.rowCount === 0) return; // sealed before: a retry, or nothing new was known
    await append(
      tx,
      audit,
      {
        event: 'snapshot.recorded',
        subject: { kind: 'snapshot', id: snapshotId },
        after: snapshotId,
        rows: { count: rows, root: manifestSha },
      },
      new Date(),
    );
  });
}

async function rememberPart(tx: Tx, item: PartPlan, part: PartitionRef): Promise<void> {
  await tx.raw(
    'insert into ml.partition (dataset, part, cut, max_seq, logical_sha256, file_sha256, rows) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
    [item.dataset.name, part.part, item.cut, item.maxSeq, part.logical, part.file, part.rows],
  );
}
