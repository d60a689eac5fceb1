import type { Readable } from 'node:stream';

const SIGNATURE_BYTES = 11 + 4;

/**
 * A row of a binary COPY, read in place: cells by number from 0, undefined where null. It is valid until the next row.
 */
export class CopyRow {
  data: Buffer = Buffer.alloc(0);
  readonly starts: number[] = [];
  readonly ends: number[] = [];

  /** A view into the chunk that was read; copy it to keep it. */
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
 * Rows of PostgreSQL's binary COPY format, chunk by chunk; the rows of a chunk must be consumed before the next chunk.
 * This is much faster than text where rows are mostly bytes, and only the cells that are asked for are decoded.
 */
export async function* binaryRows(stream: Readable): AsyncGenerator<Iterable<CopyRow>> {
  let incomplete: Buffer = Buffer.alloc(0);
  let header = true;
  for await (const chunk of stream) {
    const data: Buffer = incomplete.length === 0 ? (chunk as Buffer) : Buffer.concat([incomplete, chunk as Buffer]);
    let at = 0;
    if (header) {
      if (data.length < SIGNATURE_BYTES + 4) {
        incomplete = data;
        continue;
      }
      at = SIGNATURE_BYTES + 4 + data.readInt32BE(SIGNATURE_BYTES);
      header = false;
    }
    const rows = new ChunkRows(data, at);
    yield rows;
    incomplete = data.subarray(rows.end);
  }
}

class ChunkRows implements Iterable<CopyRow> {
  readonly #row = new CopyRow();
  /** After iteration: the offset of the first row that is not complete yet. */
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

/**
 * Finds the cells of the row at `at`. The trailer of the format (count -1) gives no cells.
 * @returns where the row ends, or undefined if it is not complete yet
 */
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
