import fs from 'node:fs';
import path from 'node:path';
import { invalid } from '../../domain/errors';
import type { Db } from '../postgres/connection';
import type { AuditContext } from '../ledger/append';
import { type LineLoader, loadFile, type LoadReport } from './import-batch';
import { ProviderLoader, agreementLoader, substituteLoader } from './import-providers';
import { CaseLoader } from './import-cases';
import { PatientLoader } from './import-patients';
import { PrescriptionLoader } from './import-prescriptions';
import { SettlementLoader } from './import-settlements';
import type { Vault } from './vault';

/** Kinds of files in the order in which they must be loaded. Answers come before the claims that they answer. */
const ORDER = [
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
/**
 * Stages of loading. Files of one stage are loaded concurrently, so that parsing one overlaps writing another. Facts of
 * providers and events of cases depend on earlier lines of their own kind, so those stages load one file at a time.
 */
const STAGES: readonly (readonly Kind[])[] = [
  ['provider'],
  ['status'],
  ['agreement', 'patient', 'substitute', 'settlement', 'prescription'],
  ['case'],
];
export const CONCURRENT_FILES = 2;
const EXPECTED =
  'Expected .ndjson (one document a line) or .json (one document): claim messages, status answers, receipts and ' +
  'practices of KUHR, eResept messages, providers, patients, substitutes, agreements, or events of cases.';

/** Fields that tell what a file holds, wherever they stand in its first document. */
const MARKS: readonly (readonly [kind: Kind, field: RegExp])[] = [
  ['provider', /"(praksiser|praksistype)"\s*:/],
  ['settlement', /"behandlerkrav"\s*:/],
  ['status', /"(behandlerkravmeldinger|meldingsstatus|feilmeldinger)"\s*:/],
  ['patient', /"fodselsar"\s*:/],
  ['substitute', /"vikarHprNr"\s*:/],
  ['agreement', /"omfang"\s*:/],
  ['prescription', /"type"\s*:\s*"M(1|10|18)"/],
  ['case', /"type"\s*:\s*"(kampanje|signal|apnet|funn|vedtak|klage|omgjoring|tilbakekreving|tiltak)"|"saksnr"\s*:/],
  ['status', /"behandlerkravmeldingId"\s*:/],
];
const LOOKED_AT = 1 << 16;

/** The kind of a file by the field of `MARKS` that comes first in it; undefined where none does. */
function kindOf(file: string): Kind | undefined {
  if (!/\.(ndjson|json)$/.test(file)) return undefined;
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
function loaderOf(kind: Kind, vault: Vault, receivedMs: number | undefined): LineLoader {
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
    case 'prescription':
      return new PrescriptionLoader(vault);
    case 'case':
      return new CaseLoader();
  }
}

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
  return files.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.file < b.file ? -1 : 1));
}

/**
 * Loads one file of a register, by what it holds.
 * @param receivedMs receipt of documents that do not state theirs, in milliseconds since 1970
 */
export function importFile(
  db: Db,
  audit: AuditContext,
  vault: Vault,
  file: string,
  receivedMs?: number,
): Promise<LoadReport> {
  const kind = kindOf(file);
  if (!kind) throw invalid(`${file} is not a register file`, EXPECTED);
  return loadFile(db, audit, file, loaderOf(kind, vault, receivedMs));
}

/** Loads all files of a register folder, stage by stage. */
export async function importRegister(
  db: Db,
  audit: AuditContext,
  vault: Vault,
  source: string,
  progress: (report: LoadReport, done: number, total: number) => void = () => {},
  receivedMs?: number,
): Promise<LoadReport[]> {
  const files = registerFiles(source);
  const reports: LoadReport[] = [];
  for (const stage of STAGES) {
    const queue = files.filter((file) => stage.includes(file.kind));
    await mapConcurrently(
      stage.length > 1 ? CONCURRENT_FILES : 1,
      () => queue.shift(),
      async ({ file }) => {
        const report = await importFile(db, audit, vault, file, receivedMs);
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
