import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parseInstant } from '../../domain/time/civil-time';
import { addMonths } from '../../domain/rules/time-splits';
import { digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { type Manifest, monthOf, partsOf, shardOf } from '../snapshots/datasets';
import { DERIVED, DERIVED_SQL, type Derived, JOINED_BILLS, tariffView } from './monthly-rollups-sql';
import { PARQUET, quote } from '../duckdb/duckdb';
import { matrixEngine } from '../duckdb/version';

/** A derived table of one month of receipt and shard, found by what it was made from. */
export interface DerivedPart {
  readonly table: Derived;
  readonly month: string;
  readonly file: string;
  readonly sha256: string;
}

export interface DeriveCounts {
  readonly built: number;
  readonly reused: number;
}

/** Instant at which a civil day starts in Norway, as UTC text for DuckDB. */
export const startOfDay = (day: string): string =>
  new Date(parseInstant(`${day}T00:00:00`)!).toISOString().replace('T', ' ').replace('Z', '');

const view = (name: string, files: readonly string[], columns: Manifest['datasets'][number]['columns']): string => {
  const empty = columns.map(([col, type]) => `cast(null as ${type}) as ${col}`).join(', ');
  const source =
    files.length === 0 ? `select ${empty} where false` : `select * from read_parquet([${files.map(quote).join(', ')}])`;
  return `create or replace temp view ${name} as ${source}`;
};

/** Reads parts of a dataset as one view; none is an empty view of the right columns. */
export async function createView(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  name: string,
  dataset: string,
  keep: (month: string | undefined, shard: number) => boolean,
): Promise<string[]> {
  const parts = partsOf(manifest, dataset).filter((part) => part.rows > 0 && keep(monthOf(part), shardOf(part)));
  const { columns } = manifest.datasets.find((d) => d.name === dataset)!;
  await duck.run(
    view(
      name,
      parts.map((part) => store.existing(part.file)),
      columns,
    ),
  );
  return parts.map((part) => part.logical);
}

/** Digest of the provider facts known before an instant: what the features of that instant can depend on. */
export async function factsDigest(duck: DuckDBConnection, cut: string): Promise<string> {
  const order = 'provider_id, valid_from, known_from';
  const sql = (table: string, by: string) =>
    `select md5(coalesce(string_agg(md5(cast(t as varchar)), '' order by ${by}), '')) from ${table} t where known_from < timestamp ${quote(cut)}`;
  const one = async (text: string) => String((await duck.runAndReadAll(text)).getRows()[0]?.[0]);
  return `${await one(sql('provider_fact', order))} ${await one(sql('substitute', 'provider_id, substitute_hpr, valid_from, known_from'))}`;
}

/** Months of receipt that derived tables are made of, in order. */
export const derivedMonths = (manifest: Manifest): string[] =>
  [
    ...new Set(
      ['bill', 'prescription', 'dispensing'].flatMap((name) =>
        partsOf(manifest, name).flatMap((part) => monthOf(part) ?? []),
      ),
    ),
  ].sort();

/**
 * Makes what is missing of the derived tables, a month of receipt and shard at a time: memory is bounded by one such
 * part, and a month that did not change is found again. `keep` limits to some months or shards, so that workers can
 * share the work.
 */
export async function deriveParts(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  keep: (month: string, shard: number) => boolean = () => true,
  progress: (done: number, total: number) => void = () => {},
): Promise<{ parts: DerivedPart[]; counts: DeriveCounts }> {
  await duck.run(tariffView());
  for (const name of ['provider_fact', 'substitute']) await createView(duck, store, manifest, name, name, () => true);
  const months = derivedMonths(manifest);
  const code = codeIdentity('platform/features/monthly-rollups-sql.ts');
  const parts: DerivedPart[] = [];
  const counts = { built: 0, reused: 0 };
  const jobs = months.flatMap((month) => [
    ...Array.from({ length: manifest.shards }, (_, shard) => ({
      month,
      shard,
      bills: true,
      tables: DERIVED.filter((t) => t !== 'rx'),
    })),
    { month, shard: 0, bills: false, tables: DERIVED.filter((t) => t === 'rx') },
  ]);
  for (const [index, job] of jobs.entries()) {
    if (!keep(job.month, job.shard)) continue;
    const end = startOfDay(addMonths(job.month, 1));
    const sources = job.bills
      ? await createBillsView(duck, store, manifest, job)
      : await openPrescriptions(duck, store, manifest, job.month);
    const facts = job.bills ? await factsDigest(duck, end) : '';
    if (job.bills)
      await duck.run(
        `create or replace temp view in_provider as select * from provider_fact where known_from < timestamp ${quote(end)}`,
      );
    let joined = false;
    for (const table of job.tables) {
      const key = digestOf({ table, sources, facts, code, engine: matrixEngine() });
      const found = store.derived(key);
      if (found) counts.reused++;
      else {
        if (!joined && job.bills) for (const sql of JOINED_BILLS) await duck.run(sql);
        joined = true;
        await buildPart(duck, store, table, key);
        counts.built++;
      }
      const sha256 = store.derived(key)!;
      parts.push({ table, month: job.month, sha256, file: store.existing(sha256) });
    }
    progress(index + 1, jobs.length);
  }
  return { parts, counts };
}

async function createBillsView(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  { month, shard }: { month: string; shard: number },
): Promise<string[]> {
  const here = (m: string | undefined, s: number) => m === month && s === shard;
  const sources: string[] = [];
  for (const [name, dataset] of [
    ['in_bill', 'bill'],
    ['in_line', 'bill_line'],
    ['in_hit', 'rule_outcome'],
  ] as const)
    sources.push(...(await createView(duck, store, manifest, name, dataset, here)));
  sources.push(
    ...(await createView(duck, store, manifest, 'in_patient', 'patient_fact', (m) => m !== undefined && m <= month)),
  );
  return sources;
}

/** A dispensing may come a month or two after its prescription. */
const PRESCRIPTION_MONTHS = 3;

async function openPrescriptions(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  month: string,
): Promise<string[]> {
  const earliest = addMonths(month, -PRESCRIPTION_MONTHS);
  return [
    ...(await createView(duck, store, manifest, 'in_prescription', 'prescription', (m) => m === month)),
    ...(await createView(duck, store, manifest, 'in_dispensing', 'dispensing', (m) => m === month)),
    ...(await createView(
      duck,
      store,
      manifest,
      'in_ordered',
      'prescription',
      (m) => m !== undefined && m <= month && m >= earliest,
    )),
  ];
}

async function buildPart(duck: DuckDBConnection, store: ArtifactStore, table: Derived, key: string): Promise<void> {
  const parquet = store.temporary('.parquet');
  try {
    await duck.run(`copy (${DERIVED_SQL[table]}) to ${quote(parquet)} ${PARQUET}`);
    await store.putDerived(key, parquet);
  } finally {
    fs.rmSync(parquet, { force: true });
  }
}
