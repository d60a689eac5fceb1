import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Pinned: one memory limit. Sums that feed hashes are integers, so any number of threads agrees. */
const SETTINGS = { memory_limit: '1GB', preserve_insertion_order: 'true' };
const THREADS = 2;

/** Opens a private in-memory DuckDB, hands it over, closes it. Spills go to `tempDir`. */
export async function withDuck<T>(
  tempDir: string,
  work: (duck: DuckDBConnection) => Promise<T>,
  { threads = THREADS }: { threads?: number } = {},
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { ...SETTINGS, threads: String(threads), temp_directory: tempDir });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** How every Parquet file here is written; part of what a file's hash stands on. */
export const PARQUET = '(format parquet, compression zstd, row_group_size 122880)';
