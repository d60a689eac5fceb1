import type { DuckDBConnection } from '@duckdb/node-api';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { quote, runWithMemoryLimit, withDuckDb } from '../../../../platform/duckdb/duckdb';

describe('a connection held to little memory', () => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-duck-'));
  afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'wide.parquet');
  const wide =
    `copy (select repeat('abc' || r, 500) as text, hash(r) as number from range(30000) t(r)) to ${quote(file)} ` +
    '(format parquet)';
  const little = '20MB';
  const one = { threads: 1 };

  test('writes what it has too little memory for, with all that is allowed', async () => {
    const held = async (duck: DuckDBConnection) =>
      void (await duck.run(`set memory_limit = ${quote(little)}`), await duck.run(wide));
    await expect(withDuckDb(dir, held, one)).rejects.toThrow('Out of Memory');
    const rows = await withDuckDb(
      dir,
      async (duck) => {
        await runWithMemoryLimit(duck, wide, little);
        return (await duck.runAndReadAll(`select count(*) from read_parquet(${quote(file)})`)).getRows();
      },
      one,
    );
    expect(rows).toEqual([[30_000n]]);
  });
  test('says at once what is wrong with a statement otherwise', async () => {
    await expect(
      withDuckDb(dir, (duck) => runWithMemoryLimit(duck, 'select nothing from nowhere', little), one),
    ).rejects.toThrow('nowhere');
  });
});
