import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Pinned: one thread count, one memory limit. Sums that feed hashes are integers, so more threads would agree too. */
const SETTINGS = { threads: '2', memory_limit: '1GB', preserve_insertion_order: 'true' };

/** Opens a private in-memory DuckDB, hands it over, closes it. Spills go to `tempDir`. */
export async function withDuck<T>(tempDir: string, work: (duck: DuckDBConnection) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', { ...SETTINGS, temp_directory: tempDir });
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
