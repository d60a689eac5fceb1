import fs from 'node:fs';

/** DuckDB's name and version: part of every recipe, because another DuckDB may write other bytes. */
export const duckDbVersion = (): string => {
  const file = require.resolve('@duckdb/node-api/package.json');
  return `duckdb ${(JSON.parse(fs.readFileSync(file, 'utf8')) as { version: string }).version}`;
};
