import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';

/** One fixed memory limit. Sums that enter hashes are integers, so the number of threads does not change a result. */
const MEMORY = '1GB';
const THREADS = 2;

/**
 * Runs `work` on a private in-memory DuckDB and closes it afterwards. Data that exceeds memory is spilled to
 * `tempDir`.
 */
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

/**
 * Runs a statement under the limit `memory`, such as '100MB'; if it runs out of memory, again under the normal limit.
 */
export async function runWithMemoryLimit(duck: DuckDBConnection, sql: string, memory: string): Promise<void> {
  await duck.run(`set memory_limit = ${quote(memory)}`);
  try {
    await duck.run(sql);
  } catch (error) {
    if (!String(error).includes('Out of Memory')) throw error;
    await duck.run(`set memory_limit = ${quote(MEMORY)}`);
    await duck.run(sql);
  }
}

export type Row = Record<string, unknown>;
export const rowsOf = async (duck: DuckDBConnection, sql: string): Promise<Row[]> =>
  (await duck.runAndReadAll(sql)).getRowObjectsJS();

/** SQL string literal. */
export const quote = (text: string): string => `'${text.replaceAll("'", "''")}'`;
/** SQL identifier. */
export const ident = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** Options of every Parquet file that is written: a file's hash depends on them. */
export const PARQUET = '(format parquet, compression zstd, row_group_size 122880)';
