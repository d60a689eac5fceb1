import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Db, Tx } from '../db/connection';
import { CopyInto } from './copy-into';

const CACHE_LIMIT = 2_000_000;

/** Key of the look-up hash; in the demo a file that only its owner reads, in production a secret handed in. */
export function vaultKey(home: string, given?: string): Buffer {
  if (given) return Buffer.from(given, 'hex');
  const file = path.join(home, 'vault.key');
  if (!fs.existsSync(file)) {
    fs.mkdirSync(home, { recursive: true });
    fs.writeFileSync(file, randomBytes(32).toString('hex'), { mode: 0o600 });
  }
  return Buffer.from(fs.readFileSync(file, 'utf8'), 'hex');
}

/**
 * Maps national ids to random surrogates. The id itself is hashed at once and goes no further. New surrogates commit in
 * short transactions of their own: loaders do not wait for each other, and one left unused by a failed load harms nobody.
 */
export class Vault {
  readonly #known = new Map<string, number>();
  constructor(
    readonly db: Db,
    readonly key: Buffer,
  ) {}

  /** Surrogate of each id, made where there is none; the result has the order of the input. */
  async surrogates(ids: readonly string[]): Promise<number[]> {
    const lookups = ids.map((id) => createHmac('sha256', this.key).update(id).digest('base64'));
    const missing = [...new Set(lookups.filter((lookup) => !this.#known.has(lookup)))];
    if (this.#known.size > CACHE_LIMIT) this.#known.clear();
    if (missing.length > 0) {
      await this.#find(this.db, missing);
      const unseen = missing.filter((lookup) => !this.#known.has(lookup));
      if (unseen.length > 0) {
        const made = await this.db.transaction((tx) => this.#make(tx, unseen));
        for (const [lookup, key] of made) this.#known.set(lookup, key); // remembered only once committed
      }
    }
    return lookups.map((lookup) => this.#known.get(lookup)!);
  }

  async #find(db: Db | Tx, lookups: readonly string[]): Promise<void> {
    const { rows } = await db.raw<{ rows: { lookup: Buffer; patient_key: number }[] }>(
      'select lookup, patient_key from priv.vault where lookup = any(?::bytea[])',
      [lookups.map((lookup) => Buffer.from(lookup, 'base64'))],
    );
    for (const row of rows) this.#known.set(row.lookup.toString('base64'), row.patient_key);
  }

  async #make(tx: Tx, lookups: readonly string[]): Promise<Map<string, number>> {
    // Two loaders may meet the same new person: the lock makes the second one find what the first one made.
    await tx.raw("select pg_advisory_xact_lock(hashtext('priv.vault'))");
    await this.#find(tx, lookups);
    const patients = new CopyInto('core.patient', ['patient_key']);
    const vault = new CopyInto('priv.vault', ['lookup', 'patient_key']);
    const made = new Map<string, number>();
    for (const lookup of lookups) {
      if (this.#known.has(lookup)) continue;
      const key = randomBytes(8).readBigUInt64BE() >> 11n; // 53 random bits: exact as a number, no order, no meaning
      patients.add([Number(key)]);
      vault.add([`\\x${Buffer.from(lookup, 'base64').toString('hex')}`, Number(key)]);
      made.set(lookup, Number(key));
    }
    await patients.flush(tx);
    await vault.flush(tx);
    return made;
  }
}
