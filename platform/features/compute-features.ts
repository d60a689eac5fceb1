import fs from 'node:fs';
import type { DuckDBConnection } from '@duckdb/node-api';
import { NETWORK_DECLARATIONS, FEATURES } from '../../domain/features/catalogue';
import type { Feature } from '../../domain/features/types';
import { addMonths } from '../../domain/rules/time-splits';
import { digestOf } from '../artifacts/hash';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import type { Manifest } from '../snapshots/datasets';
import { type DerivedPart, factsDigest, createView, startOfDay } from './monthly-rollups';
import { ident, PARQUET, quote } from '../duckdb/duckdb';
import { DerivedReader, LOOK_BACK_MONTHS } from './rollup-reader';
import { matrixEngine } from '../duckdb/version';
import {
  billWindows,
  dayWindows,
  patientWindows,
  rxWindows,
  shapeSums,
  tariffWindows,
  valueSql,
  wantedBy,
} from './window-aggregates-sql';

/** Features of every active provider at one as-of date. */
export interface FeaturePart {
  readonly asOf: string;
  readonly file: string;
  readonly sha256: string;
  readonly reused: boolean;
}

/** Fixed point for peer statistics: medians and ranks over whole numbers depend on no order of rows or threads. */
const FIXED = 1_000_000;
const LARGEST = 9_000_000_000_000;
/** Normal consistency of the median absolute deviation. */
const MAD_SCALE = 1.4826;
/** The same of the mean absolute deviation, and the largest z that is told apart. */
const MEAN_SCALE = 1.2533;
const LARGEST_Z = 50;

/**
 * Makes the features of each as-of date (first days of months), one date at a time. Only months of receipt that ended
 * before the date are read, and only facts known before it; peers are the providers of the same practice type at the
 * same date. A date whose inputs did not change is found again.
 */
export async function featureParts(
  duck: DuckDBConnection,
  store: ArtifactStore,
  manifest: Manifest,
  derived: readonly DerivedPart[],
  asOfs: readonly string[],
  {
    features = FEATURES,
    progress = () => {},
  }: { features?: readonly Feature[]; progress?: (done: number, total: number) => void } = {},
): Promise<FeaturePart[]> {
  for (const name of ['provider_fact', 'substitute']) await createView(duck, store, manifest, name, name, () => true);
  const code = codeIdentity('platform/features/compute-features.ts');
  const parts: FeaturePart[] = [];
  const reader = new DerivedReader(duck, derived);
  let kept = asOfs.length === 1; // one date reads its files once anyhow
  for (const [index, asOf] of asOfs.entries()) {
    const cut = startOfDay(asOf);
    const known = derived.filter((part) => part.month < asOf && part.month >= addMonths(asOf, -LOOK_BACK_MONTHS));
    const inputs = {
      asOf,
      facts: await factsDigest(duck, cut),
      known: known.map((part) => [part.table, part.month, part.sha256]),
      features: features.map((f) => f.name),
      code,
      engine: matrixEngine(),
    };
    const key = digestOf(inputs);
    const found = store.derived(key);
    if (!found) {
      if (!kept) await reader.keepSmall();
      kept = true;
      await reader.openAt(asOf);
      await computeAt(duck, asOf, cut, features);
      const parquet = store.temporary('.parquet');
      try {
        await duck.run(`copy (select * from features_at order by provider_id) to ${quote(parquet)} ${PARQUET}`);
        await store.putDerived(key, parquet);
      } finally {
        fs.rmSync(parquet, { force: true });
      }
    }
    const sha256 = store.derived(key)!;
    parts.push({ asOf, sha256, file: store.existing(sha256), reused: found !== undefined });
    progress(index + 1, asOfs.length);
  }
  return parts;
}

/** Leaves table `features_at`: as_of, provider_id, practice_type and the columns of `features` in their order. */
async function computeAt(
  duck: DuckDBConnection,
  asOf: string,
  cut: string,
  features: readonly Feature[],
): Promise<void> {
  const wanted = wantedBy(features);
  const shapes = shapeSums(features, asOf);
  await duck.run(`create or replace temp table facts as ${factsSql(asOf, cut)}`);
  const tables = {
    w_bill: billWindows(wanted, asOf),
    w_day: dayWindows(wanted, asOf),
    w_patient: patientWindows(asOf),
    w_tariff: tariffWindows(asOf),
    w_rx: rxWindows(wanted, asOf),
    w_shape: shapes.sql,
  };
  for (const [name, sql] of Object.entries(tables)) await duck.run(`create or replace temp table ${name} as ${sql}`);
  const network = features.some((f) => NETWORK_DECLARATIONS.includes(f.declaration));
  if (network) await duck.run(`create or replace temp table network as ${networkSql(asOf)}`);
  const own = features.filter((f) => f.peer === undefined);
  await duck.run(`create or replace temp table own as
    with ids as (select provider_id from w_bill union select provider_id from w_rx)
    select date '${asOf}' as as_of, ids.provider_id, f.practice_type, coalesce(bills__12, 0) + coalesce(prescriptions__12, 0) + coalesce(dispensings__12, 0) as activity, ${own.map((f) => `${valueSql(f)} as ${ident(f.name)}`).join(', ')}
    from ids join facts f using (provider_id) ${Object.keys(tables)
      .map((name) => `left join ${name} using (provider_id)`)
      .join(' ')} ${network ? 'left join network n using (provider_id)' : ''}`);
  await addPeers(duck, features);
}

function factsSql(asOf: string, cut: string): string {
  return `
    with known as (select * from provider_fact where known_from < timestamp ${quote(cut)} and valid_from <= date '${asOf}'),
    latest as (
      select provider_id, arg_max(practice_type, (valid_from, known_from)) as practice_type, arg_max(list_size, (valid_from, known_from)) as list_size,
        arg_max(account_hash, (valid_from, known_from)) as account_hash, arg_max(owner, (valid_from, known_from)) as owner,
        min(valid_from) as first_valid, max(valid_from) as last_valid, count(distinct valid_from) - 1 as changes from known group by provider_id),
    stand_ins as (select provider_id, count(distinct substitute_hpr) as substitutes from substitute where known_from < timestamp ${quote(cut)} and valid_from <= date '${asOf}' group by provider_id)
    select date '${asOf}' as as_of, l.*, coalesce(s.substitutes, 0) as substitutes,
      case when account_hash is null then null else count(*) over (partition by account_hash) - 1 end as same_account,
      case when owner is null then null else count(*) over (partition by owner) - 1 end as same_owner
    from latest l left join stand_ins s using (provider_id)`;
}

/** Patients of more providers than this say nothing of two of them (laboratories, large cities' duty doctors). */
const MOST_PARTNERS = 8;

/** Patients shared within the own practice type over twelve months, and with the closest single partner. */
function networkSql(asOf: string): string {
  return `
    with seen as (
      select distinct p.provider_id, p.patient_key, f.practice_type from patient_in p join facts f using (provider_id)
      where p.service_month >= date '${asOf}' - interval 12 month and p.service_month < date '${asOf}' and f.practice_type not in ('LABO', 'LEVA')),
    counted as (select *, count(*) over (partition by practice_type, patient_key) as treaters from seen),
    shares as (select provider_id, count(*) as patients, count(*) filter (treaters > 1) as shared from counted group by provider_id),
    few as (select * from counted where treaters between 2 and ${MOST_PARTNERS}),
    pairs as (select a.provider_id, b.provider_id as partner, count(*) as n from few a join few b on a.practice_type = b.practice_type and a.patient_key = b.patient_key and a.provider_id <> b.provider_id group by 1, 2),
    closest as (select provider_id, max(n) as top_partner from pairs group by provider_id)
    select s.*, coalesce(c.top_partner, 0) as top_partner from shares s left join closest c using (provider_id)`;
}

/** Columns compared at a time: bounds the memory of the long form. */
const COMPARED_AT_ONCE = 150;

/** Robust z-scores and ranks within the practice type, in long form, some columns at a time. */
async function addPeers(duck: DuckDBConnection, features: readonly Feature[]): Promise<void> {
  const compared = features.filter((f) => f.peer !== undefined);
  const bases = [...new Set(compared.map(valueSql))];
  const tables: string[] = [];
  for (let from = 0; from < bases.length; from += COMPARED_AT_ONCE) {
    const some = bases.slice(from, from + COMPARED_AT_ONCE);
    tables.push(`peers_${from}`);
    await compare(
      duck,
      `peers_${from}`,
      some,
      features,
      compared.filter((f) => some.includes(valueSql(f))),
    );
  }
  const columns = features.map((f) => ident(f.name)).join(', ');
  const joins = tables.map((name) => `left join ${name} using (provider_id)`).join(' ');
  await duck.run(
    `create or replace temp table features_at as select as_of, provider_id, practice_type, ${columns} from own ${joins} where activity > 0`,
  );
  for (const name of [
    ...tables,
    'long',
    'med',
    'spread',
    'compared',
    'own',
    'w_bill',
    'w_day',
    'w_patient',
    'w_tariff',
    'w_rx',
    'w_shape',
    'facts',
  ])
    await duck.run(`drop table if exists ${name}`);
}

async function compare(
  duck: DuckDBConnection,
  into: string,
  bases: readonly string[],
  features: readonly Feature[],
  wanted: readonly Feature[],
): Promise<void> {
  const own = new Map(features.filter((f) => f.peer === undefined).map((f) => [valueSql(f), f.name]));
  // DuckDB's greatest() and least() pass over nulls, so a missing value has to be kept missing by hand.
  const fixed = (sql: string) => {
    const name = ident(own.get(sql)!);
    return `case when ${name} is not null then cast(round(greatest(least(${name}, ${LARGEST}), -${LARGEST}) * ${FIXED}) as bigint) end`;
  };
  await duck.run(
    `create or replace temp table long as select provider_id, practice_type, unnest(range(${bases.length})) as f, unnest([${bases.map(fixed).join(', ')}]) as x from own where activity > 0`,
  );
  await duck.run(
    'create or replace temp table med as select practice_type, f, quantile_disc(x, 0.5) as med from long group by 1, 2',
  );
  // Where more than half of a group stand on one value the median deviation is nothing; the mean deviation stands in.
  await duck.run(`create or replace temp table spread as
    select practice_type, f, med, case when mad > 0 then ${MAD_SCALE} * mad else ${MEAN_SCALE} * mean_ad end as scale
    from (select practice_type, f, med, quantile_disc(abs(x - med), 0.5) as mad, cast(sum(cast(abs(x - med) as hugeint)) as double) / count(x) as mean_ad from long join med using (practice_type, f) group by 1, 2, 3)`);
  await duck.run(`create or replace temp table compared as
    select provider_id, f, case when x is null then null when scale > 0 then greatest(least((x - med) / scale, ${LARGEST_Z}), -${LARGEST_Z}) else 0 end as z,
      case when x is not null then (rank() over (partition by practice_type, f order by x nulls last) - 1) / cast(greatest(count(x) over (partition by practice_type, f) - 1, 1) as double) end as pct
    from long join spread using (practice_type, f)`);
  const cells = wanted.map(
    (feature) =>
      `max(case when f = ${bases.indexOf(valueSql(feature))} then ${feature.peer} end) as ${ident(feature.name)}`,
  );
  await duck.run(
    `create or replace temp table ${into} as select provider_id, ${cells.join(', ')} from compared group by provider_id`,
  );
}
