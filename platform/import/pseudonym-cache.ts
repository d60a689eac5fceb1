/** Bytes of a look-up hash. */
const BYTES = 32;

/**
 * Surrogates by look-up hash, in one block of memory whose size does not grow with the people that are met; emptied when it is
 * half full. A map of strings would take four times as much, and the collector would walk through it again and again.
 */
export class PseudonymCache {
  readonly #mask: number;
  readonly #lookups: Buffer;
  /** Nought where nobody is: surrogates begin at one. */
  readonly #keys: Float64Array;
  #size = 0;

  /** @param limit people remembered at most */
  constructor(private readonly limit: number) {
    const slots = 2 ** Math.ceil(Math.log2(2 * limit + 1));
    this.#mask = slots - 1;
    this.#lookups = Buffer.alloc(BYTES * slots);
    this.#keys = new Float64Array(slots);
  }

  get(lookup: Buffer): number | undefined {
    return this.#keys[this.#slotOf(lookup)] || undefined;
  }

  /** Remembers people; what was remembered before may be forgotten. */
  add(people: Iterable<readonly [lookup: Buffer, key: number]>): void {
    for (const [lookup, key] of people) {
      if (this.#size >= this.limit) {
        this.#keys.fill(0);
        this.#size = 0;
      }
      const slot = this.#slotOf(lookup);
      if (this.#keys[slot] === 0) this.#size++;
      lookup.copy(this.#lookups, BYTES * slot);
      this.#keys[slot] = key;
    }
  }

  /** Where a look-up hash stands, or would: hashes are evenly spread, so their own first bits choose. */
  #slotOf(lookup: Buffer): number {
    for (let slot = lookup.readUInt32LE(0) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = BYTES * slot;
      if (this.#keys[slot] === 0 || lookup.compare(this.#lookups, at, at + BYTES) === 0) return slot;
    }
  }
}
