import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths } from '../../domain/time/days';
import { digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { startOfDay } from '../duckdb/civil-day';
import { PARQUET, quote } from '../duckdb/duckdb';
import { duckDbVersion } from '../duckdb/version';
import { createDatasetView } from '../snapshots/dataset-view';
import { type Manifest, monthOf, partitionsOf } from '../snapshots/datasets';
import { JOINED_BILLS, ROLLUP_SQL, type RollupName, ROLLUPS } from './monthly-rollups-sql';
import { PRESCRIPTION_MONTHS } from './prescription-months-sql';
import { createLineTariffs, createTariffVersions } from './tariffs-of-lines';

/** One rollup of one month of receipt and shard, found in the store by the digest of its inputs. */
export interface RollupPartition {
  readonly table: RollupName;
  /** First day of the month of receipt. */
  readonly month: string;
  readonly file: string;
  readonly sha256: string;
}

export interface BuildCounts {
  readonly built: number;
  readonly reused: number;
}

/** Digest of the provider facts known before an instant: all that features of that instant can depend on. */
export async function providerFactsDigest(duck: DuckDBConnection, knownBefore: string): Promise<string> {
  const digest = async (table: string, order: string) => {
    const reader = await duck.runAndReadAll(
      `select md5(coalesce(string_agg(md5(cast(t as varchar)), '' order by ${order}), ''))
       from ${table} t where known_from < timestamp ${quote(knownBefore)}`,
    );
    return String(reader.getRows()[0]?.[0]);
  };
  const facts = await digest('provider_fact', 'provider_id, valid_from, known_from');
  return `${facts} ${await digest('substitute', 'provider_id, substitute_hpr, valid_from, known_from')}`;
}

/** Creates the views `provider_fact` and `substitute`. */
export async function createProviderViews(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
): Promise<void> {
  for (const name of ['provider_fact', 'substitute']) await createDatasetView(duck, store, manifest, name, name);
}

/** Creates view `in_provider`: facts of providers known before an instant. */
export const createKnownProviders = (duck: DuckDBConnection, knownBefore: string) =>
  duck.run(
    `create or replace temp view in_provider as
     select * from provider_fact where known_from < timestamp ${quote(knownBefore)}`,
  );

/** Months of receipt that have rollups, in order. */
export const rollupMonths = (manifest: Manifest): string[] => {
  const months = ['bill', 'prescription', 'claim', 'bill_result'].flatMap((name) =>
    partitionsOf(manifest, name).flatMap((ref) => monthOf(ref) ?? []),
  );
  return [...new Set(months)].sort();
};

/** One month of receipt: the bills of one shard, or all prescriptions. */
interface RollupJob {
  readonly month: string;
  readonly shard: number;
  readonly bills: boolean;
  readonly tables: readonly RollupName[];
}

const jobsOf = (manifest: Manifest): RollupJob[] =>
  rollupMonths(manifest).flatMap((month) => [
    ...Array.from({ length: manifest.shards }, (_, shard) => ({
      month,
      shard,
      bills: true,
      tables: ROLLUPS.filter((table) => table !== 'prescription_month'),
    })),
    { month, shard: 0, bills: false, tables: ['prescription_month' as const] },
  ]);

/**
 * Builds the missing rollups, one month of receipt and shard at a time: memory is bounded by one such part, and a month
 * that did not change is reused.
 * @param keep selects months and shards, so that workers can share the work
 */
export async function buildRollups(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  keep: (month: string, shard: number) => boolean = () => true,
  progress: (done: number, total: number) => void = () => {},
): Promise<{ rollups: RollupPartition[]; counts: BuildCounts }> {
  await createTariffVersions(duck, store, manifest);
  await createProviderViews(duck, store, manifest);
  const code = codeIdentity(require.resolve('./monthly-rollups-sql'));
  const rollups: RollupPartition[] = [];
  const counts = { built: 0, reused: 0 };
  const jobs = jobsOf(manifest);
  for (const [index, job] of jobs.entries()) {
    if (!keep(job.month, job.shard)) continue;
    const inputs = await createInputViews(duck, store, manifest, job);
    let joined = false;
    for (const table of job.tables) {
      const key = digestOf({ table, ...inputs, code, engine: duckDbVersion() });
      if (store.derived(key)) counts.reused++;
      else {
        if (!joined && job.bills) for (const sql of JOINED_BILLS) await duck.run(sql);
        joined = true;
        await writeRollup(duck, store, table, key);
        counts.built++;
      }
      const sha256 = store.derived(key)!;
      rollups.push({ table, month: job.month, sha256, file: store.existing(sha256) });
    }
    progress(index + 1, jobs.length);
  }
  return { rollups, counts };
}

/** Creates the `in_…` views of a job. @returns what identifies their content */
async function createInputViews(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  job: RollupJob,
): Promise<{ sources: string[]; facts: string; tariffs: string }> {
  if (!job.bills)
    return { sources: await createPrescriptionViews(duck, store, manifest, job.month), facts: '', tariffs: '' };
  const end = startOfDay(addMonths(job.month, 1));
  const sources = await createBillViews(duck, store, manifest, job);
  const facts = await providerFactsDigest(duck, end);
  await createKnownProviders(duck, end);
  return { sources, facts, tariffs: await createLineTariffs(duck, end) };
}

async function createBillViews(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  { month, shard }: RollupJob,
): Promise<string[]> {
  const view = (name: string, dataset: string, keep: (month: string | undefined, shard: number) => boolean) =>
    createDatasetView(duck, store, manifest, name, dataset, keep);
  const ofJob = (m: string | undefined, s: number) => m === month && s === shard;
  return [
    ...(await view('in_bill', 'bill', ofJob)),
    ...(await view('in_line', 'bill_line', ofJob)),
    ...(await view('in_hit', 'rule_outcome', ofJob)),
    ...(await view('in_patient', 'patient_fact', (m) => m !== undefined && m <= month)),
  ];
}

async function createPrescriptionViews(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  month: string,
): Promise<string[]> {
  const earliest = addMonths(month, -PRESCRIPTION_MONTHS);
  const ofMonth = (m: string | undefined) => m === month;
  const before = (m: string | undefined) => m !== undefined && m < month && m >= earliest;
  const views = [
    ['in_prescription', 'prescription', ofMonth],
    ['in_claim', 'claim', ofMonth],
    ['in_result', 'bill_result', ofMonth],
    ['in_ordered', 'prescription', (m: string | undefined) => ofMonth(m) || before(m)],
    ['in_earlier', 'claim', before],
  ] as const;
  const sources: string[] = [];
  for (const [name, dataset, keep] of views)
    sources.push(...(await createDatasetView(duck, store, manifest, name, dataset, keep)));
  return sources;
}

async function writeRollup(
  duck: DuckDBConnection,
  store: ArtifactStore,
  table: RollupName,
  key: string,
): Promise<void> {
  const parquet = store.temporary('.parquet');
  try {
    await duck.run(`copy (${ROLLUP_SQL[table]}) to ${quote(parquet)} ${PARQUET}`);
    await store.putDerived(key, parquet);
  } finally {
    fs.rmSync(parquet, { force: true });
  }
}
