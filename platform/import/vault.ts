import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Db, Tx } from '../postgres/connection';
import { CopyWriter } from '../postgres/copy-writer';
import { PseudonymCache } from './pseudonym-cache';

/** People remembered between files: at 80 bytes each, what a loader needs whatever the register's size. */
const CACHE_LIMIT = 1_000_000;

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
  readonly #known: PseudonymCache;
  constructor(
    readonly db: Db,
    readonly key: Buffer,
    cacheLimit = CACHE_LIMIT,
  ) {
    this.#known = new PseudonymCache(cacheLimit);
  }

  /** Surrogate of each id, made where there is none; the result has the order of the input. */
  async surrogates(ids: readonly string[]): Promise<number[]> {
    const lookups = ids.map((id) => createHmac('sha256', this.key).update(id).digest());
    // Held here: while this one waits for the database, another loader may empty what is remembered.
    const known = lookups.map((lookup) => this.#known.get(lookup));
    const missing = new Map(
      lookups.filter((_, n) => known[n] === undefined).map((lookup) => [lookup.toString('base64'), lookup]),
    );
    if (missing.size === 0) return known.map((key) => key!);
    const made = await this.db.transaction((tx) => this.#findOrMake(tx, [...missing.values()]));
    const keys = new Map([...missing.keys()].map((name, n) => [name, made[n]!]));
    this.#known.add([...missing.values()].map((lookup, n) => [lookup, made[n]!] as const)); // remembered only once committed
    return lookups.map((lookup, n) => known[n] ?? keys.get(lookup.toString('base64'))!);
  }

  /** By sets: a file may bring a hundred thousand new people. @returns surrogates in the order of the look-ups, which are all different */
  async #findOrMake(tx: Tx, lookups: readonly Buffer[]): Promise<number[]> {
    await tx.raw('create temp table incoming_person (n int, lookup bytea, patient_key bigint) on commit drop');
    const incoming = new CopyWriter('incoming_person', ['n', 'lookup', 'patient_key']);
    const random = randomBytes(8 * lookups.length);
    lookups.forEach((lookup, n) => {
      const key = random.readBigUInt64BE(8 * n) >> 11n; // 53 random bits: exact as a number, no order, no meaning
      incoming.add([n, `\\x${lookup.toString('hex')}`, Number(key)]);
    });
    await incoming.flush(tx);
    await tx.raw('analyze incoming_person');
    // A few thousand people among millions: look each up by the index. The planner takes that for dearer than reading the
    // whole vault, which at five million people was most of the time of loading bills.
    await tx.raw('set local enable_hashjoin = off; set local enable_mergejoin = off');
    const find = async () =>
      (
        await tx.raw<{ rows: { n: number; patient_key: number }[] }>(
          'select i.n, v.patient_key from incoming_person i join priv.vault v using (lookup)',
        )
      ).rows;
    let rows = await find();
    if (rows.length < lookups.length) {
      const isNew = 'not exists (select 1 from priv.vault v where v.lookup = i.lookup)';
      // Two loaders may meet the same new person: the lock makes the second one find what the first one made.
      await tx.raw("select pg_advisory_xact_lock(hashtext('priv.vault'))");
      // In the order of each index, so that its pages are visited once.
      await tx.raw(
        `insert into core.patient (patient_key) select patient_key from incoming_person i where ${isNew} order by patient_key`,
      );
      await tx.raw(
        `insert into priv.vault (lookup, patient_key) select lookup, patient_key from incoming_person i where ${isNew} order by lookup`,
      );
      rows = await find();
    }
    const keys = Array<number>(lookups.length);
    for (const row of rows) keys[row.n] = row.patient_key;
    return keys;
  }
}
