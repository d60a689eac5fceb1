import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** Pinned: one memory limit. Sums that feed hashes are integers, so any number of threads agrees. */
const MEMORY = '1GB';
const THREADS = 2;

/** Opens a private in-memory DuckDB, hands it over, closes it. Spills go to `tempDir`. */
export async function withDuckDb<T>(
  tempDir: string,
  work: (duck: DuckDBConnection) => Promise<T>,
  { threads = THREADS }: { threads?: number } = {},
): Promise<T> {
  const instance = await DuckDBInstance.create(':memory:', {
    memory_limit: MEMORY,
    preserve_insertion_order: 'true',
    threads: String(threads),
    temp_directory: tempDir,
  });
  const connection = await instance.connect();
  try {
    return await work(connection);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** Runs a statement in little memory; one that this is not enough for, a second time with all that is allowed. */
export async function runWithMemoryLimit(duck: DuckDBConnection, sql: string, little: string): Promise<void> {
  await duck.run(`set memory_limit = ${quote(little)}`);
  try {
    await duck.run(sql);
  } catch (error) {
    if (!String(error).includes('Out of Memory')) throw error;
    await duck.run(`set memory_limit = ${quote(MEMORY)}`);
    await duck.run(sql);
  }
}

export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** How every Parquet file here is written; part of what a file's hash stands on. */
export const PARQUET = '(format parquet, compression zstd, row_group_size 122880)';
