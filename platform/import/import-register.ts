import fs from 'node:fs';
import path from 'node:path';
import { invalid } from '../../domain/errors';
import type { Db } from '../postgres/connection';
import type { AuditContext } from '../ledger/append';
import { type LineLoader, loadFile, type LoadReport } from './import-batch';
import { loadEReseptFile } from './eresept/load-file';
import { ProviderLoader, agreementLoader, substituteLoader } from './import-providers';
import { CaseLoader } from './import-cases';
import { loadOpenData, openDataKind, type OpenDataKind } from './import-open-data';
import { PatientLoader } from './import-patients';
import { SettlementLoader } from './import-settlements';
import type { Vault } from './vault';

/** Kinds of files, and the prefix of their names, in the order in which they must be loaded. */
const KINDS = {
  provider: 'providers',
  agreement: 'agreements',
  patient: 'patients',
  substitute: 'substitutes',
  settlement: 'settlements',
  prescription: 'prescriptions',
  case: 'cases',
} as const;
type MessageKind = keyof typeof KINDS;
type Kind = OpenDataKind | MessageKind;
const MESSAGE_KINDS = Object.keys(KINDS) as MessageKind[];
const ORDER: readonly Kind[] = ['tariff', 'tariff-use', ...MESSAGE_KINDS];
/**
 * Stages of loading. Files of one stage are loaded concurrently, so that parsing one overlaps writing another. Facts of
 * providers and events of cases depend on earlier lines of their own kind, and corrected bills of pharmacies on earlier
 * ones, so those stages load one file at a time.
 */
const STAGES: readonly (readonly Kind[])[] = [
  ['tariff'],
  ['tariff-use'],
  ['provider'],
  ['agreement', 'patient', 'substitute', 'settlement'],
  ['prescription'],
  ['case'],
];
export const CONCURRENT_FILES = 2;
const EXPECTED =
  `Expected a name that starts with ${Object.values(KINDS).join(', ')} and ends in .ndjson, messages of eResept in a ` +
  'name that ends in .xml, or open data of tariffs (takstkoder, agtakst).';

function kindOf(file: string): Kind | undefined {
  const name = path.basename(file);
  if (name.endsWith('.xml') || (name.startsWith(KINDS.prescription) && name.endsWith('.json'))) return 'prescription';
  if (!name.endsWith('.ndjson')) return openDataKind(file);
  return MESSAGE_KINDS.find((kind) => name.startsWith(KINDS[kind]));
}

/** Each file gets its own loader, because what a loader remembers is valid only if its transaction commits. */
function loaderOf(kind: Exclude<MessageKind, 'prescription'>, vault: Vault): LineLoader {
  switch (kind) {
    case 'provider':
      return new ProviderLoader();
    case 'agreement':
      return agreementLoader();
    case 'patient':
      return new PatientLoader(vault);
    case 'substitute':
      return substituteLoader();
    case 'settlement':
      return new SettlementLoader(vault);
    case 'case':
      return new CaseLoader();
  }
}

/** Answers on settlements say when these were received, so they come before the settlements themselves. */
const placeOf = ({ file, kind }: { file: string; kind: Kind }) =>
  2 * ORDER.indexOf(kind) + (file.endsWith('.xml') ? 1 : 0);

/** Files of a register folder in the order they must be loaded: tariffs, providers, settlements by name, cases. */
export function registerFiles(source: string): { file: string; kind: Kind }[] {
  if (!fs.existsSync(source))
    throw invalid(
      `${source} does not exist`,
      'Give a folder with providers*.ndjson, settlements*.ndjson and cases*.ndjson, or one such file.',
    );
  const names = fs.statSync(source).isDirectory()
    ? fs.readdirSync(source).map((name) => path.join(source, name))
    : [source];
  const files = names.flatMap((file) => {
    const kind = kindOf(file);
    return kind ? [{ file, kind }] : [];
  });
  if (files.length === 0) throw invalid(`${source} contains no register file`, EXPECTED);
  return files.sort((a, b) => placeOf(a) - placeOf(b) || (a.file < b.file ? -1 : 1));
}

/** Loads one file of a register, by the kind that its name starts with; open data is known by its content. */
export function importFile(db: Db, audit: AuditContext, vault: Vault, file: string): Promise<LoadReport> {
  const kind = kindOf(file);
  if (!kind) throw invalid(`${file} is not a register file`, EXPECTED);
  if (kind === 'prescription') return loadEReseptFile(db, audit, vault, file);
  if (kind === 'tariff' || kind === 'tariff-use') return loadOpenData(db, audit, file);
  return loadFile(db, audit, file, loaderOf(kind, vault));
}

/** Loads all files of a register folder, stage by stage. */
export async function importRegister(
  db: Db,
  audit: AuditContext,
  vault: Vault,
  source: string,
  progress: (report: LoadReport, done: number, total: number) => void = () => {},
): Promise<LoadReport[]> {
  const files = registerFiles(source);
  const reports: LoadReport[] = [];
  for (const stage of STAGES) {
    const queue = files.filter((file) => stage.includes(file.kind));
    await mapConcurrently(
      stage.length > 1 ? CONCURRENT_FILES : 1,
      () => queue.shift(),
      async ({ file }) => {
        const report = await importFile(db, audit, vault, file);
        reports.push(report);
        progress(report, reports.length, files.length);
      },
    );
  }
  return reports;
}

/** Runs `work` on the items that `next` returns until it returns undefined, `count` at a time. */
export async function mapConcurrently<T>(
  count: number,
  next: () => T | undefined | Promise<T | undefined>,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const worker = async () => {
    for (let item = await next(); item !== undefined; item = await next()) await work(item);
  };
  await Promise.all(Array.from({ length: count }, worker));
}
