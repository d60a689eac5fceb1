import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { Tx } from './connection';

export type Cell = string | number | boolean | null | undefined;

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
const text = (cell: Cell): string =>
  cell === null || cell === undefined
    ? '\\N'
    : typeof cell === 'string'
      ? cell.replace(/[\\\t\n\r]/g, (c) => ESCAPES[c]!)
      : String(cell);

/** Collects rows as COPY text and sends them to one table over the transaction's own connection. */
export class CopyWriter {
  #rows: string[] = [];
  constructor(
    readonly table: string,
    readonly columns: readonly string[],
  ) {}

  add(row: readonly Cell[]): void {
    this.#rows.push(`${row.map(text).join('\t')}\n`);
  }

  get size(): number {
    return this.#rows.length;
  }

  async flush(tx: Tx): Promise<void> {
    if (this.#rows.length === 0) return;
    const rows = this.#rows;
    this.#rows = [];
    const client = await rawConnection(tx);
    const stream = client.query(copyFrom(`copy ${this.table} (${this.columns.join(', ')}) from stdin`));
    await pipeline(Readable.from(chunks(rows), { objectMode: false, highWaterMark: 1 << 20 }), stream);
  }
}

function* chunks(rows: readonly string[]): Generator<string> {
  const ROWS_A_CHUNK = 2000;
  for (let i = 0; i < rows.length; i += ROWS_A_CHUNK) yield rows.slice(i, i + ROWS_A_CHUNK).join('');
}

/** The pg client that a knex transaction runs on: COPY has to share it. */
export async function rawConnection(tx: Tx): Promise<pg.Client> {
  const holder = tx.client as { acquireConnection(): Promise<pg.Client> };
  return holder.acquireConnection();
}
