/** Bytes of a lookup hash. */
const BYTES = 32;

/**
 * Pseudonyms by lookup hash: an open-addressing hash table of fixed size, emptied when it is half full. A map of
 * strings would take four times the memory, and the garbage collector would traverse it again and again.
 */
export class PseudonymCache {
  readonly #mask: number;
  readonly #lookups: Buffer;
  /** 0 marks an empty bucket: pseudonyms start at 1. */
  readonly #keys: Float64Array;
  #size = 0;

  /** @param limit largest number of people in the cache */
  constructor(private readonly limit: number) {
    const buckets = 2 ** Math.ceil(Math.log2(2 * limit + 1));
    this.#mask = buckets - 1;
    this.#lookups = Buffer.alloc(BYTES * buckets);
    this.#keys = new Float64Array(buckets);
  }

  get(lookup: Buffer): number | undefined {
    return this.#keys[this.#bucketOf(lookup)] || undefined;
  }

  /** Adds people; earlier ones may be evicted. */
  add(people: Iterable<readonly [lookup: Buffer, key: number]>): void {
    for (const [lookup, key] of people) {
      if (this.#size >= this.limit) {
        this.#keys.fill(0);
        this.#size = 0;
      }
      const bucket = this.#bucketOf(lookup);
      if (this.#keys[bucket] === 0) this.#size++;
      lookup.copy(this.#lookups, BYTES * bucket);
      this.#keys[bucket] = key;
    }
  }

  /**
   * Bucket of a lookup hash, or the empty one where it belongs. Hashes are uniform, so their first bits choose the
   * bucket.
   */
  #bucketOf(lookup: Buffer): number {
    for (let bucket = lookup.readUInt32LE(0) & this.#mask; ; bucket = (bucket + 1) & this.#mask) {
      const at = BYTES * bucket;
      if (this.#keys[bucket] === 0 || lookup.compare(this.#lookups, at, at + BYTES) === 0) return bucket;
    }
  }
}
