import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { Tx } from '../postgres/connection';
import { rawConnection } from '../postgres/copy-writer';

/** One run of rows of equal shard: a file of CSV without the shard column, and the hash of its bytes. */
export interface CsvPart {
  readonly shard: number;
  readonly file: string;
  readonly logical: string;
}

const NEWLINE = 10;
const COMMA = 44;
const FLUSH_BYTES = 1 << 20;

/** Streams a query as CSV to a file, hashing on the way. */
export async function copyOut(tx: Tx, query: string, file: string): Promise<CsvPart> {
  const client = await rawConnection(tx);
  const sink = new PartFile(0, file);
  const stream = client.query(copyTo(`copy (${query}) to stdout (format csv)`));
  await pipeline(stream, new Writable({ write: (chunk: Buffer, _encoding, done) => done(sink.write(chunk)) }));
  return sink.close();
}

/**
 * Streams a query whose first column is the shard, ordered by it, and cuts the stream into one file a shard: the table is
 * read once, whatever the number of shards. Every shard from 0 to `shards` - 1 has its file, if only an empty one.
 */
export async function copyOutSharded(
  tx: Tx,
  query: string,
  shards: number,
  fileOf: (shard: number) => string,
): Promise<CsvPart[]> {
  const client = await rawConnection(tx);
  const parts: CsvPart[] = [];
  let current = new PartFile(0, fileOf(0));
  let rest: Buffer | undefined;
  const moveTo = (shard: number) => {
    while (current.shard < shard) {
      parts.push(current.close());
      current = new PartFile(current.shard + 1, fileOf(current.shard + 1));
    }
  };
  // The shard stands before the first comma of each line and is dropped on the way.
  const take = (chunk: Buffer) => {
    const data = rest ? Buffer.concat([rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const end = data.indexOf(NEWLINE, at);
      if (end === -1) break;
      const comma = data.indexOf(COMMA, at);
      const shard = Number(data.toString('latin1', at, comma));
      if (shard !== current.shard) moveTo(shard);
      current.write(data.subarray(comma + 1, end + 1));
      at = end + 1;
    }
    rest = at < data.length ? data.subarray(at) : undefined;
  };
  const stream = client.query(copyTo(`copy (${query}) to stdout (format csv)`));
  await pipeline(
    stream,
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        take(chunk);
        done();
      },
    }),
  );
  moveTo(shards - 1);
  parts.push(current.close());
  return parts;
}

/** Collects small pieces so that hashing and writing happen a mebibyte at a time. */
class PartFile {
  readonly #hash: Hash = createHash('sha256');
  readonly #handle: number;
  #pieces: Buffer[] = [];
  #bytes = 0;
  constructor(
    readonly shard: number,
    readonly file: string,
  ) {
    this.#handle = fs.openSync(file, 'w');
  }

  write(piece: Buffer): null {
    this.#pieces.push(piece);
    this.#bytes += piece.length;
    if (this.#bytes >= FLUSH_BYTES) this.#flush();
    return null;
  }

  close(): CsvPart {
    this.#flush();
    fs.closeSync(this.#handle);
    return { shard: this.shard, file: this.file, logical: this.#hash.digest('hex') };
  }

  #flush(): void {
    if (this.#bytes === 0) return;
    const data = this.#pieces.length === 1 ? this.#pieces[0]! : Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#bytes = 0;
    this.#hash.update(data);
    fs.writeSync(this.#handle, data);
  }
}
