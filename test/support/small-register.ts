import fs from 'node:fs';
import path from 'node:path';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import { auditContextFor, type TestDatabase } from './environment';

export const SMALL_SLOT = 'post-payment-control/all';

/** Simulates a small register into `dir` and imports it, including its invalid rows. */
export async function loadSmallRegister(t: Pick<TestDatabase, 'env' | 'db'>, dir: string): Promise<void> {
  await writeRegister({ ...DEMO_CONFIG, providers: 0.06, volume: 0.012, controlsPerYear: 500, years: 4 }, dir);
  await loadReference(t.db);
  const audit = await auditContextFor(t, 'kari', 'register.import');
  const reports = await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 1)), path.join(dir, 'register'));
  for (const report of reports) expect(report.loaded + report.quarantined).toBe(report.read);
}

/** An experiment on this register that is fitted in seconds and passes its gates. */
export const SMALL_EXPERIMENT = fs.readFileSync(path.join(__dirname, 'small-register.yaml'), 'utf8');

/**
 * The same text with one passage replaced.
 * @throws Error when the passage is not there, since the test would then try nothing
 */
export function edited(text: string, passage: string | RegExp, by: string): string {
  const result = text.replace(passage, by);
  if (result === text) throw new Error(`nothing in the experiment reads ${String(passage)}`);
  return result;
}
