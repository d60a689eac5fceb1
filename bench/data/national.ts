import type { CivilDate } from '../../domain/time/instant';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { FEATURES, NETWORK_DECLARATIONS } from '../../domain/features/catalogue';
import type { Feature } from '../../domain/features/types';
import { addMonths } from '../../domain/time/days';
import { ROOT } from '../../platform/config/env';
import { type Manifest, monthOf } from '../../platform/snapshots/datasets';
import { buildRollups } from '../../platform/features/monthly-rollups';
import { quote, withDuckDb } from '../../platform/duckdb/duckdb';
import { computeFeatures } from '../../platform/features/compute-features';
import { flagTimeUse } from '../../platform/features/time-use-rules';
import { type SimulationConfig, NATIONAL_CONFIG } from '../../simulation/simulation-config';
import { nationalSnapshot } from '../lib/national';
import { type Figure, report } from '../lib/results';

/**
 * All providers, 40 M bills and 120 M lines over 36 months, from a stored snapshot; `--small` is a tenth of it,
 * `--triple` three times.
 */
const VOLUMES = { small: 0.0113, national: 0.113, triple: 0.339 } as const;
const SIZE = (['small', 'triple'] as const).find((size) => process.argv.includes(`--${size}`)) ?? 'national';
const CONFIG: SimulationConfig = { ...NATIONAL_CONFIG, volume: VOLUMES[SIZE] };
/** What Norway has in a year, where the triple case has it in three. */
const NORWAY = 120e6;
const HOME = path.join(ROOT, '.stack/bench');
const WITHOUT_NETWORK = FEATURES.filter((f) => !NETWORK_DECLARATIONS.includes(f.declaration));
const LAST = addMonths(`${CONFIG.firstMonth}-01`, 12 * CONFIG.years);
const DATES = Array.from({ length: 12 }, (_, i) => addMonths(LAST, i - 12));

const DATES_FIGURE = '12 dates from a stored snapshot';

const peakMiB = () => process.resourceUsage().maxRSS / 1024;
const say = (text: string) => process.stderr.write(`${text}\n`);

async function timed<T>(what: string, work: () => Promise<T>): Promise<{ seconds: number; value: T }> {
  const began = performance.now();
  const value = await work();
  const seconds = (performance.now() - began) / 1000;
  say(`${what}: ${seconds.toFixed(1)} s, peak ${peakMiB().toFixed(0)} MiB`);
  return { seconds, value };
}

/** The snapshot as it was a month earlier. */
const monthEarlier = (manifest: Manifest): Manifest => ({
  ...manifest,
  datasets: manifest.datasets.map((d) => ({
    ...d,
    partitions: d.partitions.filter((part) => (monthOf(part) ?? '') < addMonths(LAST, -1)),
  })),
});

async function main(): Promise<void> {
  if (process.argv.includes('--simulate')) return void (await nationalSnapshot(CONFIG, HOME));
  // In a process of its own, so that the peak below is that of the features.
  const simulation = spawnSync(process.execPath, [__filename, '--simulate', ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  if (simulation.status !== 0) throw new Error(`the simulation ended with ${simulation.status ?? simulation.signal}`);
  const { store, manifest, bills, lines, seconds: simulated } = await nationalSnapshot(CONFIG, HOME);
  say(`${bills} bills, ${lines} lines; simulated in ${simulated.toFixed(0)} s`);
  if (!process.argv.includes('--keep')) fs.rmSync(path.join(store.root, 'derived'), { recursive: true, force: true });
  const build = (m: Manifest, dates: readonly CivilDate[], features: readonly Feature[] = WITHOUT_NETWORK) =>
    withDuckDb(store.temporary(), async (duck) => {
      const { rollups } = await buildRollups(duck, store, m);
      return computeFeatures(duck, store, m, rollups, dates, { features });
    });
  const first = await timed('36 months less one, 12 dates', () => build(monthEarlier(manifest), DATES));
  const further = await timed('one further month and date', () => build(manifest, [LAST]));
  const again = await timed('nothing new', () => build(manifest, [...DATES, LAST]));
  const peak = peakMiB();
  const network = await timed('with network features, one date', () => build(manifest, [LAST], FEATURES));
  const engine = await timed('flags of time use', () =>
    withDuckDb(store.temporary(), (duck) => flagTimeUse(duck, store, manifest)),
  );
  const detection = await withDuckDb(store.temporary(), (duck) =>
    evaluateFlags(
      duck,
      engine.value.map((m) => m.file),
      further.value[0]!.file,
      manifest,
      (sha) => store.existing(sha),
    ),
  );
  const millions = (count: number) => `${(count / 1e6).toFixed(1)} M`;
  const size = `${millions(bills)} bills, ${millions(lines)} lines, ${WITHOUT_NETWORK.length} columns`;
  const target = (value: number) => (SIZE !== 'national' ? {} : { target: { at: 'most' as const, value } });
  const figures: Figure[] = [
    { name: DATES_FIGURE, value: first.seconds, unit: 's', baseline: size, ...target(480), stretch: '300' },
    { name: 'one further month', value: further.seconds, unit: 's', ...target(45) },
    { name: 're-run with nothing new', value: again.seconds, unit: 's', ...target(5) },
    ...(SIZE === 'triple' ? [beyond(first.seconds, bills)] : []),
    { name: 'peak memory (memory_limit 1 GB)', value: peak, unit: 'MiB', target: { at: 'most', value: 2048 } },
    {
      name: 'one date with network features',
      value: network.seconds,
      unit: 's',
      baseline: 'of which the rest is the date again',
    },
    { name: 'flags of time use over every day', value: engine.seconds, unit: 's', ...target(120) },
    ...detection,
  ];
  report(SIZE === 'national' ? 'data-national' : `data-national-${SIZE}`, figures);
}

/**
 * What a year of all of Norway's bills over three years would take: on the line through this case and the national one.
 */
function beyond(seconds: number, bills: number): Figure {
  const file = path.join(ROOT, 'bench/results/data-national.json');
  const national = fs.existsSync(file)
    ? (JSON.parse(fs.readFileSync(file, 'utf8')) as { rows: { name: string; value: number }[] }).rows.find(
        ({ name }) => name === DATES_FIGURE,
      )
    : undefined;
  const [lessBills, less] = national ? [(bills * VOLUMES.national) / VOLUMES.triple, national.value] : [0, 0];
  const value = less + ((seconds - less) / (bills - lessBills)) * (NORWAY * CONFIG.years - lessBills);
  return {
    name: `${NORWAY / 1e6} M bills a year, extrapolated`,
    value,
    unit: 's',
    baseline: national
      ? `through ${less.toFixed(0)} s at a third of these bills`
      : 'in proportion: no result of the national case is here',
  };
}

/** The flags of time use, against the ground truth of the simulation. */
async function evaluateFlags(
  duck: DuckDBConnection,
  files: readonly string[],
  featureFile: string,
  manifest: Manifest,
  pathOf: (sha: string) => string,
): Promise<Figure[]> {
  const name = (kind: string) =>
    path.join(HOME, `${kind}-${CONFIG.providers}-${CONFIG.volume}-${CONFIG.years}.parquet`);
  const one = async (sql: string) => Number((await duck.runAndReadAll(sql)).getRows()[0]?.[0]);
  const billFiles = manifest.datasets
    .find((d) => d.name === 'bill')!
    .partitions.map((part) => quote(pathOf(part.file)));
  await duck.run(`create temp view flagged as select * from read_parquet([${files.map(quote).join(', ')}])`);
  await duck.run(`create temp view truth as select * from read_parquet(${quote(name('truth'))})`);
  await duck.run(`create temp view provider as select * from read_parquet(${quote(name('providers'))})`);
  // A planted day counts once its bills are known: those that were still on their way at the end of the snapshot do
  // not.
  await duck.run(
    'create temp table seen as select provider_id, civil_day, count(*) as bills from ' +
      `read_parquet([${billFiles.join(', ')}]) where kind = 'sent' group by 1, 2`,
  );
  const recall = (behaviour: number, flag: string) =>
    one(`select avg(case when f.provider_id is null then 0 else 1 end)
      from (select distinct t.provider_id, t.day, t.bills
        from truth t join seen s on s.provider_id = t.provider_id and s.civil_day = t.day
        where behaviour = ${behaviour} and s.bills >= t.bills + 1) t
      left join (select distinct provider_id, civil_day from flagged where ${flag}) f on f.provider_id = t.provider_id
        and f.civil_day = t.day`);
  const falseDays = await one(`with outliers as (select provider_id from provider where benign >= 0 and mask = 0)
    select (select count(distinct (provider_id, civil_day)) from flagged where provider_id in (from outliers)) / (select
      count(*) from seen where provider_id in (from outliers))::double`);
  const falseOthers = await one(`with clean as (select provider_id from provider where benign < 0 and mask = 0)
    select (select count(distinct (provider_id, civil_day)) from flagged where provider_id in (from clean)) / (select
      count(*) from seen where provider_id in (from clean))::double`);
  return [
    {
      name: 'recall per day, A1 (impossible days)',
      value: await recall(1, 'overlap or beyond_a_day'),
      unit: 'share',
      target: { at: 'least', value: 0.99 },
    },
    {
      name: 'recall per day, A6 (substitute and holder)',
      value: await recall(6, 'with_substitute'),
      unit: 'share',
      target: { at: 'least', value: 0.99 },
    },
    { name: 'false days at benign outliers', value: falseDays, unit: 'share', target: { at: 'most', value: 0.01 } },
    { name: 'false days at other clean providers', value: falseOthers, unit: 'share' },
    ...(await timeAddOns(duck, featureFile)),
  ];
}

/** Robust z beyond which a provider's time add-ons stand out from peers (Iglewicz and Hoaglin 1993: 3.5). */
const STANDS_OUT = 3.5;

/** A2: share of providers found, by what the behaviour adds in the last year to their other time add-ons. */
async function timeAddOns(duck: DuckDBConnection, featureFile: string): Promise<Figure[]> {
  await duck.run(`create temp table a2 as
    with planted as (select provider_id, sum(excess_ore) as excess from truth where behaviour = 2 and day >= date
      '${addMonths(LAST, -12)}' group by 1),
    f as (select provider_id, add_on_money_share_12m * amount_12m as add_on_ore,
      greatest(coalesce(add_on_money_share_12m_z, 0), coalesce(repetitions_per_add_on_12m_z, 0),
        coalesce(add_ons_per_bill_12m_z, 0)) as z from read_parquet(${quote(featureFile)}))
    select p.provider_id, excess / greatest(add_on_ore - excess, 1) as share, z > ${STANDS_OUT} as found from planted p
      join f using (provider_id)`);
  const rows = (
    await duck.runAndReadAll(
      'select bucket, count(*)::int, avg(case when found then 1.0 else 0 end)::double from (select *, case ' +
        `when share < 0.1 then '0.0-0.1' when share < 0.3 then '0.1-0.3' when share < 0.6 then '0.3-0.6' when ` +
        `share < 1 then '0.6-1.0' else '1.0 or more' end as bucket from a2) group by 1 order by 1`,
    )
  ).getRows();
  const all = (
    await duck.runAndReadAll(
      'select count(*)::int, avg(case when found then 1.0 else 0 end)::double from a2 where share >= 0.3',
    )
  )
    .getRows()[0]!
    .map(Number);
  return [
    ...rows.map(([bucket, n, share]) => ({
      name: `A2 found, planted excess ${String(bucket)}`,
      value: Number(share),
      unit: 'share',
      baseline: `${Number(n)} providers`,
    })),
    {
      name: 'A2 found per provider, planted excess of 30 % or more',
      value: all[1]!,
      unit: 'share',
      baseline: `${all[0]} providers`,
      target: { at: 'least', value: 0.9 },
    },
  ];
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
