import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { LoadReport } from '../../platform/import/import-batch';
import { loadReference } from '../../platform/import/import-reference';
import { type ImportOptions, importRegister } from '../../platform/import/import-register';
import { Vault } from '../../platform/import/vault';
import type { AuditContext } from '../../platform/ledger/append';
import { auditContextFor, testDatabase, type TestDatabase } from './environment';
import { providerFact } from './register-files';

/** A register of its own with practices 1000001 and 1000002, into which documents are loaded. */
export class KuhrRegister {
  #files = 0;
  private constructor(
    readonly t: TestDatabase,
    readonly audit: AuditContext,
    readonly dir: string,
  ) {}

  static async start(): Promise<KuhrRegister> {
    const t = await testDatabase();
    const audit = await auditContextFor(t, 'kari', 'register.import');
    const register = new KuhrRegister(t, audit, fs.mkdtempSync(path.join(os.tmpdir(), 'kuhr-')));
    await loadReference(t.db);
    await register.load('providers.ndjson', [
      providerFact('1000001'),
      providerFact('1000002', { hprNr: undefined, orgnr: '983544622' }),
    ]);
    return register;
  }

  async close(): Promise<void> {
    await this.t.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  /** Writes documents one a line, or one as the documentation shows it in a file .json. @returns the path */
  write(name: string, documents: readonly unknown[]): string {
    const file = path.join(this.dir, `${++this.#files}-${name}`);
    const indent = name.endsWith('.json') ? 2 : undefined;
    fs.writeFileSync(file, documents.map((document) => JSON.stringify(document, null, indent)).join('\n'));
    return file;
  }

  async loadFile(file: string, options: ImportOptions = {}): Promise<LoadReport> {
    const vault = new Vault(this.t.db, Buffer.alloc(32, 7));
    return (await importRegister(this.t.db, this.audit, vault, file, undefined, options))[0]!;
  }

  load = (name: string, documents: readonly unknown[], receivedMs?: number): Promise<LoadReport> =>
    this.loadFile(this.write(name, documents), { receivedMs });

  /** Sum of a bill's entries known before an instant, in øre, with the number of entries. */
  async stateAt(guid: string, asOf: string): Promise<{ ore: number; entries: number }> {
    const { rows } = await this.t.db.raw<{ rows: { ore: number; entries: number }[] }>(
      `select coalesce(sum(entry * amount_ore), 0)::int as ore, count(*)::int as entries from core.bill
       where bill_guid = ? and known_from < ?`,
      [guid, asOf],
    );
    return rows[0]!;
  }

  /** Refused rows that were not tried again, newest first. */
  refusals = () =>
    this.t
      .db('core.quarantine')
      .whereNull('retried_in')
      .orderBy('quarantine_id', 'desc')
      .select<{ field: string; value: string | null; reason: string }[]>('field', 'value', 'reason');

  /** Answers on a message in the order in which they became known. */
  statusRows = (messageId: string) =>
    this.t
      .db('core.submission_status')
      .where({ submission_id: messageId })
      .orderBy('known_from')
      .select<Record<string, unknown>[]>();
}
