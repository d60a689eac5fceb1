import { toInstant } from '../../domain/time/instant';
import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths } from '../../domain/time/days';
import { canonical } from '../../platform/artifacts/hash';
import { ArtifactStore } from '../../platform/artifacts/store';
import { DATASETS, type Manifest, type PartitionRef, shardSql } from '../../platform/snapshots/datasets';
import { PARQUET, quote } from '../../platform/duckdb/duckdb';
import { groupCode } from '../../simulation/calibration';
import { makeCases } from '../../simulation/controls';
import { type SimulationConfig, monthAt, monthsOf } from '../../simulation/simulation-config';
import { tariffVersions } from '../../simulation/tariffs';
import { generate, type Sink, type Scenario } from '../../simulation/generate';
import { MUNICIPALITIES } from '../../simulation/register';
import { PRESCRIPTION_SOURCES } from './national-prescriptions';

/**
 * The simulated register written straight as a stored snapshot: the partitions that extraction would write, without a
 * database in between. The content hash of a partition is its file's here; nothing else is left out.
 */
export interface NationalSnapshot {
  readonly store: ArtifactStore;
  readonly manifest: Manifest;
  readonly bills: number;
  readonly lines: number;
  readonly seconds: number;
}

const SOURCES: Readonly<Record<string, string>> = {
  bill: `select bill_id, idx + 1 as provider_id,
      case when performer = a.hpr then null else performer end as performed_by,
      cast(bill_id % 100000 as integer) as bill_no, p + 1 as patient_key, day as civil_day,
      minute as minute_of_day, received_at as known_from, ore as amount_ore,
      ore >= 16000 and gb % 10 < 7 as copay_paid, case when is_credit then -1 else 1 end as entry,
      case when is_credit then 'credited' else 'sent' end as kind, null as of_bill,
      case when gb % 10 = 9 then 'F' end as exemption, 7170 as diagnosis_system,
      case when b.grp in (0, 1, 2, 3, 6)
        then ['P76', 'R74', 'L03', 'D01', 'K86'][1 + cast(gb % 5 as integer)] end as diagnosis
    from numbered b join provider a using (idx)`,
  bill_line:
    'select n.bill_id, n.idx + 1 as provider_id, l.line_no, l.tariff, l.reps as repetitions, l.ore as amount_ore ' +
    'from out_line l join numbered n using (guid)',
  rule_outcome:
    'select bill_id, idx + 1 as provider_id, [470, 766, 502, 611, 130][1 + cast(ga % 5 as integer)] as rule_no, ' +
    "day as civil_day, case hit when 0 then 'reject' else 'note' end as effect from numbered where hit is not null",
  ...PRESCRIPTION_SOURCES,
};
const KEYS: Readonly<Record<string, string>> = {
  bill: 'provider_id, bill_id',
  bill_line: 'bill_id, line_no',
  rule_outcome: 'bill_id, rule_no',
  prescription: 'prescription_id',
  claim: 'claim_id',
  bill_result: 'pharmacy_id, settlement_no, bill_no',
};

type Put = (duck: DuckDBConnection, name: string, part: string, query: string) => Promise<number>;

/** Writes partitions to the store and notes them in `parts`, by dataset. */
const partitionWriter =
  (store: ArtifactStore, parts: ReadonlyMap<string, PartitionRef[]>): Put =>
  async (duck, name, partition, query) => {
    const parquet = store.temporary('.parquet');
    const columns = DATASETS.find((d) => d.name === name)!
      .columns.map(([col, type]) => `cast(${col} as ${type}) as ${col}`)
      .join(', ');
    await duck.run(`copy (select ${columns} from (${query})) to ${quote(parquet)} ${PARQUET}`);
    const rows = Number(
      (await duck.runAndReadAll(`select num_rows from parquet_file_metadata(${quote(parquet)})`)).getRows()[0]?.[0],
    );
    const sha = await store.putFile(parquet);
    parts.get(name)!.push({ partition, rows, contentHash: sha, file: sha });
    return rows;
  };

/** What each behaviour added, and who the providers are: files beside the snapshot, for evaluation. */
async function writeTruth(duck: DuckDBConnection, config: SimulationConfig, home: string): Promise<void> {
  const file = (kind: string) =>
    quote(path.join(home, `${kind}-${config.providers}-${config.volume}-${config.years}.parquet`));
  await duck.run(
    `copy (select idx + 1 as provider_id, * exclude (idx) from truth_day) to ${file('truth')} (format parquet)`,
  );
  await duck.run(
    'copy (select idx + 1 as provider_id, benign, mask, severity, start_m, batch, performers, grp from provider) ' +
      `to ${file('providers')} (format parquet)`,
  );
}

interface Counts {
  bills: number;
  lines: number;
}

async function putMonth(
  duck: DuckDBConnection,
  month: string,
  shards: number,
  counts: Counts,
  put: Put,
): Promise<void> {
  const first = `${month}-01`;
  await duck.run(
    `create or replace temp table numbered as select *, row_number() over () + ${counts.bills} as bill_id ` +
      'from out_bill',
  );
  for (const name of Object.keys(SOURCES)) {
    const sharded = DATASETS.find((d) => d.name === name)!.partitioning === 'month-shard' && shards > 1;
    for (let shard = 0; shard < (sharded ? shards : 1); shard++) {
      const where = sharded ? `where ${shardSql('provider_id', shards)} = ${shard}` : '';
      const rows = await put(
        duck,
        name,
        sharded ? `${first}/${shard}of${shards}` : first,
        `select * from (${SOURCES[name]}) ${where} order by ${KEYS[name]}`,
      );
      if (name === 'bill') counts.bills += rows;
      if (name === 'bill_line') counts.lines += rows;
    }
  }
}

export async function nationalSnapshot(config: SimulationConfig, home: string, shards = 1): Promise<NationalSnapshot> {
  const store = new ArtifactStore(path.join(home, 'store'));
  const file = path.join(home, `national-${config.providers}-${config.volume}-${config.years}-${shards}.json`);
  if (fs.existsSync(file))
    return { store, ...(JSON.parse(fs.readFileSync(file, 'utf8')) as Omit<NationalSnapshot, 'store'>) };
  const began = performance.now();
  const parts = new Map<string, PartitionRef[]>(DATASETS.map((dataset) => [dataset.name, []]));
  const put = partitionWriter(store, parts);
  const counts: Counts = { bills: 0, lines: 0 };
  const sink: Sink = {
    month: (duck, month) => putMonth(duck, month, shards, counts, put),
    async end(duck, scenario) {
      await putFacts(duck, scenario, put);
      await writeTruth(duck, config, home);
    },
  };
  fs.mkdirSync(home, { recursive: true });
  await generate(config, sink, (done, total) => process.stderr.write(`\rsimulating: month ${done} of ${total} `));
  process.stderr.write('\n');
  const manifest: Manifest = {
    v: 2,
    asOf: toInstant(`${monthAt(config, monthsOf(config))}-01T00:00:00Z`, 'the end of the simulation'),
    loadWatermark: 0,
    shards,
    datasets: DATASETS.map((d) => ({ name: d.name, columns: d.columns, partitions: parts.get(d.name)! })),
  };
  const result = { manifest, ...counts, seconds: (performance.now() - began) / 1000 };
  fs.writeFileSync(file, canonical(result));
  return { store, ...result };
}

async function putFacts(duck: DuckDBConnection, { config, population, providers }: Scenario, put: Put): Promise<void> {
  const first = `${config.firstMonth}-01`;
  const muni = (column: string) =>
    `case ${column} ${MUNICIPALITIES.map(([code], i) => `when ${i} then ${quote(code)}`).join(' ')} end`;
  await duck.run('create temp table list (lo bigint, provider integer, hi bigint)');
  const lists = [...population.listFrom].map(
    ([index, lo]) => `(${lo}, ${index + 1}, ${lo + providers[index]!.listSize!})`,
  );
  for (let i = 0; i < lists.length; i += 2000)
    await duck.run(`insert into list values ${lists.slice(i, i + 2000).join(', ')}`);
  await duck.run(
    `create temp table person as select p, ${muni('muni')} as municipality from (select muni, unnest(range(lo, ` +
      'lo + size)) as p from pool)',
  );
  await duck.run(
    'create temp table placed as select n.*, case when n.p < l.hi then l.provider end as provider from person n ' +
      'asof left join list l on n.p >= l.lo',
  );
  await put(
    duck,
    'patient_fact',
    first,
    `select p + 1 as patient_key, timestamp '${first} 00:00:00' as known_from, municipality, provider as ` +
      'list_provider, null as died, null as emigrated from placed order by 1',
  );
  for (let m = 0; m < monthsOf(config); m++) {
    const month = `${monthAt(config, m)}-01`;
    const known = `cast(day as timestamp) + interval 14 day`;
    const lower = m === 0 ? `true` : `${known} >= timestamp '${month}'`;
    if (m === 0) continue; // gone before the register starts: known with the next month's facts
    await put(
      duck,
      'patient_fact',
      month,
      `select g.p + 1 as patient_key, greatest(${known}, timestamp '${month}') as known_from, n.municipality,
        n.provider as list_provider, case why when 'dead' then day end as died,
        case why when 'abroad' then day end as emigrated
      from gone g join placed n using (p)
      where ${known} < timestamp '${addMonths(month, 1)}' and (${m === 1 ? 'true' : lower}) order by 1, 2`,
    );
  }
  await putProviderFacts(duck, config, providers, put);
  await put(duck, 'tariff', 'all', tariffsSql(config));
  await putCases(duck, config, providers, put);
}

/** What the register knows of the providers themselves. */
/** Yearly versions of the tariffs, as a snapshot holds them. */
const tariffsSql = (config: SimulationConfig) =>
  `select takstkode as code, fagomraade as field, cast(fradato as date) as valid_from,
     cast(tildato as date) as valid_to, cast(fradato as timestamp) as known_from, 1 as load_seq,
     honorar * 100 as fee_ore, refusjon * 100 as refund_ore, egenandel * 100 as copay_ore,
     maks_repetisjoner as max_repetitions, minimum_tidsbruk as min_minutes,
     tidsbruk_per_rep as minutes_per_repetition
   from (select unnest(from_json(${quote(JSON.stringify(tariffVersions(config)))}, '[{"takstkode":"VARCHAR",
     "fagomraade":"VARCHAR","fradato":"VARCHAR","tildato":"VARCHAR","honorar":"BIGINT","refusjon":"BIGINT",
     "egenandel":"BIGINT","maks_repetisjoner":"INTEGER","minimum_tidsbruk":"INTEGER","tidsbruk_per_rep":"INTEGER"
     }]'), recursive := true)) order by code, field, valid_from`;

async function putProviderFacts(
  duck: DuckDBConnection,
  config: SimulationConfig,
  providers: Scenario['providers'],
  put: Put,
): Promise<void> {
  const first = `${config.firstMonth}-01`;
  const rows = providers.map(
    (a) =>
      `(${a.index + 1}, ${a.hprNr}, timestamp '${monthAt(config, a.fromMonth)}-01', date ` +
      `'${monthAt(config, a.fromMonth)}-01', null::date, ${quote(groupCode(a.group))}, ` +
      `${quote(a.group.field)}, ${quote(MUNICIPALITIES[a.municipality]![0])}, ` +
      `${a.listSize ?? 'null::integer'}, ${quote(a.account)}, ${quote(a.orgnr)})`,
  );
  await duck.run(
    'create temp table pf (provider_id integer, hpr integer, known_from timestamp, valid_from date, valid_to ' +
      'date, practice_type varchar, field varchar, municipality varchar, list_size integer, account_hash varchar, ' +
      'owner varchar)',
  );
  for (let i = 0; i < rows.length; i += 2000)
    await duck.run(`insert into pf values ${rows.slice(i, i + 2000).join(', ')}`);
  await put(duck, 'provider_fact', 'all', 'select * from pf order by provider_id');
  const substitute =
    `select idx + 1 as provider_id, hpr + 3 as substitute_hpr, date '${first}' as valid_from, null as valid_to, ` +
    `timestamp '${first} 00:00:00' as known_from from provider where substitute order by 1`;
  await put(duck, 'substitute', 'all', substitute);
}

/** Controls and what came of them, as far as it was known at the snapshot's instant. */
async function putCases(
  duck: DuckDBConnection,
  config: SimulationConfig,
  providers: Scenario['providers'],
  put: Put,
): Promise<void> {
  const end = `${monthAt(config, monthsOf(config))}-01`;
  const providerOf = new Map(providers.map((provider) => [provider.praksisId, provider.index + 1]));
  const known = makeCases(config, providers).filter((one) => one.known < end);
  const text = (value: unknown) => (typeof value === 'string' ? quote(value) : 'null');
  const ore = (event: Record<string, unknown>) => Math.round(Number(event['belop']) * 100);
  const rows = (type: string, row: (event: Record<string, unknown>) => string) =>
    known
      .filter(({ event }) => event['type'] === type)
      .map(
        ({ event }) =>
          `(${text(event['saksnr'])}, ${row(event)}, ${text(String(event['kjentFra']).slice(0, 19))}::timestamp)`,
      );
  const all = async (name: string, columns: string, values: readonly string[]) => {
    await duck.run(`create temp table sim_${name} (case_no varchar, ${columns}, known_from timestamp)`);
    for (let i = 0; i < values.length; i += 2000)
      await duck.run(`insert into sim_${name} values ${values.slice(i, i + 2000).join(', ')}`);
    await put(duck, name, 'all', `select * from sim_${name} order by case_no, known_from`);
  };
  await all(
    'case',
    'provider_id integer, opened date, basis varchar, caseworker varchar',
    rows(
      'apnet',
      (e) =>
        `${providerOf.get(String(e['praksisId']))!}, ${text(e['apnet'])}, ${text(e['grunnlag'])}, ` +
        `${text(e['saksbehandler'])}`,
    ),
  );
  await all(
    'outcome',
    'decided date, outcome varchar, amount_ore bigint',
    rows('vedtak', (e) => `${text(e['vedtatt'])}, ${text(e['utfall'])}, ${ore(e)}`),
  );
  await all(
    'appeal',
    'decided date, result varchar, amount_ore bigint, received date, instance varchar, misregistered boolean',
    rows(
      'klage',
      (e) =>
        `${text(e['avgjort'])}, ${text(e['resultat'])}, ${ore(e)}, ${text(e['innkommet'])}, ` +
        `${text(e['instans'])}, ${e['innkommet'] === undefined}`,
    ),
  );
  await all(
    'reversal',
    'decided date, amount_ore bigint',
    rows('omgjoring', (e) => `${text(e['avgjort'])}, ${ore(e)}`),
  );
}
