import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addOnsSql, contactsSql, daysSql, receivedSql, startsSql } from './bills-sql';
import { type SimulationConfig, monthAt, monthsOf } from './simulation-config';
import { makePopulation, type Population } from './patients';
import { prescriptionsSql } from './prescriptions-sql';
import { fillMainTariffs, createScenarioTables, withSimulationDb } from './tables';
import { makeProviders, type SimProvider } from './register';

export interface Scenario {
  readonly config: SimulationConfig;
  readonly providers: readonly SimProvider[];
  readonly population: Population;
}

/**
 * Receives the register while it is generated. When a month of receipt is complete, its rows are in the tables
 * `out_bill`, `out_line` and `out_prescription`, and what each behaviour added is in `truth_day`.
 */
export interface Sink {
  begin?(duck: DuckDBConnection, scenario: Scenario): Promise<void>;
  month(duck: DuckDBConnection, month: string, scenario: Scenario): Promise<void>;
  end?(duck: DuckDBConnection, scenario: Scenario): Promise<void>;
}

const BILL_COLUMNS =
  'idx, day, minute, p, performer, grp, main, ore, planted, received_at, sent_day, hit, ga, gb, is_credit, ' +
  'credits_a, credits_b, d, i, copy';

/** Share of Norway's bills below which a second thread gains nothing and takes time from concurrent loading. */
const SMALL = 0.01;

/**
 * Generates the register month by month and passes each month of receipt to the sink. Equal configurations give equal
 * rows.
 */
export async function generate(
  config: SimulationConfig,
  sink: Sink,
  progress: (done: number, total: number) => void = () => {},
): Promise<Scenario> {
  const providers = makeProviders(config);
  const scenario: Scenario = { config, providers, population: makePopulation(providers) };
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-sim-'));
  try {
    await withSimulationDb(temp, config.providers * config.volume < SMALL ? 1 : 2, async (duck) => {
      await createScenarioTables(duck, config, providers, scenario.population);
      await createOutputs(duck);
      await sink.begin?.(duck, scenario);
      for (let m = 0; m < monthsOf(config); m++) {
        await serviceMonth(duck, config, m);
        await receiptMonth(duck, monthAt(config, m));
        await sink.month(duck, monthAt(config, m), scenario);
        progress(m + 1, monthsOf(config));
      }
      await sink.end?.(duck, scenario);
    });
  } finally {
    fs.rmSync(temp, { recursive: true, force: true });
  }
  return scenario;
}

async function createOutputs(duck: DuckDBConnection): Promise<void> {
  await duck.run(`create table pending_bill (idx integer, day date, minute integer, p bigint, performer integer,
    grp integer, main varchar, ore bigint, planted integer,
    received_at timestamp, sent_day date, hit integer, ga ubigint, gb ubigint, is_credit boolean, credits_a ubigint,
      credits_b ubigint, d bigint, i bigint, copy integer)`);
  await duck.run(
    `create table pending_line (idx integer, d bigint, i bigint, k integer, tariff varchar, reps integer, ore bigint,
      planted integer)`,
  );
  await duck.run('create table truth_day (idx integer, day date, behaviour integer, bills bigint, excess_ore bigint)');
  await duck.run(
    `create table out_prescription (idx integer, pharmacy integer, p bigint, day date, atc varchar, packages integer,
      dispensed integer, reservation boolean, override boolean, ore bigint, dispensed_day date, received_at timestamp,
      pa ubigint, pb ubigint)`,
  );
  await duck.run('create table pending_prescription as from out_prescription');
}

async function serviceMonth(duck: DuckDBConnection, config: SimulationConfig, m: number): Promise<void> {
  await fillMainTariffs(duck, monthAt(config, m));
  for (const sql of [daysSql(config, m), contactsSql(m), addOnsSql(), startsSql(config, m), receivedSql(config)])
    await duck.run(sql);
  await duck.run(
    `insert into pending_bill select idx, day, minute, p, performer, grp, main, ore, planted, received_at, sent_day,
      hit, ga, gb, false, null, null, d, i, copy from sim_received`,
  );
  // Only whole bills can be credited, by a later one (KUHR); the practice finds out within two months.
  await duck.run(`insert into pending_bill select idx, day, minute, p, performer, grp, main, ore, 0,
    received_at + to_days(cast(10 + floor(50 * u(idx, d, i, 'credit day')) as integer)),
    cast(received_at + to_days(cast(10 + floor(50 * u(idx, d, i, 'credit day')) as integer)) as date), null,
      hash(hash(ga, 'credit')), hash(hash('credit', gb)), true, ga, gb, d, i, copy from sim_received where credited`);
  await duck.run(
    `insert into pending_line select a.idx, a.d, a.i, a.k, a.tariff, a.reps, a.ore, a.planted from sim_addon a
      join sim_bill b on b.idx = a.idx and b.d = a.d and b.i = a.i and b.copy = 0`,
  );
  await duck.run(
    `insert into truth_day select idx, day, planted, count(*), sum(ore) from sim_bill where planted > 0
      group by 1, 2, 3`,
  );
  await duck.run(
    `insert into truth_day select b.idx, b.day, a.planted, count(*), sum(a.ore) from sim_addon a
      join sim_bill b on b.idx = a.idx and b.d = a.d and b.i = a.i and b.copy = 0 where a.planted > 0 group by 1, 2, 3`,
  );
  await duck.run(prescriptionsSql(config, m));
}

const uuid = (a: string, b: string) =>
  `printf('%08x-%04x-4%03x-a%03x-%012x', ${a} >> 32, (${a} >> 16) & 65535, (${a} >> 4) & 4095, ${b} >> 52, ${b} & ` +
  '281474976710655)';

/** Moves what was received in a month to the output tables. */
async function receiptMonth(duck: DuckDBConnection, month: string): Promise<void> {
  const inMonth = `sent_day >= date '${month}-01' and sent_day <= last_day(date '${month}-01')`;
  await duck.run(`create or replace table out_bill as select ${BILL_COLUMNS}, ${uuid('ga', 'gb')} as guid,
    ${uuid('credits_a', 'credits_b')} as credits,
    ${uuid("hash(hash(idx, sent_day, 'sub a'))", "hash(hash('sub b', sent_day, idx))")} as submission,
      row_number() over (partition by idx order by sent_day, ga) as nr from pending_bill where ${inMonth}
      order by idx, sent_day, day, minute, ga`);
  await duck.run(`delete from pending_bill where ${inMonth}`);
  await duck.run(`create or replace table out_line as
    with b as (select guid, idx, d, i, copy, main, ore, planted from out_bill),
    extra as (select b.guid, l.k + 2 as line_no, l.tariff, l.reps, l.ore, l.planted from b
      join pending_line l using (idx, d, i) where b.copy = 0),
    summed as (select guid, sum(ore) as ore from extra group by 1)
    select guid, line_no, tariff, reps, ore, planted from extra
    union all select b.guid, 1, b.main, 1, greatest(b.ore - coalesce(s.ore, 0), 0),
      case when b.copy = 0 then 0 else b.planted end from b left join summed s using (guid)`);
  // Lines wait as long as a late or crediting bill may still come.
  await duck.run(`delete from pending_line where d < datediff('day', date '1970-01-01', date '${month}-01') - 250`);
  await duck.run(
    `create or replace table out_prescription as select * from pending_prescription
      where received_at < last_day(date '${month}-01') + interval 1 day order by idx, day, pa`,
  );
  await duck.run(`delete from pending_prescription where received_at < last_day(date '${month}-01') + interval 1 day`);
}
