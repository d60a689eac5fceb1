import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../../domain/errors';
import { quote } from './duckdb';

/**
 * Creates view `source` over a CSV (all columns as text, no type detection) or Parquet file.
 * @param used columns that must be there
 * @param user what needs them, for the error message
 * @returns the columns of the file
 * @throws UtplukkError InvalidInput naming the missing columns
 */
export async function createTableView(
  duck: DuckDBConnection,
  file: string,
  used: readonly string[],
  user: string,
): Promise<string[]> {
  if (!fs.existsSync(file)) throw invalid(`${file} does not exist`, 'Check the path.');
  const compression = file.endsWith('.gz') ? 'gzip' : 'none';
  const source = file.endsWith('.parquet')
    ? `read_parquet(${quote(file)})`
    : `read_csv(${quote(file)}, header = true, all_varchar = true, delim = ',', quote = '"', escape = '"',
        compression = '${compression}')`;
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
      `${path.basename(file)} lacks the columns ${missing.join(', ')} that ${user} names; ` +
        `it has: ${found.join(', ')}`,
      `Correct ${user}, or the header of the file.`,
    );
  return found;
}
