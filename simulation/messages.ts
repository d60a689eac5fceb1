import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { makeCases } from './controls';
import { createPartyTable, eReseptSql } from './eresept-sql';
import { generate, type Scenario, type Sink } from './generate';
import { settlementsSql } from './messages-sql';
import { providerFacts, substitutes } from './register-facts';
import { monthAt, monthsOf, type SimulationConfig } from './simulation-config';
import { text } from './tables';
import { tariffVersions } from './tariffs';
import { createPersonTable, writePatients } from './write-patients';
import { writeQueries } from './write-queries';

export interface SimulationSummary {
  readonly providers: number;
  readonly bills: number;
  readonly prescriptions: number;
  readonly cases: number;
  /** First instant after everything that was simulated is known. */
  readonly knownUntil: string;
}

/** Rows whose messages are built at once: aggregated text cannot be spilled to disk. */
const BILLS = { table: 'out_bill', day: 'sent_day', rows: 100_000 } as const;
const PRESCRIPTIONS = { table: 'out_prescription', day: 'cast(received_at as date)', rows: 50_000 } as const;

/** Ranges of days with about so many rows each; a message has one day, so batches keep the order. */
async function dayBatches(
  duck: DuckDBConnection,
  { table, day: dayOf, rows }: typeof BILLS | typeof PRESCRIPTIONS,
): Promise<[from: string, until: string][]> {
  const days = (
    await duck.runAndReadAll(`select cast(${dayOf} as varchar), count(*)::int from ${table} group by 1 order by 1`)
  ).getRows();
  const batches: [string, string][] = [];
  let size: number = rows;
  for (const [day, bills] of days) {
    const last = batches.at(-1);
    if (last && size + Number(bills) <= rows) last[1] = String(day);
    else {
      batches.push([String(day), String(day)]);
      size = 0;
    }
    size += Number(bills);
  }
  return batches;
}

/** Writes the files of a register while it is generated. */
class RegisterFiles implements Sink {
  bills = 0;
  prescriptions = 0;
  readonly #register: string;
  readonly #truth: string;

  constructor(
    readonly config: SimulationConfig,
    dir: string,
    readonly written: (file: string) => void,
  ) {
    this.#register = path.join(dir, 'register');
    this.#truth = path.join(dir, 'truth');
    for (const folder of [this.#register, this.#truth]) fs.mkdirSync(folder, { recursive: true });
  }

  async begin(duck: DuckDBConnection, scenario: Scenario): Promise<void> {
    this.#writeTariffs();
    this.#writeFacts('providers', providerFacts(scenario));
    this.#writeFacts('substitutes', substitutes(scenario));
    await createPersonTable(duck, scenario);
    await createPartyTable(duck, scenario.providers);
    await duck.run('create table billed (p bigint)');
  }

  async month(duck: DuckDBConnection, month: string): Promise<void> {
    const sent = await dayBatches(duck, BILLS);
    const settlements = sent.map(([from, until]) => settlementsSql(this.config, from, until));
    const received = await dayBatches(duck, PRESCRIPTIONS);
    const claims = received.map(([from, until]) => eReseptSql(from, until));
    await this.#writeMessages(duck, `settlements-${month}.ndjson`, settlements);
    await this.#writeMessages(duck, `prescriptions-${month}.xml`, claims);
    await duck.run(
      'insert into billed select distinct p from (select p from out_bill union all select p from out_prescription)',
    );
    const counts = await duck.runAndReadAll(
      'select (select count(*) from out_bill)::int, (select count(*) from out_prescription)::int',
    );
    const [bills, prescriptions] = counts.getRows()[0]!;
    this.bills += Number(bills);
    this.prescriptions += Number(prescriptions);
  }

  async end(duck: DuckDBConnection, scenario: Scenario): Promise<void> {
    const patients = path.join(this.#register, 'patients.ndjson');
    await writePatients(duck, scenario, patients);
    this.written(patients);
    const days = text(path.join(this.#truth, 'days.parquet'));
    await duck.run(
      `copy (select 1000000 + idx as practice_no, * exclude (idx) from truth_day order by idx, day, behaviour)
       to ${days} (format parquet, compression zstd)`,
    );
  }

  /** Writes the case events and the ground truth of providers. @returns the number of cases */
  finish({ providers }: Scenario, end: string): number {
    const cases = makeCases(this.config, providers).filter(({ known }) => known < end);
    this.#writeFacts(
      'cases',
      cases.map(({ event }) => event),
    );
    writeLines(
      path.join(this.#truth, 'providers.ndjson'),
      providers.map((provider) => ({
        praksisId: provider.praksisId,
        latent: provider.latent,
        behaviours: provider.behaviours,
        benignReason: provider.benignReason ?? (provider.ramp ? 'new-practice' : null),
        severity: provider.severity,
        startMonth: monthAt(this.config, provider.startMonth),
        ring: provider.ring ?? null,
      })),
    );
    return cases.filter(({ event }) => event['type'] === 'apnet').length;
  }

  #writeTariffs(): void {
    const file = path.join(this.#register, 'takstkoder.json');
    fs.writeFileSync(file, `${JSON.stringify(tariffVersions(this.config), null, 1)}\n`);
    this.written(file);
  }

  #writeFacts(kind: string, rows: readonly unknown[]): void {
    const file = path.join(this.#register, `${kind}.ndjson`);
    writeLines(file, rows);
    this.written(file);
  }

  async #writeMessages(duck: DuckDBConnection, name: string, queries: readonly string[]): Promise<void> {
    const file = path.join(this.#register, name);
    if (await writeWhole(file, (unfinished) => writeQueries(duck, queries, unfinished))) this.written(file);
  }
}

/**
 * Writes a register as files: tariffs, providers, patients, substitutes, one file of settlement messages and one of
 * eResept messages per month of receipt, and case events. The ground truth goes to another folder, which the product
 * never reads.
 * @param written called with each complete file, in an order in which they can be loaded
 */
export async function writeRegister(
  config: SimulationConfig,
  dir: string,
  progress: (done: number, total: number) => void = () => {},
  written: (file: string) => void = () => {},
): Promise<SimulationSummary> {
  const files = new RegisterFiles(config, dir, written);
  const scenario = await generate(config, files, progress);
  const end = `${monthAt(config, monthsOf(config))}-01`;
  const cases = files.finish(scenario, end);
  const { bills, prescriptions } = files;
  return { providers: scenario.providers.length, bills, prescriptions, cases, knownUntil: `${end}T00:00:00Z` };
}

/** Writes a file under another name until it is complete. @returns false if it would be empty and was not written */
async function writeWhole(file: string, write: (unfinished: string) => Promise<unknown>): Promise<boolean> {
  await write(`${file}.part`);
  const some = fs.statSync(`${file}.part`).size > 0;
  if (some) fs.renameSync(`${file}.part`, file);
  else fs.rmSync(`${file}.part`);
  return some;
}

function writeLines(file: string, rows: readonly unknown[]): void {
  fs.writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
