import fs from 'node:fs';

/** What computes matrices: part of every recipe, for another DuckDB may write other bytes. */
export const matrixEngine = (): string =>
  `duckdb ${(JSON.parse(fs.readFileSync(require.resolve('@duckdb/node-api/package.json'), 'utf8')) as { version: string }).version}`;
