import fs from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { text } from './tables';

/** Writes the rows of queries, one JSON document per line, one query after the other. */
export async function writeQueries(duck: DuckDBConnection, sqls: readonly string[], file: string): Promise<void> {
  fs.writeFileSync(file, '');
  for (const sql of sqls) {
    const batch = `${file}-batch`;
    await duck.run(`copy (${sql}) to ${text(batch)} (format csv, header false, delimiter '\t', quote '', escape '')`);
    await pipeline(fs.createReadStream(batch), fs.createWriteStream(file, { flags: 'a' }));
    fs.rmSync(batch);
  }
}
