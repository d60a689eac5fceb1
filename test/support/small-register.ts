import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { DEMO_CONFIG } from '../../simulation/simulation-config';
import { writeRegister } from '../../simulation/messages';
import { importRegister } from '../../platform/import/import-register';
import { loadReference } from '../../platform/import/import-reference';
import { Vault } from '../../platform/import/vault';
import { auditContextFor, databaseUrl, testDatabase } from './environment';

export const SMALL_SLOT = 'post-payment-control/all';

const TEMPLATE = 'small_register';

/**
 * Name of a database that holds a small simulated register, its invalid rows included. Simulating and importing takes
 * longer than most tests of it, so the first test file that asks makes it, and all clone it.
 */
export async function smallRegister(): Promise<string> {
  const admin = new pg.Client({ connectionString: databaseUrl('postgres') });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock(4712)');
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount === 0) await admin.query(`alter database ${await loaded()} rename to ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
  return TEMPLATE;
}

async function loaded(): Promise<string> {
  const t = await testDatabase();
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'small-register-'));
  try {
    await writeRegister({ ...DEMO_CONFIG, providers: 0.06, volume: 0.012, controlsPerYear: 500, years: 4 }, dir);
    await loadReference(t.db);
    const audit = await auditContextFor(t, 'kari', 'register.import');
    const reports = await importRegister(t.db, audit, new Vault(t.db, Buffer.alloc(32, 1)), path.join(dir, 'register'));
    for (const report of reports) expect(report.loaded + report.quarantined).toBe(report.read);
  } finally {
    await t.close();
    fs.rmSync(dir, { recursive: true, force: true });
  }
  return new URL(t.ownerUrl).pathname.slice(1);
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
