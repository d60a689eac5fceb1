import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { eventWindowsSchema } from '../../domain/import/event-windows';
import { PARQUET, quote, withDuckDb } from '../../platform/duckdb/duckdb';
import { makeEventWindows } from '../../platform/features/event-windows';
import { type Figure, report } from '../lib/results';

/**
 * The published peer case: 30 events an entity, 12 as-of days, 33 columns. Ours reads Parquet and ends with the sorted
 * Parquet written; PostgreSQL, which it is measured against, ends with a temporary table. Twice:
 *   grouped: one aggregate an as-of day over all earlier events, filtered by range, no just-in-time compilation
 *   lateral: one aggregate a row of entity and as-of day, default settings, which is the shape that the peer generates:
 *            it takes what was measured of the peer itself, so the targets are set against it
 */
const GROUPED = "set work_mem = '64MB'; set max_parallel_workers_per_gather = 2; set jit = off; set timezone = 'UTC'";
const LATERAL = "set work_mem = '64MB'; reset max_parallel_workers_per_gather; set jit = on; set timezone = 'UTC'";
const DATES = Array.from({ length: 12 }, (_, i) => `2024-${String(i + 1).padStart(2, '0')}-01`);
const WINDOWS = [180, 30, 90];
const EVENTS = 30;
const SIZES = [
  { entities: 10_000, target: 8, stretch: '12', rounds: 3 },
  { entities: 100_000, target: 15, stretch: '20', rounds: 3 },
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

function windowCells(date: string): string {
  const window = (sql: string, name: string) =>
    [
      `${sql} as ${name}`,
      ...WINDOWS.map(
        (d) => `${sql} filter (where daterange(${date} - ${d}, ${date}, '[]') @> visited_on) as ${name}_${d}d`,
      ),
    ].join(', ');
  return [
    window('count(*)', 'events'),
    window('count(service)', 'service_count'),
    window('count(visit_id)', 'visit_id_count'),
    window('sum(amount)', 'amount_sum'),
    window('avg(amount)', 'amount_mean'),
    window('max(amount)', 'amount_max'),
    window('stddev(amount)', 'amount_stddev'),
  ].join(', ');
}
const groupedSql = DATES.map(
  (date) =>
    `select date '${date}' as as_of, client_id, ${windowCells(`date '${date}'`)} from visits where visited_on ` +
    `<= date '${date}' group by client_id`,
).join(' union all ');
const lateralSql = `select a.as_of, c.client_id, t.*
  from (values ${DATES.map((d) => `(date '${d}')`).join(', ')}) a(as_of)
  cross join (select distinct client_id from visits) c
  cross join lateral (select ${windowCells('a.as_of')} from visits v where v.client_id = c.client_id
    and v.visited_on <= a.as_of) t`;

async function postgres(client: pg.Client, settings: string, sql: string): Promise<number> {
  await client.query(settings);
  await client.query('drop table if exists features');
  const began = performance.now();
  await client.query(`create temp table features as ${sql}`);
  return (performance.now() - began) / 1000;
}

/** The events of so many entities, as Parquet for us and as a table with its index for PostgreSQL. */
async function makeVisits(client: pg.Client, dir: string, entities: number, parquet: string): Promise<void> {
  const csv = path.join(dir, 'visits.csv');
  await withDuckDb(dir, async (duck) => {
    await duck.run(`create temp table v as
      select i as visit_id, (i // ${EVENTS})::integer as client_id,
        date '2022-01-01' + (hash(i, 'day') % 1050)::integer as visited_on,
        case when hash(i, 'kind') % 20 = 0 then null else 'S' || (hash(i, 'service') % 9) end as service,
        case when hash(i, 'gap') % 33 = 0 then null
          else ((hash(i, 'amount') % 500000) / 100.0)::decimal(12, 2) end as amount
      from range(${entities * EVENTS}) r(i)`);
    await duck.run(`copy v to ${quote(parquet)} ${PARQUET}`);
    await duck.run(`copy v to ${quote(csv)} (format csv, header false)`);
  });
  await client.query(
    'drop table if exists visits; create temp table visits (visit_id bigint, client_id int, visited_on ' +
      'date, service text, amount numeric(12, 2))',
  );
  await pipeline(fs.createReadStream(csv), client.query(copyFrom('copy visits from stdin (format csv)')));
  await client.query('create index on visits (client_id, visited_on); analyze visits');
}

/** Seconds of ours: from the Parquet of the events to the sorted Parquet of the windows. */
async function duckDb(dir: string, parquet: string): Promise<number> {
  const began = performance.now();
  await withDuckDb(dir, async (duck) => {
    await makeEventWindows(duck, SPEC, `read_parquet(${quote(parquet)})`, 'windows');
    await duck.run(`copy windows to ${quote(path.join(dir, 'ours.parquet'))} ${PARQUET}`);
  });
  return (performance.now() - began) / 1000;
}

async function figuresAt(client: pg.Client, dir: string, size: (typeof SIZES)[number]): Promise<Figure[]> {
  const { entities, target, stretch, rounds } = size;
  const parquet = path.join(dir, 'visits.parquet');
  await makeVisits(client, dir, entities, parquet);
  const ratios = { grouped: [] as number[], lateral: [] as number[] };
  const texts = { grouped: '', lateral: '' };
  for (let round = 0; round < rounds; round++) {
    // The lateral shape takes minutes at the larger size: one round of it there.
    const lateral = entities <= 10_000 || round === 0 ? await postgres(client, LATERAL, lateralSql) : undefined;
    const grouped = await postgres(client, GROUPED, groupedSql);
    const ours = await duckDb(dir, parquet);
    for (const [name, theirs] of [
      ['grouped', grouped],
      ['lateral', lateral],
    ] as const) {
      if (theirs === undefined) continue;
      ratios[name].push(theirs / ours);
      texts[name] = `PostgreSQL ${name} ${theirs.toFixed(1)} s, ours ${ours.toFixed(2)} s`;
      say(`${entities} entities: ${texts[name]}`);
    }
  }
  const difference = await largestDifference(client, dir);
  const times = (shape: 'grouped' | 'lateral', promise: Partial<Figure>): Figure => ({
    name: `${entities} entities × 12 dates × 33 columns, against the ${shape} shape`,
    value: median(ratios[shape]),
    unit: 'times faster',
    baseline: texts[shape],
    ...promise,
  });
  return [
    times('lateral', { target: { at: 'least', value: target }, stretch }),
    times('grouped', {}),
    {
      name: `largest relative difference of a cell, ${entities} entities`,
      value: difference * 1e9,
      unit: '1e-9',
      target: { at: 'most', value: 1 },
    },
  ];
}

async function main(): Promise<void> {
  const url = process.env['DATABASE_URL'];
  if (!url) throw new Error('DATABASE_URL is not set: run `npm run bench:data`');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-peer-'));
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const figures: Figure[] = [];
  try {
    for (const size of SIZES) figures.push(...(await figuresAt(client, dir, size)));
    report('data-triage-comparison', figures);
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
  return withDuckDb(dir, async (duck) => {
    const columns = ['as_of: DATE', 'entity: INTEGER', ...names.map((name) => `${name}: DOUBLE`)]
      .map((c) => c.split(': '))
      .map(([name, type]) => `'${name}': '${type}'`)
      .join(', ');
    await duck.run(
      `create temp table theirs as select * from read_csv(${quote(file)}, auto_detect = false, header = false, ` +
        `delim = ',', nullstr = '', columns = {${columns}})`,
    );
    const cell = (name: string) =>
      `case when t.${name} is null and o.${name} is null then 0 when t.${name} is null or o.${name} is null ` +
      `then 1e300 else abs(t.${name} - o.${name}) / greatest(abs(t.${name}), 1) end`;
    const sql =
      `select max(greatest(${names.map(cell).join(', ')}, case when t.entity is null or o.entity is null then ` +
      `1e300 else 0 end)) from theirs t full join read_parquet(${quote(path.join(dir, 'ours.parquet'))}) o using ` +
      '(as_of, entity)';
    return Number((await duck.runAndReadAll(sql)).getRows()[0]?.[0]);
  });
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
