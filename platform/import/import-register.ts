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

/**
 * Kinds of files in the order in which they must be loaded. Answers come before the claims that they answer: they say
 * when these were received.
 */
const ORDER = [
  'tariff',
  'tariff-use',
  'provider',
  'agreement',
  'patient',
  'substitute',
  'status',
  'settlement',
  'prescription',
  'case',
] as const;
type Kind = (typeof ORDER)[number];
type LineKind = Exclude<Kind, OpenDataKind | 'prescription'>;
/**
 * Stages of loading. Files of one stage are loaded concurrently, so that parsing one overlaps writing another. Facts of
 * providers and events of cases depend on earlier lines of their own kind, and corrected bills of pharmacies on earlier
 * ones, so those stages load one file at a time.
 */
const STAGES: readonly (readonly Kind[])[] = [
  ['tariff'],
  ['tariff-use'],
  ['provider'],
  ['status'],
  ['agreement', 'patient', 'substitute', 'settlement'],
  ['prescription'],
  ['case'],
];
export const CONCURRENT_FILES = 2;
const EXPECTED =
  'Expected .ndjson (one document a line) or .json (one document): claim messages, status answers, receipts and ' +
  'practices of KUHR, answers of eResept, providers, patients, substitutes, agreements, or events of cases; messages ' +
  'of eResept in a name that ends in .xml; or open data of tariffs (takstkoder, agtakst).';

/** Fields that tell what a file holds, wherever they stand in its first document. */
const MARKS: readonly (readonly [kind: Kind, field: RegExp])[] = [
  ['provider', /"(praksiser|praksistype)"\s*:/],
  ['settlement', /"behandlerkrav"\s*:/],
  ['status', /"(behandlerkravmeldinger|meldingsstatus|feilmeldinger)"\s*:/],
  ['patient', /"fodselsar"\s*:/],
  ['substitute', /"vikarHprNr"\s*:/],
  ['agreement', /"omfang"\s*:/],
  ['prescription', /"oppgjorsnr"\s*:/],
  ['case', /"type"\s*:\s*"(kampanje|signal|apnet|funn|vedtak|klage|omgjoring|tilbakekreving|tiltak)"|"saksnr"\s*:/],
  ['status', /"behandlerkravmeldingId"\s*:/],
];
const LOOKED_AT = 1 << 16;

/** The kind of a file by the field of `MARKS` that comes first in it; undefined where none does. */
function kindOf(file: string): Kind | undefined {
  if (file.endsWith('.xml')) return 'prescription';
  if (!/\.(ndjson|json)$/.test(file) || openDataKind(file)) return openDataKind(file);
  const buffer = Buffer.alloc(LOOKED_AT);
  const handle = fs.openSync(file, 'r');
  const text = buffer.toString('utf8', 0, fs.readSync(handle, buffer, 0, LOOKED_AT, 0));
  fs.closeSync(handle);
  if (text.trim() === '') throw invalid(`${file} holds no rows`, 'Expected at least one row.');
  const message = MARKS.slice(0, -1).flatMap(([kind, field]) => {
    const at = text.search(field);
    return at < 0 ? [] : [{ kind, at }];
  });
  const [first] = message.sort((a, b) => a.at - b.at);
  return first?.kind ?? (MARKS.at(-1)![1].test(text) ? 'status' : undefined);
}

/** Each file gets its own loader, because what a loader remembers is valid only if its transaction commits. */
function loaderOf(kind: LineKind, vault: Vault, receivedMs: number | undefined): LineLoader {
  switch (kind) {
    case 'provider':
      return new ProviderLoader(receivedMs);
    case 'agreement':
      return agreementLoader();
    case 'patient':
      return new PatientLoader(vault);
    case 'substitute':
      return substituteLoader();
    case 'status':
    case 'settlement':
      return new SettlementLoader(vault, receivedMs);
    case 'case':
      return new CaseLoader();
  }
}

/** Answers on settlements say when these were received, so they come before the settlements themselves. */
const placeOf = ({ file, kind }: { file: string; kind: Kind }) =>
  2 * ORDER.indexOf(kind) + (file.endsWith('.xml') ? 1 : 0);

/** Files of a register folder in the order they must be loaded. @throws UtplukkError InvalidInput for one of no kind */
export function registerFiles(source: string): { file: string; kind: Kind }[] {
  if (!fs.existsSync(source))
    throw invalid(`${source} does not exist`, 'Give a folder with register files, or one such file.');
  const names = fs.statSync(source).isDirectory()
    ? fs.readdirSync(source).map((name) => path.join(source, name))
    : [source];
  const files = names.flatMap((file) => {
    const kind = kindOf(file);
    if (!kind && /\.(ndjson|json)$/.test(file)) throw invalid(`${file} is of no kind that is known`, EXPECTED);
    return kind ? [{ file, kind }] : [];
  });
  if (files.length === 0) throw invalid(`${source} contains no register file`, EXPECTED);
  return files.sort((a, b) => placeOf(a) - placeOf(b) || (a.file < b.file ? -1 : 1));
}

export interface ImportOptions {
  /** Receipt of documents that do not state theirs, in milliseconds since 1970. */
  readonly receivedMs?: number | undefined;
  /** Read files that were loaded before again, for the rows that they refused. */
  readonly retry?: boolean | undefined;
}

/** Loads one file of a register, by what it holds. */
export function importFile(
  db: Db,
  audit: AuditContext,
  vault: Vault,
  file: string,
  { receivedMs, retry }: ImportOptions = {},
): Promise<LoadReport> {
  const kind = kindOf(file);
  if (!kind) throw invalid(`${file} is not a register file`, EXPECTED);
  if (kind === 'prescription') return loadEReseptFile(db, audit, vault, file, retry);
  if (kind === 'tariff' || kind === 'tariff-use') return loadOpenData(db, audit, file, retry);
  return loadFile(db, audit, file, loaderOf(kind, vault, receivedMs), retry);
}

/** Loads all files of a register folder, stage by stage. */
export async function importRegister(
  db: Db,
  audit: AuditContext,
  vault: Vault,
  source: string,
  progress: (report: LoadReport, done: number, total: number) => void = () => {},
  options: ImportOptions = {},
): Promise<LoadReport[]> {
  const files = registerFiles(source);
  const reports: LoadReport[] = [];
  for (const stage of STAGES) {
    const queue = files.filter((file) => stage.includes(file.kind));
    await mapConcurrently(
      stage.length > 1 ? CONCURRENT_FILES : 1,
      () => queue.shift(),
      async ({ file }) => {
        const report = await importFile(db, audit, vault, file, options);
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
