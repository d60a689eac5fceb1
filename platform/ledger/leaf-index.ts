import type { CopyRow } from './copy-rows';

const ID = 16;
/**
 * Positions around the last hit that are searched: concurrent writers move entries a little, long transactions
 * further.
 */
const NEAR = 32;
/** After this many misses, assume that the table is not in chain order and build a full index. */
const MAX_MISSES = 200;

/**
 * Finds the position of an entry in a range of the chain by its id. Entries come nearly in chain order, so most are
 * found next to the last one; a map of all ids costs ten times as much and is built only for another order.
 */
export class LeafIndex {
  readonly #ids: Buffer;
  readonly #set: Uint8Array;
  #index: Map<string, number> | undefined;
  #last = -1;
  #misses = 0;

  constructor(readonly count: number) {
    this.#ids = Buffer.alloc(count * ID);
    this.#set = new Uint8Array(count);
  }

  /** Sets the id at a position from a cell. @returns false if the position has an id already */
  set(position: number, row: CopyRow, cell: number): boolean {
    if (this.#set[position] === 1) return false;
    row.copy(cell, this.#ids, position * ID);
    this.#set[position] = 1;
    return true;
  }

  has(position: number): boolean {
    return this.#set[position] === 1;
  }

  /** The id at a position, in hex. */
  hex(position: number): string {
    return this.#ids.toString('hex', position * ID, (position + 1) * ID);
  }

  /** The position of the id in a cell; undefined if it is not in this range, or not near the last hit. */
  find(row: CopyRow, cell: number): number | undefined {
    const position = this.#index ? this.#index.get(row.text(cell, 'latin1')!) : this.#near(row.data, row.starts[cell]!);
    if (position !== undefined) this.#last = position;
    else if (++this.#misses === MAX_MISSES) this.buildIndex();
    return position;
  }

  /** Builds the full index: from now on every id of the range is found, in any order. */
  buildIndex(): void {
    const index = new Map<string, number>();
    for (let position = 0; position < this.count; position++)
      if (this.has(position)) index.set(this.#ids.toString('latin1', position * ID, (position + 1) * ID), position);
    this.#index = index;
  }

  #near(data: Buffer, at: number): number | undefined {
    for (let step = 1; step <= NEAR; step++) {
      if (this.#is(this.#last + step, data, at)) return this.#last + step;
      if (this.#is(this.#last - step, data, at)) return this.#last - step;
    }
    return undefined;
  }

  #is(position: number, data: Buffer, at: number): boolean {
    if (position < 0 || position >= this.count) return false;
    for (let i = 0; i < ID; i += 4)
      if (data.readInt32BE(at + i) !== this.#ids.readInt32BE(position * ID + i)) return false;
    return this.has(position);
  }
}
