import fs from 'node:fs';
import path from 'node:path';
import { startAuditedAction } from '../../platform/auth/audit-context';
import { signInAsService } from '../../platform/auth/sign-in';
import { truthDatabase } from '../../platform/config/env';
import { append } from '../../platform/ledger/append';
import type { LoadReport } from '../../platform/loading/batch';
import { FILES_AT_ONCE, importFile, mapConcurrently } from '../../platform/loading/import-register';
import { loadReference } from '../../platform/loading/reference';
import { Vault, vaultKey } from '../../platform/loading/vault';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { storeTruth } from '../../simulation/store-ground-truth';
import { StatusLine } from '../cli/output';
import { withAuthenticatedContext, withRuntime } from '../cli/session';

/** Files in the order they were finished; whoever takes one waits until there is one or no more will come. */
class FilesAsTheyCome {
  readonly #ready: string[] = [];
  #ended = false;
  #wake: (() => void)[] = [];

  put(file: string): void {
    this.#ready.push(file);
    this.#rouse();
  }
  end(): void {
    this.#ended = true;
    this.#rouse();
  }
  async take(): Promise<string | undefined> {
    while (this.#ready.length === 0 && !this.#ended) await new Promise<void>((resolve) => this.#wake.push(resolve));
    return this.#ready.shift();
  }
  #rouse(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

/**
 * Simulates the demo's register and loads it while it is being made. Cut short, it starts over: the same seed writes the
 * same bytes, and what was loaded is found again. The cases are loaded last, so their being there says that all is.
 */
export async function loadDemoRegister(say: (text: string) => void): Promise<void> {
  const loaded = await withRuntime(async ({ db }) =>
    Number(
      (await db('core.load_batch').where({ kind: 'case' }).count<{ count: number }[]>('* as count'))[0]?.count ?? 0,
    ),
  );
  if (loaded > 0) return say('1. The register is loaded already.');
  const token = await withRuntime(({ env }) => signInAsService(env, 'service-loader'));
  await withAuthenticatedContext(async ({ db, env, token: verified, clock }) => {
    const folder = path.join(env.UTPLUKK_HOME, 'demo');
    const line = new StatusLine(process.stdout);
    await loadReference(db);
    const audit = await db.transaction(async (tx) => {
      const audit = await startAuditedAction(tx, verified, 'register.import', 'import of the demo register', clock());
      await append(tx, audit, { event: 'import.started', subject: { kind: 'action', id: audit.actionId } }, clock());
      return audit;
    });
    const vault = new Vault(db, vaultKey(env.UTPLUKK_HOME));
    const files = new FilesAsTheyCome();
    const reports: LoadReport[] = [];
    const load = async (file: string) => void reports.push(await importFile(db, audit, vault, file));
    const simulating = writeRegister(
      DEMO_CONFIG,
      folder,
      (at, total) => line.show(`1. Simulating a register: month ${at} of ${total}; ${reports.length} files loaded`),
      (file) => files.put(file),
    ).finally(() => files.end());
    await Promise.all([simulating, loadInOrder(files, load)]);
    const truth = truthDatabase();
    if (truth) await storeTruth(folder, truth);
    line.end();
    const sum = (pick: (r: LoadReport) => number) => reports.reduce((total, report) => total + pick(report), 0);
    say(
      `1. Register: loaded ${sum((r) => r.loaded)} + quarantined ${sum((r) => r.quarantined)} = read ${sum((r) => r.read)}`,
    );
    fs.rmSync(folder, { recursive: true, force: true }); // they have served; the truth stands where the product cannot read it
  }, token);
}

/** Providers come first, for everything names them; the file of cases waits until all else is there. */
async function loadInOrder(files: FilesAsTheyCome, load: (file: string) => Promise<void>): Promise<void> {
  const providers = await files.take();
  if (providers !== undefined) await load(providers);
  const last: string[] = [];
  await mapConcurrently(
    FILES_AT_ONCE,
    () => files.take(),
    async (file) => {
      if (path.basename(file).startsWith('cases')) last.push(file);
      else await load(file);
    },
  );
  for (const file of last) await load(file);
}
