import type { CivilDate } from '../../domain/time/instant';
import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FEATURES, NETWORK_DECLARATIONS } from '../../domain/features/catalogue';
import type { Feature } from '../../domain/features/types';
import { addMonths } from '../../domain/time/days';
import { digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { startOfDay } from '../duckdb/civil-day';
import { ident, PARQUET, quote } from '../duckdb/duckdb';
import { duckDbVersion } from '../duckdb/version';
import type { Manifest } from '../snapshots/datasets';
import { createProviderViews, providerFactsDigest, type RollupPartition } from './monthly-rollups';
import { addPeerColumns } from './peer-comparison';
import { providerFactsSql, sharedPatientsSql } from './provider-facts-sql';
import { LOOK_BACK_MONTHS, RollupReader } from './rollup-reader';
import {
  billWindows,
  dayWindows,
  monthlyShapeSums,
  patientWindows,
  prescriptionWindows,
  requiredAggregates,
  tariffWindows,
  valueSql,
} from './window-aggregates-sql';

/** Features of every active provider at one as-of date. */
export interface FeatureFile {
  /** First day of a month. */
  readonly asOf: CivilDate;
  readonly file: string;
  readonly sha256: string;
  /** True where the store held the features of equal inputs. */
  readonly reused: boolean;
}

/**
 * Computes the features of each as-of date (first days of months), one date at a time. Only months of receipt that
 * ended before the date are read, and only facts known before it; peers are the providers of the same practice type at
 * the same date. A date whose inputs did not change is reused.
 */
export async function computeFeatures(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  rollups: readonly RollupPartition[],
  asOfs: readonly CivilDate[],
  {
    features = FEATURES,
    progress = () => {},
  }: { features?: readonly Feature[]; progress?: (done: number, total: number) => void } = {},
): Promise<FeatureFile[]> {
  await createProviderViews(duck, store, manifest);
  const code = codeIdentity(__filename);
  const files: FeatureFile[] = [];
  const reader = new RollupReader(duck, rollups);
  let cached = asOfs.length === 1; // one date reads its files only once anyway
  for (const [index, asOf] of asOfs.entries()) {
    const knownBefore = startOfDay(asOf);
    const earliest = addMonths(asOf, -LOOK_BACK_MONTHS);
    const known = rollups.filter((rollup) => rollup.month < asOf && rollup.month >= earliest);
    const key = digestOf({
      asOf,
      facts: await providerFactsDigest(duck, knownBefore),
      known: known.map(({ table, month, sha256 }) => [table, month, sha256]),
      features: features.map(({ name }) => name),
      code,
      engine: duckDbVersion(),
    });
    const reused = store.derived(key) !== undefined;
    if (!reused) {
      if (!cached) await reader.cacheSmall();
      cached = true;
      await reader.createViewsAt(asOf);
      await computeAt(duck, asOf, knownBefore, features);
      await writeFeatures(duck, store, key);
    }
    const sha256 = store.derived(key)!;
    files.push({ asOf, sha256, file: store.existing(sha256), reused });
    progress(index + 1, asOfs.length);
  }
  return files;
}

async function writeFeatures(duck: DuckDBConnection, store: ArtifactStore, key: string): Promise<void> {
  const parquet = store.temporary('.parquet');
  try {
    await duck.run(`copy (select * from features_at order by provider_id) to ${quote(parquet)} ${PARQUET}`);
    await store.putDerived(key, parquet);
  } finally {
    fs.rmSync(parquet, { force: true });
  }
}

/** Leaves table `features_at`: as_of, provider_id, practice_type and the columns of `features` in their order. */
async function computeAt(
  duck: DuckDBConnection,
  asOf: CivilDate,
  knownBefore: string,
  features: readonly Feature[],
): Promise<void> {
  const required = requiredAggregates(features);
  const facts = `create or replace temp table facts as ${providerFactsSql(asOf, knownBefore)}`;
  await duck.run(facts);
  const tables = {
    w_bill: billWindows(required, asOf),
    w_day: dayWindows(required, asOf),
    w_patient: patientWindows(asOf),
    w_tariff: tariffWindows(asOf),
    w_prescription: prescriptionWindows(required, asOf),
    w_shape: monthlyShapeSums(features, asOf),
  };
  const names = Object.keys(tables);
  for (const [name, sql] of Object.entries(tables)) await duck.run(`create or replace temp table ${name} as ${sql}`);
  const network = features.some((feature) => NETWORK_DECLARATIONS.includes(feature.declaration));
  if (network) await duck.run(`create or replace temp table network as ${sharedPatientsSql(asOf)}`);
  const own = features.filter((feature) => feature.peer === undefined);
  await duck.run(`create or replace temp table own as
    with ids as (select provider_id from w_bill union select provider_id from w_prescription)
    select date '${asOf}' as as_of, ids.provider_id, f.practice_type,
      coalesce(bills__12, 0) + coalesce(prescriptions__12, 0) + coalesce(dispensings__12, 0) as activity,
      ${own.map((feature) => `${valueSql(feature)} as ${ident(feature.name)}`).join(', ')}
    from ids join facts f using (provider_id) ${names.map((name) => `left join ${name} using (provider_id)`).join(' ')}
      ${network ? 'left join network n using (provider_id)' : ''}`);
  await addPeerColumns(duck, features);
  for (const name of ['own', ...names, 'facts']) await duck.run(`drop table if exists ${name}`);
}
