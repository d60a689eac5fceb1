import { createHmac, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Db, Tx } from '../postgres/connection';
import { CopyWriter } from '../postgres/copy-writer';
import { PseudonymCache } from './pseudonym-cache';

/** People in the cache, 80 bytes each: the memory of a loader does not depend on the size of the register. */
const CACHE_LIMIT = 1_000_000;

/**
 * Key of the lookup hash: in production a secret that is passed in (hex), in the demo a file that only its owner can
 * read.
 */
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
 * Maps national ids to random pseudonyms. The id itself is hashed at once and stored nowhere. New pseudonyms commit in
 * short transactions of their own, so that loaders do not wait for each other; one that a failed load leaves unused
 * does no harm.
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

  /** The pseudonym of each id, created if there is none, in the order of the input. */
  async pseudonyms(ids: readonly string[]): Promise<number[]> {
    const lookups = ids.map((id) => createHmac('sha256', this.key).update(id).digest());
    // Read before waiting for the database, because another loader may empty the cache meanwhile.
    const known = lookups.map((lookup) => this.#known.get(lookup));
    const missing = new Map(
      lookups.filter((_, n) => known[n] === undefined).map((lookup) => [lookup.toString('base64'), lookup]),
    );
    if (missing.size === 0) return known.map((key) => key!);
    const created = await this.db.transaction((tx) => this.#findOrCreate(tx, [...missing.values()]));
    const keys = new Map([...missing.keys()].map((name, n) => [name, created[n]!]));
    // cached only once committed
    this.#known.add([...missing.values()].map((lookup, n) => [lookup, created[n]!] as const));
    return lookups.map((lookup, n) => known[n] ?? keys.get(lookup.toString('base64'))!);
  }

  /**
   * Uses set operations, because a file may bring a hundred thousand new people.
   * @param lookups distinct lookup hashes
   * @returns pseudonyms in the order of the hashes
   */
  async #findOrCreate(tx: Tx, lookups: readonly Buffer[]): Promise<number[]> {
    await tx.raw('create temp table incoming_person (n int, lookup bytea, patient_key bigint) on commit drop');
    const incoming = new CopyWriter('incoming_person', ['n', 'lookup', 'patient_key']);
    const random = randomBytes(8 * lookups.length);
    lookups.forEach((lookup, n) => {
      const key = random.readBigUInt64BE(8 * n) >> 11n; // 53 random bits: exact as a number, no order, no meaning
      incoming.add([n, `\\x${lookup.toString('hex')}`, Number(key)]);
    });
    await incoming.flush(tx);
    await tx.raw('analyze incoming_person');
    // A few thousand people among millions: an index lookup for each is fastest. The planner would read the whole
    // vault, which at five million people took most of the time of loading bills.
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
      // Two loaders may meet the same new person: under the lock the second one finds what the first one created.
      await tx.raw("select pg_advisory_xact_lock(hashtext('priv.vault'))");
      // In the order of each index, so that each page is visited once.
      await tx.raw(
        `insert into core.patient (patient_key) select patient_key from incoming_person i where ${isNew}
          order by patient_key`,
      );
      await tx.raw(
        `insert into priv.vault (lookup, patient_key) select lookup, patient_key from incoming_person i where ${isNew}
          order by lookup`,
      );
      rows = await find();
    }
    const keys = Array<number>(lookups.length);
    for (const row of rows) keys[row.n] = row.patient_key;
    return keys;
  }
}
