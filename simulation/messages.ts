import fs from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { CALIBRATION } from './calibration';
import { makeCases } from './controls';
import { type SimulationConfig, monthAt, monthsOf } from './simulation-config';
import { generate, type Sink, type Scenario } from './generate';
import { nationalIdOf } from './patients';
import { text } from './tables';
import { MUNICIPALITIES } from './register';

export interface SimulationSummary {
  readonly providers: number;
  readonly bills: number;
  readonly prescriptions: number;
  readonly cases: number;
  /** First instant after everything that was simulated is known. */
  readonly knownUntil: string;
}

/** Diagnoses by chapter and code (SSB 2023: mental 12.2 %, airways 8.6 %, local pain 7.8 %, …; the rest spread out). */
const DIAGNOSES = [
  'P76',
  'R74',
  'L03',
  'D01',
  'L86',
  'K86',
  'A97',
  'R96',
  'W78',
  'L77',
  'T90',
  'A62',
  'K77',
  'S88',
  'L90',
  'A79',
  'U71',
  'N01',
  'P02',
  'R05',
];
const ICPC2 = '2.16.578.1.12.4.1.1.7170';
const amountNok = (ore: string) => `printf('%d.%02d', ${ore} // 100, ${ore} % 100)`;
/** One JSON document a line, as the queries made them, one query after the other. */
async function linesToFile(duck: DuckDBConnection, sqls: readonly string[], file: string): Promise<void> {
  fs.writeFileSync(file, '');
  for (const sql of sqls) {
    const lot = `${file}-lot`;
    await duck.run(`copy (${sql}) to ${text(lot)} (format csv, header false, delimiter '\t', quote '', escape '')`);
    await pipeline(fs.createReadStream(lot), fs.createWriteStream(file, { flags: 'a' }));
    fs.rmSync(lot);
  }
}

/** Bills whose messages are put together at once: text that is being gathered cannot be spilled to disk. */
const BILLS_A_LOT = 100_000;

/** Days of dispatch in the month of receipt, in ranges of about so many bills; a message has one day, so lots keep the order. */
async function lotsOfDays(duck: DuckDBConnection): Promise<[from: string, until: string][]> {
  const days = (
    await duck.runAndReadAll('select cast(sent_day as varchar), count(*)::int from out_bill group by 1 order by 1')
  ).getRows();
  const lots: [string, string][] = [];
  let held = BILLS_A_LOT;
  for (const [day, bills] of days) {
    const last = lots.at(-1);
    if (last && held + Number(bills) <= BILLS_A_LOT) last[1] = String(day);
    else {
      lots.push([String(day), String(day)]);
      held = 0;
    }
    held += Number(bills);
  }
  return lots;
}

/**
 * Writes a register as files: providers, patients, substitutes, one file of settlement messages and one of eResept messages
 * a month of receipt, case events. The truth goes to another folder, which the product never reads. `written` hears of
 * each file when it is whole, in an order in which they can be loaded.
 */
export async function writeRegister(
  config: SimulationConfig,
  dir: string,
  progress: (done: number, total: number) => void = () => {},
  written: (file: string) => void = () => {},
): Promise<SimulationSummary> {
  const register = path.join(dir, 'register');
  const truth = path.join(dir, 'truth');
  for (const folder of [register, truth]) fs.mkdirSync(folder, { recursive: true });
  const counts = { bills: 0, prescriptions: 0 };
  const facts = (kind: string, rows: readonly unknown[]) => {
    const file = path.join(register, `${kind}.ndjson`);
    writeLines(file, rows);
    written(file);
  };
  const sink: Sink = {
    async begin(duck, scenario) {
      facts('providers', providerFacts(scenario));
      facts('substitutes', substitutes(scenario));
      await namePatients(duck, scenario);
      await duck.run('create table billed (p bigint)');
    },
    async month(duck, month) {
      const messages = async (kind: string, sqls: readonly string[]) => {
        const file = path.join(register, `${kind}-${month}.ndjson`);
        if (await whole(file, (part) => linesToFile(duck, sqls, part))) written(file);
      };
      await messages(
        'settlements',
        (await lotsOfDays(duck)).map(([from, until]) => settlementsSql(config, from, until)),
      );
      await messages('prescriptions', [eReseptSql()]);
      await duck.run(
        'insert into billed select distinct p from (select p from out_bill union all select p from out_prescription)',
      );
      const [bills, prescriptions] = (
        await duck.runAndReadAll(
          'select (select count(*) from out_bill)::int, (select count(*) from out_prescription)::int',
        )
      ).getRows()[0]!;
      counts.bills += Number(bills);
      counts.prescriptions += Number(prescriptions);
    },
    async end(duck, scenario) {
      const patients = path.join(register, 'patients.ndjson');
      await writePatients(duck, scenario, patients);
      written(patients);
      await duck.run(
        `copy (select 1000000 + idx as practice_no, * exclude (idx) from truth_day order by idx, day, behaviour) to ${text(path.join(truth, 'days.parquet'))} (format parquet, compression zstd)`,
      );
    },
  };
  const scenario = await generate(config, sink, progress);
  const end = `${monthAt(config, monthsOf(config))}-01`;
  const cases = makeCases(config, scenario.providers).filter(({ known }) => known < end);
  facts(
    'cases',
    cases.map(({ event }) => event),
  );
  writeLines(
    path.join(truth, 'providers.ndjson'),
    scenario.providers.map((a) => ({
      praksisId: a.praksisId,
      latent: a.latent,
      behaviours: a.behaviours,
      honest: a.honest ?? (a.ramp ? 'new-practice' : null),
      severity: a.severity,
      startMonth: monthAt(config, a.startMonth),
      ring: a.ring ?? null,
    })),
  );
  return {
    providers: scenario.providers.length,
    ...counts,
    cases: cases.filter(({ event }) => event['type'] === 'apnet').length,
    knownUntil: `${end}T00:00:00Z`,
  };
}

/** A half-written file never looks like a whole one; false where there was nothing to write. */
async function whole(file: string, write: (part: string) => Promise<unknown>): Promise<boolean> {
  await write(`${file}.part`);
  const some = fs.statSync(`${file}.part`).size > 0;
  if (some) fs.renameSync(`${file}.part`, file);
  else fs.rmSync(`${file}.part`);
  return some;
}

async function namePatients(duck: DuckDBConnection, { population }: Scenario): Promise<void> {
  await duck.run('create table person (p bigint, id varchar)');
  const appender = await duck.createAppender('person');
  for (let p = 0; p < population.size; p++) {
    appender.appendBigInt(BigInt(p));
    appender.appendVarchar(nationalIdOf(p));
    appender.endRow();
  }
  appender.closeSync();
}

async function writePatients(
  duck: DuckDBConnection,
  { config, providers, population }: Scenario,
  file: string,
): Promise<void> {
  await duck.run('create temp table list (lo bigint, hi bigint, practice varchar)');
  const lists = [...population.listFrom].map(
    ([index, lo]) => `(${lo}, ${lo + providers[index]!.listSize!}, ${text(providers[index]!.praksisId)})`,
  );
  for (let i = 0; i < lists.length; i += 2000)
    await duck.run(`insert into list values ${lists.slice(i, i + 2000).join(', ')}`);
  const municipality = `case muni ${MUNICIPALITIES.map(([code], i) => `when ${i} then ${text(code)}`).join(' ')} end`;
  const first = `${config.firstMonth}-01T00:00:00Z`;
  const facts = `select n.p, n.id, 1935 + cast(floor(85 * u(n.p, 0, 0, 'born')) as integer) as fodselsar, ${municipality} as kommunenr, l.practice as fastlege
    from person n join pool on n.p >= pool.lo and n.p < pool.lo + pool.size asof left join list l on n.p >= l.lo`;
  await duck.run(
    `create temp table fact as select f.* exclude (fastlege), case when l.hi > f.p then f.fastlege end as fastlege from (${facts}) f left join list l on l.practice = f.fastlege`,
  );
  const row = (extra: string, known: string) =>
    `{'id': f.id, 'idType': 'FNR', 'fodselsar': f.fodselsar, 'kommunenr': f.kommunenr, 'fastlegePraksisId': f.fastlege, ${extra}, 'kjentFra': ${known}}`;
  await linesToFile(
    duck,
    [
      `select to_json(r) from (
    select f.p, 0 as k, ${row("'dod': null::varchar, 'utvandret': null::varchar", text(first))} as r from fact f
    union all select f.p, 1, ${row("'dod': case g.why when 'dead' then cast(g.day as varchar) end, 'utvandret': case g.why when 'abroad' then cast(g.day as varchar) end", `case when g.day < date '${config.firstMonth}-01' then '${config.firstMonth}-01T00:00:01Z' else strftime(g.day + interval 14 day, '%Y-%m-%dT06:00:00Z') end`)}
      from fact f join gone g using (p)) where p in (select p from billed) order by p, k`,
    ],
    file,
  );
  await duck.run('drop table fact');
}

/**
 * One settlement message a line. Lines and bills are put together as text: DuckDB sorts long structs many times slower.
 */
function settlementsSql(config: SimulationConfig, from: string, until: string): string {
  const list = `[${DIAGNOSES.map(text).join(', ')}]`;
  const diagnosis = `case when b.grp in (0, 1, 2, 3, 6) then printf('{"kodeverk":"${ICPC2}","kode":"%s"}', ${list}[1 + cast(b.gb % ${DIAGNOSES.length} as integer)]) else '' end`;
  const broken = `(b.ga % 1000000) < ${Math.round(CALIBRATION.brokenRows * 1e6)}`;
  const spoil = (kind: number, wrong: string, right: string) =>
    `case when ${broken} and b.gb % 3 = ${kind} then ${wrong} else ${right} end`;
  const wrongId = `b.id[1:10] || cast((cast(b.id[11] as integer) + 1) % 10 as varchar)`;
  return `
    with lot as (select * from out_bill where sent_day between date '${from}' and date '${until}'),
    lines as (
      select guid, string_agg(printf('{"takstkode":"%s","antall":%d,"belop":"%s"}', tariff, reps, ${amountNok('ore')}), ',' order by line_no) as takster from out_line where guid in (select guid from lot) group by guid),
    bills as (
      select b.* exclude (nr), b.nr + 100000 * datediff('month', date '${config.firstMonth}-01', b.sent_day) as nr, coalesce(n.id, '') as id, l.takster, a.hpr, a.practice_no
      from lot b join person n using (p) join lines l using (guid) join provider a using (idx)),
    written as (
      select b.idx, b.sent_day, b.nr, b.submission, b.received_at, b.practice_no,
        printf('{"guid":"%s","regningsnummer":%d,"tidspunkt":"%s","pasient":{"id":"%s","idType":"FNR"},"utfortAv":%s,"diagnoser":[%s],"egenandel":"%s","arsakFriEgenandel":%s,"kreditering":%s,"krediterer":%s',
          b.guid, b.nr, ${spoil(2, "strftime(b.day, '%Y-02-30T10:00:00')", "strftime(b.day + to_minutes(b.minute), '%Y-%m-%dT%H:%M:00')")}, ${spoil(0, wrongId, 'b.id')},
          case when b.performer is null or b.performer = b.hpr then 'null' else cast(b.performer as varchar) end, ${diagnosis}, case when b.ore >= 16000 and b.gb % 10 < 7 then '160.00' else '0.00' end,
          case when b.gb % 10 = 9 then '"F"' else 'null' end, cast(b.is_credit as varchar), case when b.is_credit then '"' || b.credits || '"' else 'null' end) as bill,
        ${spoil(1, `'{"takstkode":"x","antall":0,"belop":"-1.00"}'`, 'b.takster')} as takster,
        case when b.hit is not null then printf('{"guid":"%s","merknad":%d,"effekt":"%s","belop":"%s"}', b.guid, [470, 766, 502, 611, 130][1 + cast(b.ga % 5 as integer)], ['avvist', 'avkortet', 'merknad'][1 + b.hit],
          case b.hit when 0 then ${amountNok('b.ore')} when 1 then ${amountNok('(b.ore // 2)')} else '0.00' end) end as hit
      from bills b)
    select printf('{"mottattidspunkt":"%s","meldingsId":"%s","merknader":[%s],"melding":{"praksisId":"%s","navnEPJ":"%s","enkeltregninger":[%s]}}',
      strftime(min(received_at), '%Y-%m-%dT%H:%M:%SZ'), min(submission), coalesce(string_agg(hit, ',' order by nr), ''), min(practice_no), ['EPJ-Nord', 'EPJ-Fjord', 'EPJ-Vidde'][1 + idx % 3],
      string_agg(bill || ',"takster":[' || takster || ']}', ',' order by nr))
    from written group by idx, sent_day order by min(received_at), idx`;
}

const uuid = (a: string, b: string) =>
  `printf('%08x-%04x-4%03x-a%03x-%012x', ${a} >> 32, (${a} >> 16) & 65535, (${a} >> 4) & 4095, ${b} >> 52, ${b} & 281474976710655)`;

function eReseptSql(): string {
  const rx = uuid('r.pa', 'r.pb');
  const dispensing = uuid("hash(r.pa, 'M10')", "hash(hash('M10', r.pb))");
  const practice = (index: string) => `cast(1000000 + ${index} as varchar)`;
  return `
    select m from (
      select r.idx, r.pa, 1 as k, to_json({'type': 'M1', 'mottattidspunkt': strftime(r.received_at, '%Y-%m-%dT%H:%M:%SZ'), 'reseptId': ${rx}, 'praksisId': ${practice('r.idx')}, 'pasient': {'id': n.id, 'idType': 'FNR'},
        'forskrevet': cast(r.day as varchar), 'atc': r.atc, 'pakninger': r.packages, 'refusjonskode': '-90', 'reservasjonBytte': r.reservation}) as m from out_prescription r join person n using (p)
      union all select r.idx, r.pa, 2, to_json({'type': 'M10', 'mottattidspunkt': strftime(r.received_at, '%Y-%m-%dT%H:%M:%SZ'), 'utleveringId': ${dispensing}, 'reseptId': ${rx}, 'apotekId': ${practice('r.pharmacy')},
        'utlevert': cast(r.dispensed_day as varchar), 'pakninger': r.dispensed, 'overstyring': case when r.override then 'resept ikke tilgjengelig' end}) from out_prescription r
      union all select r.idx, r.pa, 3, to_json({'type': 'M18', 'mottattidspunkt': strftime(r.received_at, '%Y-%m-%dT%H:%M:%SZ'), 'kravId': ${uuid("hash(r.pa, 'M18')", "hash(hash('M18', r.pb))")}, 'utleveringId': ${dispensing}, 'apotekId': ${practice('r.pharmacy')},
        'belopKrevd': ${amountNok('(r.ore * r.dispensed // r.packages)')}, 'belopGodkjent': ${amountNok('(r.ore * r.dispensed // r.packages)')}, 'status': 'utbetalt'}) from out_prescription r)
    order by idx, pa, k`;
}

function providerFacts({ config, providers }: Scenario): Record<string, unknown>[] {
  return providers.flatMap((provider) => {
    const from = `${monthAt(config, provider.fromMonth)}-01`;
    const fact = {
      hprNr: String(provider.hprNr),
      orgnr: provider.orgnr,
      praksisId: provider.praksisId,
      praksistype: provider.group.practiceType,
      fagomrade: provider.group.field,
      kommunenr: MUNICIPALITIES[provider.municipality]![0],
      ...(provider.listSize === undefined ? {} : { listelengde: provider.listSize }),
      kontoHash: `k${provider.account}`,
      registrertVia: 'praksisinfo',
      gyldigFra: from,
      kjentFra: `${from}T00:00:00Z`,
    };
    // One provider in twenty changes account or office on the way; those who start something new do it more often.
    const changes = provider.index % 20 === 3 || (provider.startMonth > 0 && provider.index % 3 === 0);
    const month = Math.min(
      provider.untilMonth - 1,
      Math.max(
        provider.fromMonth + 2,
        provider.startMonth > 0 ? provider.startMonth - 1 : provider.fromMonth + (provider.index % 18),
      ),
    );
    if (!changes || month <= provider.fromMonth) return [fact];
    const day = `${monthAt(config, month)}-10`;
    return [fact, { ...fact, kontoHash: `k${provider.account}x`, gyldigFra: day, kjentFra: `${day}T08:00:00Z` }];
  });
}

function substitutes({ config, providers }: Scenario): Record<string, unknown>[] {
  return providers
    .filter((provider) => provider.substitute)
    .map((provider) => {
      const from = `${monthAt(config, provider.fromMonth)}-01`;
      return {
        praksisId: provider.praksisId,
        vikarHprNr: provider.hprNr + 3,
        fra: from,
        kjentFra: `${from}T00:00:00Z`,
      };
    });
}

function writeLines(file: string, rows: readonly unknown[]): void {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
