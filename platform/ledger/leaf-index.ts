import type { CopyRow } from './copy-rows';

const ID = 16;
/** How far an entry may lie from where it was chained before it is looked for in other ways: writers side by side, not long transactions. */
const NEAR = 32;
/** So many strangers, and the table is not in the chain's order: an index is made of all ids. */
const MAX_MISSES = 200;

/**
 * Where in a stretch of the chain an entry stands. Entries come nearly in the chain's order, so most are the next one;
 * a map of every id costs ten times as much and is made only where the order is another.
 */
export class LeafIndex {
  readonly #ids: Buffer;
  readonly #set: Uint8Array;
  #index: Map<string, number> | undefined;
  #last = -1;
  #strangers = 0;

  constructor(readonly count: number) {
    this.#ids = Buffer.alloc(count * ID);
    this.#set = new Uint8Array(count);
  }

  /** The id in a cell stands at this place. False where another stands there. */
  set(place: number, row: CopyRow, cell: number): boolean {
    if (this.#set[place] === 1) return false;
    row.copy(cell, this.#ids, place * ID);
    this.#set[place] = 1;
    return true;
  }

  has(place: number): boolean {
    return this.#set[place] === 1;
  }

  /** Hex of the id at a place. */
  hex(place: number): string {
    return this.#ids.toString('hex', place * ID, (place + 1) * ID);
  }

  /** The place of the id in a cell; undefined where it is not in this stretch, or too far from its neighbours to be seen at once. */
  find(row: CopyRow, cell: number): number | undefined {
    const place = this.#index ? this.#index.get(row.text(cell, 'latin1')!) : this.#near(row.data, row.starts[cell]!);
    if (place !== undefined) this.#last = place;
    else if (++this.#strangers === MAX_MISSES) this.all();
    return place;
  }

  /** From here on every id of the stretch is found, in whatever order it comes. */
  all(): void {
    const index = new Map<string, number>();
    for (let place = 0; place < this.count; place++)
      if (this.has(place)) index.set(this.#ids.toString('latin1', place * ID, (place + 1) * ID), place);
    this.#index = index;
  }

  #near(data: Buffer, at: number): number | undefined {
    for (let step = 1; step <= NEAR; step++) {
      if (this.#is(this.#last + step, data, at)) return this.#last + step;
      if (this.#is(this.#last - step, data, at)) return this.#last - step;
    }
    return undefined;
  }

  #is(place: number, data: Buffer, at: number): boolean {
    if (place < 0 || place >= this.count) return false;
    for (let i = 0; i < ID; i += 4)
      if (data.readInt32BE(at + i) !== this.#ids.readInt32BE(place * ID + i)) return false;
    return this.has(place);
  }
}
