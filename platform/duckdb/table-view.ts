import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../../domain/errors';
import { quote } from './duckdb';

/**
 * Opens a CSV (all text, nothing guessed) or Parquet file as view `source`.
 * @returns the columns that the file has
 * @throws UtplukkError InvalidInput naming the columns that `used` wants and the file lacks
 */
export async function createTableView(
  duck: DuckDBConnection,
  file: string,
  used: readonly string[],
  who: string,
): Promise<string[]> {
  if (!fs.existsSync(file)) throw invalid(`${file} does not exist`, 'Check the path.');
  const source = file.endsWith('.parquet')
    ? `read_parquet(${quote(file)})`
    : `read_csv(${quote(file)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"', compression = '${file.endsWith('.gz') ? 'gzip' : 'none'}')`;
  await duck.run("set TimeZone = 'UTC'");
  try {
    await duck.run(`create temp view source as select * from ${source}`);
  } catch (error) {
    throw invalid(
      `${path.basename(file)} cannot be read as a table: ${(error as Error).message.split('\n')[0]}`,
      'Expected comma-separated text with a header line, or Parquet.',
    );
  }
  const found = (await duck.runAndReadAll('describe source')).getRows().map(([name]) => String(name));
  const missing = used.filter((name) => !found.includes(name));
  if (missing.length > 0)
    throw invalid(
      `${path.basename(file)} lacks the columns ${missing.join(', ')} that ${who} names; it has: ${found.join(', ')}`,
      `Correct ${who}, or the header of the file.`,
    );
  return found;
}
