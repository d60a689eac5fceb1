import type { DuckDBConnection } from '@duckdb/node-api';
import type { Feature } from '../../domain/features/types';
import { ident } from '../duckdb/duckdb';
import { valueSql } from './window-aggregates-sql';

/** Fixed-point scale: medians and ranks over whole numbers do not depend on the order of rows or threads. */
const FIXED_POINT = 1_000_000;
const MAX_VALUE = 9_000_000_000_000;
/** Scales the median absolute deviation to the standard deviation of a normal distribution. */
const MAD_SCALE = 1.4826;
/** The same for the mean absolute deviation. */
const MEAN_SCALE = 1.2533;
/** Larger robust z-scores are clipped. */
const MAX_Z = 50;
/** Columns compared at a time, which bounds the memory of the long form. */
const COLUMNS_PER_PASS = 150;

/**
 * Adds the peer columns of `features`, that is robust z-scores and percentile ranks within the practice type, to table
 * `own`, and leaves table `features_at` with the columns of `features` in their order.
 */
export async function addPeerColumns(duck: DuckDBConnection, features: readonly Feature[]): Promise<void> {
  const compared = features.filter((feature) => feature.peer !== undefined);
  const bases = [...new Set(compared.map(valueSql))];
  const tables: string[] = [];
  for (let from = 0; from < bases.length; from += COLUMNS_PER_PASS) {
    const pass = bases.slice(from, from + COLUMNS_PER_PASS);
    const wanted = compared.filter((feature) => pass.includes(valueSql(feature)));
    tables.push(`peers_${from}`);
    await comparePass(duck, `peers_${from}`, pass, features, wanted);
  }
  const columns = features.map((feature) => ident(feature.name)).join(', ');
  const joins = tables.map((name) => `left join ${name} using (provider_id)`).join(' ');
  await duck.run(
    `create or replace temp table features_at as
     select as_of, provider_id, practice_type, ${columns} from own ${joins} where activity > 0`,
  );
  for (const name of [...tables, 'long', 'medians', 'spread', 'compared'])
    await duck.run(`drop table if exists ${name}`);
}

async function comparePass(
  duck: DuckDBConnection,
  into: string,
  bases: readonly string[],
  features: readonly Feature[],
  wanted: readonly Feature[],
): Promise<void> {
  const columnOf = new Map(features.filter((f) => f.peer === undefined).map((f) => [valueSql(f), f.name]));
  // DuckDB's greatest() and least() ignore nulls, so a missing value is kept missing explicitly.
  const fixedPoint = (sql: string) => {
    const name = ident(columnOf.get(sql)!);
    const clipped = `greatest(least(${name}, ${MAX_VALUE}), -${MAX_VALUE})`;
    return `case when ${name} is not null then cast(round(${clipped} * ${FIXED_POINT}) as bigint) end`;
  };
  await duck.run(`create or replace temp table long as
    select provider_id, practice_type, unnest(range(${bases.length})) as f,
      unnest([${bases.map(fixedPoint).join(', ')}]) as x
    from own where activity > 0`);
  await duck.run(`create or replace temp table medians as
    select practice_type, f, quantile_disc(x, 0.5) as med from long group by 1, 2`);
  // Where more than half of a group share one value, the median deviation is zero and the mean deviation replaces it.
  await duck.run(`create or replace temp table spread as
    select practice_type, f, med, case when mad > 0 then ${MAD_SCALE} * mad else ${MEAN_SCALE} * mean_ad end as scale
    from (
      select practice_type, f, med, quantile_disc(abs(x - med), 0.5) as mad,
        cast(sum(cast(abs(x - med) as hugeint)) as double) / count(x) as mean_ad
      from long join medians using (practice_type, f) group by 1, 2, 3)`);
  const clippedZ = `greatest(least((x - med) / scale, ${MAX_Z}), -${MAX_Z})`;
  await duck.run(`create or replace temp table compared as
    select provider_id, f, case when x is null then null when scale > 0 then ${clippedZ} else 0 end as z,
      case when x is not null then (rank() over (partition by practice_type, f order by x nulls last) - 1)
        / cast(greatest(count(x) over (partition by practice_type, f) - 1, 1) as double) end as pct
    from long join spread using (practice_type, f)`);
  const cells = wanted.map((feature) => {
    const index = bases.indexOf(valueSql(feature));
    return `max(case when f = ${index} then ${feature.peer} end) as ${ident(feature.name)}`;
  });
  await duck.run(
    `create or replace temp table ${into} as select provider_id, ${cells.join(', ')} from compared
      group by provider_id`,
  );
}
