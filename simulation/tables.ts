import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { CALIBRATION, GROUPS, BENIGN_REASONS } from './calibration';
import type { SimulationConfig } from './simulation-config';
import type { Population } from './patients';
import type { SimProvider } from './register';
import { TARIFFS, tariffOf } from './tariffs';

/**
 * Opens the DuckDB that simulates the bills. Every random number is a hash of seed, provider, day and purpose, so any
 * month can be generated alone, in any order and on any number of threads, with the same result (for the pinned DuckDB
 * version).
 */
export async function withSimulationDb<T>(
  tempDir: string,
  threads: number,
  work: (duck: DuckDBConnection) => Promise<T>,
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    threads: String(threads),
    memory_limit: '3GB',
    temp_directory: tempDir,
    preserve_insertion_order: 'true',
  });
  const connection = await instance.connect();
  try {
    await connection.run("set TimeZone = 'UTC'");
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const ROWS_AN_INSERT = 2000;

async function insert(duck: DuckDBConnection, table: string, rows: readonly string[]): Promise<void> {
  for (let i = 0; i < rows.length; i += ROWS_AN_INSERT)
    await duck.run(`insert into ${table} values ${rows.slice(i, i + ROWS_AN_INSERT).join(', ')}`);
}

/** Creates the tables that do not change from month to month, and the two macros for random numbers. */
export async function createScenarioTables(
  duck: DuckDBConnection,
  config: SimulationConfig,
  providers: readonly SimProvider[],
  population: Population,
): Promise<void> {
  // The outer hash matters: DuckDB combines several values by exclusive-or, so draws for different purposes would
  // correlate.
  await duck.run(
    `create macro u(a, b, c, k) as (hash(hash(${config.seed}::bigint, a::bigint, b::bigint, c::bigint, k)) >> ` +
      '11)::double / 9007199254740992.0',
  );
  await duck.run(
    `create macro normal(a, b, c, k) as sqrt(-2 * ln(1 - u(a, b, c, k || '1'))) * cos(2 * pi() * u(a, b, c, k || '2'))`,
  );
  await duck.run(`create table provider (idx integer, practice_no varchar, hpr integer, grp integer, muni integer,
    from_m integer, until_m integer,
    intensity double, lag_days double, slow boolean, mask integer, severity double, start_m integer, rule_rate double,
      performers integer,
    substitute boolean, batch boolean, ramp boolean, benign integer, panel_lo bigint, panel_size bigint,
      list_lo bigint, list_size bigint,
    pool_lo bigint, pool_size bigint, shift_from integer, shift_until integer, p_weekday double, p_weekend double)`);
  await insert(
    duck,
    'provider',
    providers.map((provider) => providerRow(provider, population)),
  );
  await duck.run(
    `create table main_use (grp integer, tariff varchar, kind varchar, lo double, hi double, minutes integer,
      ore bigint)`,
  );
  await duck.run(
    `create table addon (grp integer, k integer, tariff varchar, kind varchar, p double, effect varchar,
      minutes integer, per_rep integer, max_reps integer, ore bigint)`,
  );
  await insert(
    duck,
    'addon',
    GROUPS.flatMap((group, g) =>
      group.addOns.map((use, k) => {
        const t = tariffOf(use.code);
        const named = `${g}, ${k}, ${text(use.code)}, ${text(t.kind)}, ${use.probability}, ${text(use.effect)}`;
        return `(${named}, ${t.minMinutes}, ${t.minutesPerRepetition}, ${t.maxRepetitions}, ${t.feeOre})`;
      }),
    ),
  );
  await duck.run('create table tariff (code varchar, kind varchar, minutes integer, per_rep integer, ore bigint)');
  await insert(
    duck,
    'tariff',
    TARIFFS.map((t) => `(${text(t.code)}, ${text(t.kind)}, ${t.minMinutes}, ${t.minutesPerRepetition}, ${t.feeOre})`),
  );
  await createPatientTables(duck, population);
}

function providerRow(provider: SimProvider, population: Population): string {
  const { group } = provider;
  const pool = population.pools[provider.municipality]!;
  const listFrom = population.listFrom.get(provider.index);
  const size = Math.min(group.panel, pool.size);
  // Members of a ring share the panel of its head; the panels of others start anywhere in their municipality.
  const anchor = provider.ring ?? provider.index;
  const panelLo = listFrom ?? pool.from + ((anchor * 7919) % Math.max(1, pool.size - size));
  const big = provider.benignReason === 'big-list' ? 90 : 0;
  const cells = [
    provider.index,
    text(provider.praksisId),
    provider.hprNr,
    provider.groupIndex,
    provider.municipality,
    provider.fromMonth,
    provider.untilMonth,
    provider.intensity,
    provider.lagDays,
    provider.slow,
    provider.mask,
    provider.severity,
    provider.startMonth,
    provider.ruleRate,
    provider.performers,
    provider.substitute,
    provider.batchStamper,
    provider.ramp,
    provider.benignReason ? BENIGN_REASONS.indexOf(provider.benignReason) : -1,
    panelLo,
    provider.listSize ?? size,
    listFrom ?? -1,
    provider.listSize ?? 0,
    pool.from,
    pool.size,
    group.shift[0],
    group.shift[1] + big,
    group.days[0],
    group.days[1],
  ];
  return `(${cells.join(', ')})`;
}

/** Creates tables of deaths and moves abroad by patient; all other patients live here throughout. */
async function createPatientTables(duck: DuckDBConnection, population: Population): Promise<void> {
  const values = population.pools
    .map((pool, muni) => `(${muni}, ${pool.from}::bigint, ${pool.size}::bigint)`)
    .join(', ');
  await duck.run(`create table pool as select * from (values ${values}) t(muni, lo, size)`);
  await duck.run(`create table gone as
    select p, muni, case when u(p, 0, 0, 'abroad') < ${CALIBRATION.abroadShare} then 'abroad' else 'dead' end as why,
      date '2019-01-01' + cast(floor(u(p, 0, 0, 'gone day') * 365 * 8) as integer) as day
    from (select muni, unnest(range(lo, lo + size)) as p from pool)
    where u(p, 0, 0, 'abroad') < ${CALIBRATION.abroadShare} or u(p, 0, 0, 'dead') < ${CALIBRATION.mortalityYearly * 8}
      order by p`);
  await duck.run(
    `create table gone_nr as select muni, p, day, muni
      * 100000000 + row_number() over (partition by muni order by day, p) - 1 as gone_key from gone`,
  );
}

/** Fills the weights of main tariffs for one month, as ranges of [0, 1); e-consultations grow from March 2020. */
export async function fillMainTariffs(duck: DuckDBConnection, month: string): Promise<void> {
  const { before, from2020, steady } = CALIBRATION.eConsultation;
  const factor = month < '2020-03' ? before : month < '2021-07' ? from2020 : steady;
  const rows = GROUPS.flatMap((group, g) => {
    const weights = group.main.map((use) => use.weight * (tariffOf(use.code).kind === 'e-consultation' ? factor : 1));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let at = 0;
    return group.main.map((use, i) => {
      const lo = at;
      at += weights[i]! / total;
      const t = tariffOf(use.code);
      return (
        `(${g}, ${text(use.code)}, ${text(t.kind)}, ${lo}, ${i === group.main.length - 1 ? 1.1 : at}, ` +
        `${t.minMinutes}, ${t.feeOre})`
      );
    });
  });
  await duck.run('delete from main_use');
  await insert(duck, 'main_use', rows);
}
