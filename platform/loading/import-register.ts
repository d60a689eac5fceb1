import fs from 'node:fs';
import path from 'node:path';
import { invalid } from '../../domain/errors';
import { TARIFFS } from '../../domain/reference/tariffs';
import type { Db } from '../db/connection';
import type { ActRef } from '../ledger/ledger';
import { type LineLoader, loadFile, type LoadReport } from './batch';
import { ActorLoader, CaseLoader } from './facts';
import { SettlementLoader } from './settlements';
import type { Vault } from './vault';

/** Reference values that the product brings along; safe to run again. */
export async function loadReference(db: Db): Promise<void> {
  for (const tariff of TARIFFS) {
    await db.raw(
      `insert into ref.tariff (code, field, kind, min_minutes, description) values (?, ?, ?, ?, ?)
       on conflict on constraint tariff_pk do update set field = excluded.field, kind = excluded.kind, min_minutes = excluded.min_minutes, description = excluded.description`,
      [tariff.code, tariff.field, tariff.kind, tariff.minMinutes, tariff.description],
    );
  }
}

const FILES_AT_ONCE = 2;
const ORDER = ['actor', 'settlement', 'case'] as const;

function kindOf(file: string): (typeof ORDER)[number] | undefined {
  const name = path.basename(file);
  if (!name.endsWith('.ndjson')) return undefined;
  return name.startsWith('actors')
    ? 'actor'
    : name.startsWith('settlements')
      ? 'settlement'
      : name.startsWith('cases')
        ? 'case'
        : undefined;
}

/** Files of a register folder in the order they must be loaded: actors, settlements by name, cases. */
export function registerFiles(source: string): { file: string; kind: (typeof ORDER)[number] }[] {
  if (!fs.existsSync(source))
    throw invalid(
      `${source} does not exist`,
      'Give a folder with actors*.ndjson, settlements*.ndjson and cases*.ndjson, or one such file.',
    );
  const names = fs.statSync(source).isDirectory() ? fs.readdirSync(source).map((name) => path.join(source, name)) : [source];
  const files = names.flatMap((file) => {
    const kind = kindOf(file);
    return kind ? [{ file, kind }] : [];
  });
  if (files.length === 0)
    throw invalid(`${source} holds no register file`, 'Expected names that start with actors, settlements or cases and end in .ndjson.');
  return files.sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || (a.file < b.file ? -1 : 1));
}

export async function importRegister(
  db: Db,
  actor: ActRef,
  vault: Vault,
  source: string,
  progress: (report: LoadReport, done: number, total: number) => void = () => {},
): Promise<LoadReport[]> {
  const files = registerFiles(source);
  // A loader a file: what one remembers is true only if its transaction committed.
  const loaderOf = (kind: (typeof ORDER)[number]): LineLoader =>
    kind === 'actor' ? new ActorLoader() : kind === 'case' ? new CaseLoader() : new SettlementLoader(vault);
  const reports: LoadReport[] = [];
  // Kinds come one after the other; files of one kind side by side, so that parsing here overlaps writing there.
  for (const kind of ORDER) {
    const queue = files.filter((file) => file.kind === kind);
    const worker = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const report = await loadFile(db, actor, next.file, loaderOf(kind));
        reports.push(report);
        progress(report, reports.length, files.length);
      }
    };
    await Promise.all(Array.from({ length: kind === 'settlement' ? FILES_AT_ONCE : 1 }, worker));
  }
  return reports;
}
