import fs from 'node:fs';
import path from 'node:path';
import { recordAction } from '../../application/audited-action';
import { signInAsService } from '../../platform/auth/sign-in';
import { truthDatabase } from '../../platform/config/env';
import type { AuditContext } from '../../platform/ledger/append';
import type { LoadReport } from '../../platform/import/import-batch';
import { CONCURRENT_FILES, importFile, mapConcurrently } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault, vaultKey } from '../../platform/import/vault';
import type { Db } from '../../platform/postgres/connection';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { storeGroundTruth } from '../../simulation/store-ground-truth';
import { StatusLine } from '../cli/output';
import { withAuthenticatedContext, withRuntime } from '../cli/session';

/** Files in the order they were written; `take` waits until there is one, or gives undefined after the last. */
class FileQueue {
  readonly #ready: string[] = [];
  #ended = false;
  readonly #waiting: (() => void)[] = [];

  put(file: string): void {
    this.#ready.push(file);
    this.#wake();
  }
  end(): void {
    this.#ended = true;
    this.#wake();
  }
  async take(): Promise<string | undefined> {
    while (this.#ready.length === 0 && !this.#ended) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.#ready.shift();
  }
  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}

/**
 * Simulates the demo's register and loads its files while others are still being written. An interrupted run starts
 * over: the same seed writes the same bytes, and files that were loaded are recognised. Control cases are loaded
 * last, so a load of them means that the whole register is there.
 */
export async function loadDemoRegister(say: (text: string) => void): Promise<void> {
  if (await withRuntime(({ db }) => casesAreLoaded(db))) return say('1. The register is loaded already.');
  const token = await withRuntime(({ env }) => signInAsService(env, 'service-loader'));
  await withAuthenticatedContext(async (context) => {
    const { db, env } = context;
    const folder = path.join(env.UTPLUKK_HOME, 'demo');
    await loadReference(db);
    const audit = await recordAction(context, 'register.import', 'import of the demo register', ({ actionId }) => ({
      event: 'import.started',
      subject: { kind: 'action', id: actionId },
    }));
    const reports = await simulateAndLoad(db, audit, new Vault(db, vaultKey(env.UTPLUKK_HOME)), folder);
    const groundTruth = truthDatabase();
    if (groundTruth) await storeGroundTruth(folder, groundTruth);
    const sum = (count: (report: LoadReport) => number) => reports.reduce((total, report) => total + count(report), 0);
    const [loaded, quarantined, read] = [sum((r) => r.loaded), sum((r) => r.quarantined), sum((r) => r.read)];
    say(`1. Register: loaded ${loaded} + quarantined ${quarantined} = read ${read}`);
    // Not needed any more: the ground truth is stored where the product cannot read it.
    fs.rmSync(folder, { recursive: true, force: true });
  }, token);
}

async function casesAreLoaded(db: Db): Promise<boolean> {
  const [row] = await db('core.load_batch').where({ kind: 'case' }).count<{ count: number }[]>('* as count');
  return Number(row?.count ?? 0) > 0;
}

async function simulateAndLoad(db: Db, audit: AuditContext, vault: Vault, folder: string): Promise<LoadReport[]> {
  const files = new FileQueue();
  const reports: LoadReport[] = [];
  const load = async (file: string) => void reports.push(await importFile(db, audit, vault, file));
  const line = new StatusLine(process.stdout);
  const simulating = writeRegister(
    DEMO_CONFIG,
    folder,
    (month, total) => line.show(`1. Simulating a register: month ${month} of ${total}; ${reports.length} files loaded`),
    (file) => files.put(file),
  ).finally(() => files.end());
  await Promise.all([simulating, loadInOrder(files, load)]);
  line.end();
  return reports;
}

/** Tariffs and providers first, since other files refer to them; control cases when everything else is loaded. */
async function loadInOrder(files: FileQueue, load: (file: string) => Promise<void>): Promise<void> {
  for (let file = await files.take(); file !== undefined; file = await files.take()) {
    await load(file);
    if (path.basename(file).startsWith('providers')) break;
  }
  const last: string[] = [];
  await mapConcurrently(
    CONCURRENT_FILES,
    () => files.take(),
    async (file) => {
      if (path.basename(file).startsWith('cases')) last.push(file);
      else await load(file);
    },
  );
  for (const file of last) await load(file);
}
