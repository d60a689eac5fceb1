import { toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { Writable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { ArtifactStore } from '../../platform/artifacts/store';
import { ROOT } from '../../platform/config/env';
import { loadBillTable } from '../../platform/import/import-bill-table';
import { importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import { readYaml } from '../../application/experiments';
import { withDuckDb } from '../../platform/duckdb/duckdb';
import type { Db } from '../../platform/postgres/connection';
import { extractSnapshot } from '../../platform/snapshots/extract';
import { DEMO_CONFIG, type SimulationConfig } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { withDatabase } from '../lib/databases';
import { type Figure, report } from '../lib/results';

/**
 * Loading and extraction against raw COPY streams through pg-copy-streams, into and out of the same partitioned,
 * indexed tables in the same run; medians of interleaved rounds. DATABASE_URL names a server of the benchmark's own.
 */
const ROUNDS = 3;
const CONFIG: SimulationConfig = { ...DEMO_CONFIG, providers: 0.1, volume: 0.1, years: 0.25, firstMonth: '2024-01' };
/** Every table that the loaders of settlements fill, people and their vault included. */
const TABLES = [
  'core.patient',
  'priv.vault',
  'core.submission',
  'core.bill_step',
  'core.bill',
  'core.bill_line',
  'core.rule_outcome',
] as const;
/** The same of pharmacies' settlements. */
const CLAIM_TABLES = [
  ...['core.patient', 'priv.vault', 'rx.settlement', 'rx.claim_identity', 'rx.claim', 'rx.claim_goods'],
  ...['rx.intervention', 'rx.prescription_identity', 'rx.prescription', 'rx.bill_result', 'rx.payment'],
];
/** References of small tables to the load, which raw COPY has none of. */
const REFERENCES = [
  ['core.submission', 'submission_batch'],
  ['rx.settlement', 'settlement_batch'],
  ['rx.payment', 'payment_batch'],
] as const;

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
const say = (text: string) => process.stderr.write(`${text}\n`);

async function seconds(what: string, work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  const taken = (performance.now() - began) / 1000;
  say(`${what}: ${taken.toFixed(1)} s`);
  return taken;
}

/** Only files of these kinds, in a folder of their own. */
function only(register: string, kinds: RegExp): string {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-part-'));
  for (const file of fs.readdirSync(register).filter((name) => kinds.test(name)))
    fs.linkSync(path.join(register, file), path.join(dir, file));
  return dir;
}

/** Each table as the loaders left it, as COPY text: what the raw stream gets. */
async function dump(url: string, dir: string, tables: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const table of tables)
    await pipeline(
      client.query(copyTo(`copy (select * from ${table}) to stdout`)),
      fs.createWriteStream(path.join(dir, table)),
    );
  await client.end();
}

async function rawCopy(url: string, dir: string, tables: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('begin');
  for (const table of tables)
    await pipeline(
      fs.createReadStream(path.join(dir, table), { highWaterMark: 1 << 20 }),
      client.query(copyFrom(`copy ${table} from stdin`)),
    );
  await client.query('commit');
  await client.end();
}

interface Tables {
  readonly csv: string;
  readonly parquet: string;
}

/** The loaded bills as the table a payer would hand over: one row a line. */
async function asTable(dir: string, register: string): Promise<Tables> {
  const [csv, parquet] = [path.join(dir, 'bills.csv'), path.join(dir, 'bills.parquet')];
  const files = fs
    .readdirSync(register)
    .filter((name) => name.startsWith('settlements'))
    .map((name) => `'${path.join(register, name)}'`);
  await withDuckDb(dir, async (duck) => {
    await duck.run(
      'create temp table m as select unnest(melding.enkeltregninger) as b, melding.praksisId as practice, ' +
        `mottattidspunkt as received from read_json([${files.join(', ')}], format = 'newline_delimited', ` +
        'maximum_object_size = 67108864)',
    );
    const query = `select b.guid as bill_id, b.regningsnummer as bill_number, practice,
        strftime(received, '%Y-%m-%dT%H:%M:%SZ') as received_at,
        strftime(b.tidspunkt::timestamp, '%Y-%m-%dT%H:%M:%S') as started_at, b.pasient.id as patient_id,
        b.utfortAv as performed_by_hpr, b.diagnoser[1].kode as icpc2, b.egenandel as copay_nok, t.takstkode as tariff,
        t.antall as count, t.belop as amount_nok, '' as comment
      from (select *, unnest(b.takster) as t from m where try_cast(b.tidspunkt as timestamp) is not null)`;
    await duck.run(`copy (${query}) to '${csv}' (format csv, header true)`);
    await duck.run(`copy (${query}) to '${parquet}' (format parquet)`);
  });
  return { csv, parquet };
}

/** The three large tables as the database itself writes them, in binary, read and dropped. */
async function rawOut(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  for (const table of ['core.bill', 'core.bill_line', 'core.rule_outcome'])
    await pipeline(
      client.query(copyTo(`copy (select * from ${table}) to stdout (format binary)`)),
      new Writable({ write: (_chunk, _encoding, done) => done() }),
    );
  await client.end();
}

interface Bench {
  readonly admin: string;
  readonly dir: string;
  /** Folders with the files of providers, with those of settlements, and for the COPY text of what they became. */
  readonly providers: string;
  readonly settlements: string;
  readonly claims: string;
  readonly dumped: string;
  readonly put: (name: string, value: number) => void;
}
interface Counts {
  readonly bills: number;
  readonly lines: number;
}

const vaultOf = (db: Db) => new Vault(db, Buffer.alloc(32, 1));

/** KUHR JSON in, then raw COPY and extraction out; the first round leaves what the other measurements load. */
async function jsonRound(bench: Bench, round: number): Promise<Counts> {
  const { admin, dir, put } = bench;
  return withDatabase(admin, async (db, url, audit) => {
    await importRegister(db, audit, vaultOf(db), bench.providers);
    put('json', await seconds('KUHR JSON', () => importRegister(db, audit, vaultOf(db), bench.settlements)));
    if (round === 0) await dump(url, bench.dumped, TABLES);
    const { rows } = await db.raw<{ rows: Counts[] }>(
      'select (select count(*) from core.bill) as bills, (select count(*) from core.bill_line) as lines',
    );
    await db.raw('vacuum analyze');
    put('copy out', await seconds('raw binary COPY out', () => rawOut(url)));
    const store = new ArtifactStore(fs.mkdtempSync(path.join(dir, 'store-')));
    const extract = () => extractSnapshot({ db, store }, audit, { asOf: toInstant('2025-01-01T00:00:00Z', 'as of') });
    put('extract', await seconds('extraction', extract));
    return rows[0]!;
  });
}

/** The same bills from a table, as CSV and as Parquet, each into a database of its own. */
async function tableRound({ admin, providers, put }: Bench, tables: Tables): Promise<void> {
  const mapping = readYaml(path.join(ROOT, 'docs/examples/bills/mapping.yaml'));
  for (const kind of ['csv', 'parquet'] as const) {
    await withDatabase(admin, async (db, _url, audit) => {
      await importRegister(db, audit, vaultOf(db), providers);
      put(kind, await seconds(kind, () => loadBillTable(db, audit, vaultOf(db), tables[kind], mapping)));
    });
  }
}

/** Messages of pharmacies as XML, with their prescriptions attached; the first round leaves what raw COPY loads. */
async function claimRound({ admin, providers, claims, dumped, put }: Bench, round: number): Promise<number> {
  return withDatabase(admin, async (db, url, audit) => {
    await importRegister(db, audit, vaultOf(db), providers);
    put('xml', await seconds('M18 XML', () => importRegister(db, audit, vaultOf(db), claims)));
    if (round === 0) await dump(url, path.join(dumped, 'claims'), CLAIM_TABLES);
    const { rows } = await db.raw<{ rows: { n: number }[] }>('select count(*)::int as n from rx.claim');
    return rows[0]!.n;
  });
}

async function rawRound({ admin, providers, dumped, put }: Bench): Promise<void> {
  const cases = [
    ['copy in', dumped, TABLES],
    ['copy claims in', path.join(dumped, 'claims'), CLAIM_TABLES],
  ] as const;
  for (const [name, from, tables] of cases)
    await withDatabase(admin, async (db, url, audit) => {
      await importRegister(db, audit, vaultOf(db), providers);
      for (const month of ['2024-01-01', '2024-02-01', '2024-03-01', '2024-04-01', '2024-05-01', '2024-06-01'])
        await db.raw('select core.ensure_month(?::date)', [month]);
      for (const [table, constraint] of REFERENCES) await db.raw(`alter table ${table} drop constraint ${constraint}`);
      put(name, await seconds(`raw ${name}`, () => rawCopy(url, from, tables)));
    });
}

function figuresOf(
  taken: Readonly<Record<string, readonly number[]>>,
  { bills, lines }: Counts,
  claims: number,
): Figure[] {
  const ratio = (baseline: string, ours: string) =>
    median(taken[baseline]!.map((value, i) => value / taken[ours]![i]!));
  const each = (name: string, rows: number) => `${Math.round(rows / median(taken[name]!) / 1000)} k rows/s`;
  return [
    {
      name: 'KUHR JSON loading against raw COPY',
      value: ratio('copy in', 'json'),
      unit: 'ratio',
      baseline: `${bills} bills: ${each('json', bills)} against ${each('copy in', bills)}`,
      target: { at: 'least', value: 0.2 },
    },
    {
      name: 'CSV loading against raw COPY',
      value: ratio('copy in', 'csv'),
      unit: 'ratio',
      baseline: each('csv', bills),
      target: { at: 'least', value: 0.5 },
    },
    {
      name: 'Parquet loading against raw COPY',
      value: ratio('copy in', 'parquet'),
      unit: 'ratio',
      baseline: each('parquet', bills),
      target: { at: 'least', value: 0.5 },
    },
    {
      name: 'M18 XML loading against raw COPY',
      value: ratio('copy claims in', 'xml'),
      unit: 'ratio',
      baseline: `${claims} bills: ${each('xml', claims)} against ${each('copy claims in', claims)}`,
      target: { at: 'least', value: 0.1 },
    },
    {
      name: 'extraction to Parquet against raw binary COPY out',
      value: ratio('copy out', 'extract'),
      unit: 'ratio',
      baseline: `${bills + lines} rows: ${each('extract', bills + lines)} against ${each('copy out', bills + lines)}`,
      target: { at: 'least', value: 0.5 },
      stretch: '0.6',
    },
  ];
}

async function main(): Promise<void> {
  const admin = process.env['DATABASE_URL'];
  if (!admin) throw new Error('DATABASE_URL is not set: run `npm run bench:data`');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'bench-loading-'));
  const taken: Record<string, number[]> = {};
  try {
    await writeRegister(CONFIG, dir);
    const register = path.join(dir, 'register');
    const bench: Bench = {
      admin,
      dir,
      providers: only(register, /^providers/),
      settlements: only(register, /^settlements/),
      claims: only(register, /^prescriptions/),
      dumped: path.join(dir, 'dump'),
      put: (name, value) => (taken[name] ??= []).push(value),
    };
    fs.mkdirSync(path.join(bench.dumped, 'claims'), { recursive: true });
    const tables = await asTable(dir, register);
    let counts: Counts = { bills: 0, lines: 0 };
    let claims = 0;
    for (let round = 0; round < ROUNDS; round++) {
      counts = await jsonRound(bench, round);
      await tableRound(bench, tables);
      claims = await claimRound(bench, round);
      await rawRound(bench);
    }
    report('data-loading', figuresOf(taken, counts, claims));
  } finally {
    fs.rmSync(dir, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
