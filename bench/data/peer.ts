import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { eventWindowsSchema } from '../../domain/schemas/event-windows';
import { PARQUET, quote, withDuck } from '../../platform/snapshots/duck';
import { makeEventWindows } from '../../platform/snapshots/event-windows';
import { type Figure, report } from '../lib/results';

/**
 * The published peer case: 30 events an entity, 12 as-of days, 33 columns. The yardstick is plain PostgreSQL of the same
 * shape: one aggregate an as-of day over all earlier events, filtered by range, with the settings named here. Ours reads
 * Parquet and ends with the sorted Parquet written; the yardstick ends with a temporary table.
 */
const SETTINGS = "set work_mem = '64MB'; set max_parallel_workers_per_gather = 2; set jit = off; set timezone = 'UTC'";
const DATES = Array.from({ length: 12 }, (_, i) => `2024-${String(i + 1).padStart(2, '0')}-01`);
const WINDOWS = [180, 30, 90];
const EVENTS = 30;
const SIZES = [
  { entities: 10_000, owed: 8, aim: '12', rounds: 3 },
  { entities: 100_000, owed: 15, aim: '20', rounds: 3 },
];
const say = (text: string) => process.stderr.write(`${text}\n`);
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

const SPEC = eventWindowsSchema.parse({
  version: 1,
  entity: 'client_id',
  day: 'visited_on',
  asOf: DATES,
  windows: WINDOWS,
  counts: ['service', 'visit_id'],
  amounts: [{ column: 'amount' }],
});

function yardstickSql(date: string): string {
  const window = (sql: string, name: string) =>
    [
      `${sql} as ${name}`,
      ...WINDOWS.map((d) => `${sql} filter (where daterange(date '${date}' - ${d}, date '${date}', '[]') @> visited_on) as ${name}_${d}d`),
    ].join(', ');
  return `select date '${date}' as as_of, client_id, ${window('count(*)', 'events')}, ${window('count(service)', 'service_count')}, ${window('count(visit_id)', 'visit_id_count')}, ${window('sum(amount)', 'amount_sum')},
    ${window('avg(amount)', 'amount_mean')}, ${window('max(amount)', 'amount_max')}, ${window('stddev(amount)', 'amount_stddev')} from visits where visited_on <= date '${date}' group by client_id`;
}

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: run `npm run bench:data`');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-peer-'));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const figures: Figure[] = [];
  try {
    await client.query(SETTINGS);
    for (const { entities, owed, aim, rounds } of SIZES) {
      const [parquet, csv] = [path.join(dir, 'visits.parquet'), path.join(dir, 'visits.csv')];
      await withDuck(dir, async (duck) => {
        await duck.run(`create temp table v as select i as visit_id, (i // ${EVENTS})::integer as client_id, date '2022-01-01' + (hash(i, 'day') % 1050)::integer as visited_on,
          case when hash(i, 'kind') % 20 = 0 then null else 'S' || (hash(i, 'service') % 9) end as service, case when hash(i, 'gap') % 33 = 0 then null else ((hash(i, 'amount') % 500000) / 100.0)::decimal(12, 2) end as amount from range(${entities * EVENTS}) r(i)`);
        await duck.run(`copy v to ${quote(parquet)} ${PARQUET}`);
        await duck.run(`copy v to ${quote(csv)} (format csv, header false)`);
      });
      await client.query(
        'drop table if exists visits; create temp table visits (visit_id bigint, client_id int, visited_on date, service text, amount numeric(12, 2))',
      );
      await pipeline(fs.createReadStream(csv), client.query(copyFrom('copy visits from stdin (format csv)')));
      await client.query('create index on visits (client_id, visited_on); analyze visits');
      const ratios: number[] = [];
      let text = '';
      for (let round = 0; round < rounds; round++) {
        let began = performance.now();
        await client.query('drop table if exists features');
        await client.query(`create temp table features as ${DATES.map(yardstickSql).join(' union all ')}`);
        const theirs = (performance.now() - began) / 1000;
        began = performance.now();
        await withDuck(dir, async (duck) => {
          await makeEventWindows(duck, SPEC, `read_parquet(${quote(parquet)})`, 'windows');
          await duck.run(`copy windows to ${quote(path.join(dir, 'ours.parquet'))} ${PARQUET}`);
        });
        const ours = (performance.now() - began) / 1000;
        ratios.push(theirs / ours);
        text = `PostgreSQL ${theirs.toFixed(1)} s, ours ${ours.toFixed(2)} s in the last round`;
        say(`${entities} entities: ${text}`);
      }
      const difference = await largestDifference(client, dir);
      figures.push(
        {
          name: `${entities} entities × 12 dates × 33 columns`,
          value: median(ratios),
          unit: 'times faster',
          yardstick: text,
          owed: { at: 'least', value: owed },
          aim,
        },
        {
          name: `largest relative difference of a cell, ${entities} entities`,
          value: difference * 1e9,
          unit: '1e-9',
          owed: { at: 'most', value: 1 },
        },
      );
    }
    report('data-peer', figures);
  } finally {
    await client.end();
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

/** Every cell of both results against each other; a missing row or value counts as infinitely different. */
async function largestDifference(client: pg.Client, dir: string): Promise<number> {
  const { fields } = await client.query('select * from features limit 0');
  const names = fields.map((field) => field.name).filter((name) => !['as_of', 'client_id'].includes(name));
  const file = path.join(dir, 'theirs.csv');
  const { to } = await import('pg-copy-streams');
  await pipeline(
    client.query(to(`copy (select as_of, client_id, ${names.join(', ')} from features) to stdout (format csv)`)),
    fs.createWriteStream(file),
  );
  return withDuck(dir, async (duck) => {
    const columns = ['as_of: DATE', 'entity: INTEGER', ...names.map((name) => `${name}: DOUBLE`)].map((c) => c.split(': ')).map(([name, type]) => `'${name}': '${type}'`).join(', '); // prettier-ignore
    await duck.run(
      `create temp table theirs as select * from read_csv(${quote(file)}, auto_detect = false, header = false, delim = ',', nullstr = '', columns = {${columns}})`,
    );
    const cell = (name: string) =>
      `case when t.${name} is null and o.${name} is null then 0 when t.${name} is null or o.${name} is null then 1e300 else abs(t.${name} - o.${name}) / greatest(abs(t.${name}), 1) end`;
    const sql = `select max(greatest(${names.map(cell).join(', ')}, case when t.entity is null or o.entity is null then 1e300 else 0 end)) from theirs t full join read_parquet(${quote(path.join(dir, 'ours.parquet'))}) o using (as_of, entity)`;
    return Number((await duck.runAndReadAll(sql)).getRows()[0]?.[0]);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
