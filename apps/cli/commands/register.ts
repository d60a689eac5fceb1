import type { Command } from 'commander';
import path from 'node:path';
import { readYaml } from '../../../application/experiments';
import { invalid } from '../../../domain/errors';
import { startAuditedAction } from '../../../platform/auth/audit-context';
import { parseInstant } from '../../../domain/time/civil-time';
import { signInAsService } from '../../../platform/auth/sign-in';
import { loadEnv } from '../../../platform/config/env';
import { loadBillTable } from '../../../platform/import/import-bill-table';
import type { LoadReport } from '../../../platform/import/import-batch';
import { loadReference } from '../../../platform/import/import-reference';
import { importRegister } from '../../../platform/import/import-register';
import { Vault, vaultKey } from '../../../platform/import/vault';
import { append, type AuditContext } from '../../../platform/ledger/append';
import { writeRegister } from '../../../simulation/messages';
import { DEMO_CONFIG, type SimulationConfig } from '../../../simulation/simulation-config';
import { MOST, wholeNumber } from '../numbers';
import { type Out, print, StatusLine, table } from '../output';
import { withAuthenticatedContext, withReadContext } from '../session';

const number = (name: string, low: number, high: number) => (text: string) => {
  const value = Number(text);
  if (!(value >= low && value <= high)) throw invalid(`--${name} ${text}: expected a number from ${low} to ${high}`);
  return value;
};

const month = (text: string) => {
  if (!/^(19|20)\d{2}-(0[1-9]|1[0-2])$/.test(text))
    throw invalid(`--first-month ${text}: expected a month such as 2022-01`);
  return text;
};

function simulate(register: Command): void {
  register
    .command('simulate')
    .description('write a simulated register (no real person in it) as files')
    .argument('<folder>', 'where to write register/ and truth/')
    .option('--providers <share>', 'share of 23,000 providers', number('providers', 0.001, 1), DEMO_CONFIG.providers)
    .option('--volume <share>', 'share of full bill volume', number('volume', 0.001, 1), DEMO_CONFIG.volume)
    .option(
      '--controls-per-year <n>',
      'concluded control cases a year',
      wholeNumber('--controls-per-year', 1, 5000),
      DEMO_CONFIG.controlsPerYear,
    )
    .option('--years <n>', 'years of service', wholeNumber('--years', 1, 10), DEMO_CONFIG.years)
    .option('--seed <n>', 'the same seed gives the same bytes', wholeNumber('--seed', 0, MOST.seed), DEMO_CONFIG.seed)
    .option('--first-month <month>', 'first month of service', month, DEMO_CONFIG.firstMonth)
    .addHelpText('after', '\nExample: utplukk register simulate /tmp/small --providers 0.02 --volume 0.02 --years 3')
    .action(async (folder: string, options: SimulationConfig & Out) => {
      const line = new StatusLine();
      const summary = await writeRegister(
        options,
        folder,
        (done, total) => options.json || line.show(`simulating: month ${done} of ${total}`),
      );
      line.end();
      print(
        options,
        summary,
        () =>
          `${summary.providers} providers, ${summary.bills} bills, ${summary.cases} control cases in ` +
          `${path.resolve(folder)}; all is known at ${summary.knownUntil}.`,
      );
    });
}

const receivedAt = (text: string): number => {
  const at = /(Z|[+-]\d{2}:\d{2})$/.test(text) ? parseInstant(text) : undefined;
  if (at === undefined)
    throw invalid(`--received-at ${text}: expected an instant with its offset, such as 2024-03-01T10:15:00Z`);
  return at;
};

/** What of the files no column keeps or does not add up, one line a kind. */
const notesOf = (reports: readonly LoadReport[]): string =>
  reports
    .flatMap(({ file, notes }) =>
      notes.map(({ note, path: at, rows }) => `\n${path.basename(file)}: ${note} ${at} (${rows})`),
    )
    .slice(0, 50)
    .join('');

type ImportOptions = { asService: boolean; mapping?: string; receivedAt?: number; retry: boolean } & Out;
type Importing = Parameters<Parameters<typeof withAuthenticatedContext>[0]>[0];

/** The audited action that every row of the import belongs to, with its entry in the ledger. */
function startImport({ db, token, clock }: Importing, source: string): Promise<AuditContext> {
  return db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, token, 'register.import', `import of ${path.basename(source)}`, clock());
    await append(tx, audit, { event: 'import.started', subject: { kind: 'action', id: audit.actionId } }, clock());
    return audit;
  });
}

async function importSource(context: Importing, source: string, options: ImportOptions): Promise<LoadReport[]> {
  const { db, env } = context;
  const audit = await startImport(context, source);
  await loadReference(db);
  const vault = new Vault(db, vaultKey(env.UTPLUKK_HOME));
  const { retry, receivedAt: receivedMs } = options;
  if (options.mapping !== undefined)
    return [await loadBillTable(db, audit, vault, source, readYaml(options.mapping), retry)];
  const line = new StatusLine();
  const done = await importRegister(
    db,
    audit,
    vault,
    source,
    (report, at, total) =>
      options.json || line.show(`importing: file ${at} of ${total} (${path.basename(report.file)})`),
    { receivedMs, retry },
  );
  line.end();
  return done;
}

function totalOf(reports: readonly LoadReport[]) {
  const sum = (pick: (report: LoadReport) => number) => reports.reduce((total, report) => total + pick(report), 0);
  return {
    files: reports.length,
    already: reports.filter((r) => r.alreadyLoaded).length,
    read: sum((r) => r.read),
    loaded: sum((r) => r.loaded),
    quarantined: sum((r) => r.quarantined),
  };
}

function importFiles(register: Command): void {
  register
    .command('import')
    .description('load register files, recognised by what they hold; bad rows go to quarantine')
    .argument('<source>', 'folder or file')
    .option('--received-at <instant>', 'receipt of documents that do not state theirs', receivedAt)
    .option('--retry', 'try refused rows of files that were loaded before again', false)
    .option('--as-service', 'act as the loader service account', false)
    .option('--mapping <file>', 'mapping (YAML) of a CSV or Parquet table of bills')
    .addHelpText(
      'after',
      '\nBad rows go to quarantine. Open data of tariffs is known by its content.\n\n' +
        'Examples: utplukk register import /tmp/small/register\n' +
        '          utplukk register import takstkoder.json\n' +
        '          utplukk register import /tmp/small/register/settlements.ndjson --retry\n' +
        '          utplukk register import bills.csv ' +
        '--mapping docs/examples/bills/mapping.yaml',
    )
    .action(async (source: string, options: ImportOptions) => {
      const token = options.asService ? await signInAsService(loadEnv(), 'service-loader') : undefined;
      const reports = await withAuthenticatedContext((context) => importSource(context, source, options), token);
      const total = totalOf(reports);
      print(
        options,
        { total, files: reports },
        () =>
          `${total.files} files (${total.already} loaded before): loaded ${total.loaded} + quarantined ` +
          `${total.quarantined} = read ${total.read}${notesOf(reports)}`,
      );
    });
}

function quarantine(register: Command): void {
  register
    .command('quarantine')
    .description('refused rows with line, field and reason')
    .option('--limit <n>', 'how many', wholeNumber('--limit', 1, 10_000), 20)
    .addHelpText('after', '\nExample: utplukk register quarantine --limit 50')
    .action(async (options: { limit: number } & Out) => {
      const rows = await withReadContext('listQuarantine', ({ db }) =>
        db('core.quarantine as q')
          .join('core.load_batch as b', 'b.batch_id', 'q.batch_id')
          .orderBy('quarantine_id', 'desc')
          .whereNull('q.retried_in')
          .limit(options.limit)
          .select<
            { file_name: string; line: number; item: string; field: string; value: string | null; reason: string }[]
          >('b.file_name', 'q.line', 'q.item', 'q.field', 'q.value', 'q.reason'),
      );
      print(options, rows, () =>
        table(
          ['file', 'line', 'item', 'field', 'value', 'reason'],
          rows.map((r) => [r.file_name, r.line, r.item, r.field, r.value ?? '', r.reason]),
        ),
      );
    });
}

/** The register: simulated files, loading, refused rows. */
export function registerCommands(program: Command): void {
  const register = program.command('register').description('the register of providers, bills and control cases');
  for (const add of [simulate, importFiles, quarantine]) add(register);
}
