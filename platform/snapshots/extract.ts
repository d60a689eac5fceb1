import { createHash } from 'node:crypto';
import fs from 'node:fs';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { to as copyTo } from 'pg-copy-streams';
import { addMonths, monthStart } from '../../domain/rules/time-splits';
import { canonical, digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import type { Db, Tx } from '../db/connection';
import { rawConnection } from '../loading/copy-into';
import { type ActRef, append } from '../ledger/ledger';
import { type Dataset, DATASETS, type Manifest, type PartRef } from './datasets';
import { PARQUET, quote, withDuck } from './duck';

export interface SnapshotRef {
  readonly snapshotId: string;
  readonly rows: number;
  readonly partsWritten: number;
  readonly partsReused: number;
}

interface PartPlan {
  readonly dataset: Dataset;
  readonly part: string;
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

/**
 * Extracts what was known before `asOf`, and loaded up to the last sealed batch, into content-addressed Parquet. A
 * partition that nothing can have changed since it was last written is found again, not read again. Running twice yields
 * the same snapshot and one ledger entry.
 */
export async function extractSnapshot(
  { db, store }: { db: Db; store: ArtifactStore },
  actor: ActRef,
  { asOf, horizon: fixedHorizon }: { asOf: string; horizon?: number | undefined },
  progress: (done: number, total: number) => void = () => {},
): Promise<SnapshotRef> {
  const counts = { written: 0, reused: 0 };
  const manifest = await withDuck(store.temporary(), (duck) =>
    db.transaction(
      async (tx): Promise<Manifest> => {
        const horizon = fixedHorizon ?? (await lastSealed(tx));
        const plans = await plan(tx, new Date(asOf).toISOString(), horizon);
        const parts = new Map<Dataset, PartRef[]>(DATASETS.map((dataset) => [dataset, []]));
        for (const [index, item] of plans.entries()) {
          const known = await findPart(tx, store, item);
          const part = known ?? (await writePart(tx, duck, store, item));
          if (known) counts.reused++;
          else counts.written++;
          parts.get(item.dataset)!.push(part);
          progress(index + 1, plans.length);
        }
        return {
          v: 1,
          asOf: new Date(asOf).toISOString(),
          horizon,
          datasets: DATASETS.map((d) => ({ name: d.name, columns: d.columns, parts: parts.get(d)! })),
        };
      },
      { isolationLevel: 'repeatable read', readOnly: true },
    ),
  );
  const snapshotId = snapshotIdOf(manifest);
  const rows = manifest.datasets.flatMap((d) => d.parts).reduce((sum, part) => sum + part.rows, 0);
  await seal(db, store, actor, manifest, snapshotId, rows);
  return { snapshotId, rows, partsWritten: counts.written, partsReused: counts.reused };
}

async function lastSealed(tx: Tx): Promise<number> {
  const { rows } = await tx.raw<{ rows: { last_sealed: number }[] }>('select last_sealed from core.batch_counter');
  return rows[0]!.last_sealed;
}

async function plan(tx: Tx, asOf: string, horizon: number): Promise<PartPlan[]> {
  const { rows } = await tx.raw<{ rows: { month: string; max_seq: number }[] }>(
    `select received_month::text as month, max(b.sealed_seq) as max_seq from core.month_touch t join core.load_batch b using (batch_id)
      where b.sealed_seq <= ? and received_month <= ?::date group by 1 order by 1`,
    [horizon, monthStart(asOf.slice(0, 10))],
  );
  return DATASETS.flatMap((dataset) =>
    dataset.byMonth
      ? rows.map(({ month, max_seq }) => {
          // A month of receipt that ended a day before the as-of instant (a day: civil months do not end at UTC midnight)
          // cannot gain rows by a later as-of, so its partition is shared by all of those.
          const over = `${addMonths(month, 1)}T23:59:59.999Z`;
          return { dataset, part: month, cut: asOf > over ? over : asOf, maxSeq: max_seq };
        })
      : [{ dataset, part: 'all', cut: asOf, maxSeq: horizon }],
  );
}

async function findPart(tx: Tx, store: ArtifactStore, item: PartPlan): Promise<PartRef | undefined> {
  const row = await tx('ml.partition')
    .where({ dataset: item.dataset.name, part: item.part, cut: item.cut, max_seq: item.maxSeq })
    .first<{ rows: number; logical_sha256: string; file_sha256: string } | undefined>();
  if (!row || !store.has(row.file_sha256)) return undefined;
  return { part: item.part, rows: row.rows, logical: row.logical_sha256, file: row.file_sha256 };
}

async function writePart(tx: Tx, duck: DuckDBConnection, store: ArtifactStore, item: PartPlan): Promise<PartRef> {
  const { dataset } = item;
  const csv = store.temporary('.csv');
  const parquet = store.temporary('.parquet');
  const month = dataset.byMonth ? `and t.received_month = '${item.part}'` : '';
  const query = `select ${dataset.select} from ${dataset.from} join core.load_batch batch on batch.batch_id = t.batch_id and batch.sealed_seq <= ${item.maxSeq}
    where t.known_from < '${item.cut}' ${month} order by ${dataset.order}`;
  try {
    const { rows, logical } = await copyOut(tx, query, csv);
    const columns = dataset.columns.map(([name, type]) => `${quote(name)}: ${quote(type)}`).join(', ');
    // Nothing is sniffed: the dialect and every type are given, so what a partition holds cannot change how it is read.
    const csvRows = `select * from read_csv(${quote(csv)}, auto_detect = false, header = false, delim = ',', quote = '"', escape = '"', nullstr = '', columns = {${columns}}, parallel = false)`;
    const noRows = `select ${dataset.columns.map(([name, type]) => `cast(null as ${type}) as ${name}`).join(', ')} where false`;
    await duck.run(`copy (${rows === 0 ? noRows : csvRows}) to ${quote(parquet)} ${PARQUET}`);
    return { part: item.part, rows, logical, file: await store.putFile(parquet) };
  } finally {
    fs.rmSync(csv, { force: true });
    fs.rmSync(parquet, { force: true });
  }
}

/** Streams a query as CSV to a file, counting and hashing on the way. */
async function copyOut(tx: Tx, query: string, file: string): Promise<{ rows: number; logical: string }> {
  const client = await rawConnection(tx);
  const hash = createHash('sha256');
  let rows = 0;
  const meter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      hash.update(chunk);
      for (let at = chunk.indexOf(10); at !== -1; at = chunk.indexOf(10, at + 1)) rows++;
      done(null, chunk);
    },
  });
  await pipeline(client.query(copyTo(`copy (${query}) to stdout (format csv)`)), meter, fs.createWriteStream(file));
  return { rows, logical: hash.digest('hex') };
}

async function seal(db: Db, store: ArtifactStore, actor: ActRef, manifest: Manifest, snapshotId: string, rows: number): Promise<void> {
  const manifestSha = store.put(canonical(manifest));
  await db.transaction(async (tx) => {
    const refs = new Map(manifest.datasets.flatMap((d) => d.parts.map((part) => [`${d.name} ${part.part}`, part])));
    for (const item of await plan(tx, manifest.asOf, manifest.horizon)) {
      const part = refs.get(`${item.dataset.name} ${item.part}`);
      if (part) await rememberPart(tx, item, part);
    }
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.snapshot (snapshot_id, as_of, horizon, manifest_sha256, rows, made_at) values (?, ?, ?, ?, ?, clock_timestamp()) on conflict do nothing',
      [snapshotId, manifest.asOf, manifest.horizon, manifestSha, rows],
    );
    if (inserted.rowCount === 0) return; // sealed before: a retry, or nothing new was known
    await append(
      tx,
      actor,
      {
        act: 'snapshot.sealed',
        subject: { kind: 'snapshot', id: snapshotId },
        after: snapshotId,
        rows: { count: rows, root: manifestSha },
      },
      new Date(),
    );
  });
}

async function rememberPart(tx: Tx, item: PartPlan, part: PartRef): Promise<void> {
  await tx.raw(
    'insert into ml.partition (dataset, part, cut, max_seq, logical_sha256, file_sha256, rows) values (?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
    [item.dataset.name, part.part, item.cut, item.maxSeq, part.logical, part.file, part.rows],
  );
}

export async function readManifest(db: Db, store: ArtifactStore, snapshotId: string): Promise<Manifest> {
  const row = await db('ml.snapshot').where({ snapshot_id: snapshotId }).first<{ manifest_sha256: string } | undefined>();
  if (!row) throw new Error(`snapshot ${snapshotId} is not recorded`);
  return store.getJson<Manifest>(row.manifest_sha256);
}
