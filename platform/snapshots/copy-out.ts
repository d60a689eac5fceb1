import { createHash, type Hash } from 'node:crypto';
import fs from 'node:fs';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { to as copyTo } from 'pg-copy-streams';
import type { Tx } from '../postgres/connection';
import { rawConnection } from '../postgres/copy-writer';

/** Rows of one shard: a CSV file without the shard column, and the SHA-256 of its bytes. */
export interface ShardCsv {
  readonly shard: number;
  readonly file: string;
  readonly contentHash: string;
}

const NEWLINE = 10;
const COMMA = 44;
const FLUSH_BYTES = 1 << 20;

/** Streams a query as CSV to a file and hashes it on the way. */
export async function copyOut(tx: Tx, query: string, file: string): Promise<ShardCsv> {
  const client = await rawConnection(tx);
  const sink = new HashingFile(0, file);
  const stream = client.query(copyTo(`copy (${query}) to stdout (format csv)`));
  await pipeline(stream, new Writable({ write: (chunk: Buffer, _encoding, done) => done(sink.write(chunk)) }));
  return sink.close();
}

/**
 * Streams a query whose first column is the shard, ordered by it, and splits the stream into one file per shard: the
 * table is read once, whatever the number of shards. Every shard from 0 to `shards` - 1 gets a file, possibly an empty
 * one.
 */
export async function copyOutSharded(
  tx: Tx,
  query: string,
  shards: number,
  fileOf: (shard: number) => string,
): Promise<ShardCsv[]> {
  const client = await rawConnection(tx);
  const files: ShardCsv[] = [];
  let current = new HashingFile(0, fileOf(0));
  let incompleteLine: Buffer | undefined;
  const moveTo = (shard: number) => {
    while (current.shard < shard) {
      files.push(current.close());
      current = new HashingFile(current.shard + 1, fileOf(current.shard + 1));
    }
  };
  // The shard is the text before the first comma of each line; it is removed here.
  const splitLines = (chunk: Buffer) => {
    const data = incompleteLine ? Buffer.concat([incompleteLine, chunk]) : chunk;
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
    incompleteLine = at < data.length ? data.subarray(at) : undefined;
  };
  const stream = client.query(copyTo(`copy (${query}) to stdout (format csv)`));
  await pipeline(
    stream,
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        splitLines(chunk);
        done();
      },
    }),
  );
  moveTo(shards - 1);
  files.push(current.close());
  return files;
}

/** Buffers small pieces, so that hashing and writing happen one mebibyte at a time. */
class HashingFile {
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

  close(): ShardCsv {
    this.#flush();
    fs.closeSync(this.#handle);
    return { shard: this.shard, file: this.file, contentHash: this.#hash.digest('hex') };
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
