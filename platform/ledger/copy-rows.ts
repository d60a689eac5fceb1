import type { Readable } from 'node:stream';

const SIGNATURE_BYTES = 11 + 4;

/** A row of a binary COPY, read where it lies: cells by number from 0, undefined where null. Of use until the next row. */
export class CopyRow {
  data: Buffer = Buffer.alloc(0);
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** A view of what was read: copy what is to be kept. */
  bytes(cell: number): Buffer | undefined {
    return this.ends[cell]! < 0 ? undefined : this.data.subarray(this.starts[cell], this.ends[cell]);
  }

  text(cell: number, encoding: 'utf8' | 'latin1' | 'hex' = 'utf8'): string | undefined {
    return this.ends[cell]! < 0 ? undefined : this.data.toString(encoding, this.starts[cell], this.ends[cell]);
  }

  length(cell: number): number {
    return this.ends[cell]! - this.starts[cell]!;
  }

  copy(cell: number, into: Buffer, at: number): void {
    this.data.copy(into, at, this.starts[cell], this.ends[cell]);
  }

  /** A bigint or timestamptz that a double holds. */
  int8(cell: number): number | undefined {
    const at = this.starts[cell]!;
    return this.ends[cell]! < 0 ? undefined : this.data.readInt32BE(at) * 2 ** 32 + this.data.readUInt32BE(at + 4);
  }
}

/**
 * Rows of PostgreSQL's binary COPY format, a chunk at a time; each chunk is gone through before the next is asked for.
 * Much faster than text rows where most of a row is bytes anyway, and no cell is cut out that nobody asks for.
 */
export async function* binaryRows(stream: Readable): AsyncGenerator<Iterable<CopyRow>> {
  let rest: Buffer = Buffer.alloc(0);
  let header = true;
  for await (const chunk of stream) {
    const data: Buffer = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let at = 0;
    if (header) {
      if (data.length < SIGNATURE_BYTES + 4) {
        rest = data;
        continue;
      }
      at = SIGNATURE_BYTES + 4 + data.readInt32BE(SIGNATURE_BYTES);
      header = false;
    }
    const rows = new ChunkRows(data, at);
    yield rows;
    rest = data.subarray(rows.end);
  }
}

class ChunkRows implements Iterable<CopyRow> {
  readonly #row = new CopyRow();
  /** Where the first row begins that is not whole yet, once the rows have been gone through. */
  end: number;

  constructor(data: Buffer, from: number) {
    this.#row.data = data;
    this.end = from;
  }

  *[Symbol.iterator](): Generator<CopyRow> {
    for (;;) {
      const end = readRow(this.#row, this.end);
      if (end === undefined) return;
      this.end = end;
      if (this.#row.ends.length > 0) yield this.#row;
    }
  }
}

/** Finds the cells of the row at `at` and returns where it ends, or undefined when it is not whole yet; the trailer (count -1) has no cells. */
function readRow({ data, starts, ends }: CopyRow, at: number): number | undefined {
  if (at + 2 > data.length) return undefined;
  const count = Math.max(0, data.readInt16BE(at));
  let end = at + 2;
  starts.length = ends.length = count;
  for (let cell = 0; cell < count; cell++) {
    if (end + 4 > data.length) return undefined;
    const length = data.readInt32BE(end);
    starts[cell] = end + 4;
    end = Math.max(end + 4, end + 4 + length);
    ends[cell] = length < 0 ? -1 : end;
    if (end > data.length) return undefined;
  }
  return end;
}
