import type { DuckDBConnection } from '@duckdb/node-api';
import { KEY_COLUMNS, type MatrixColumn, type MatrixData } from '../../domain/schemas/matrix';
import { ident, quote, withDuck } from './duck';

/** Reads a matrix file, all of it or the rows of one hash shard, in the order of row ids. */
export async function readMatrix(
  file: string,
  columns: readonly MatrixColumn[],
  tempDir: string,
  shard?: { index: number; of: number },
): Promise<MatrixData> {
  return withDuck(tempDir, async (duck) => {
    // md5 is DuckDB's portable hash: a shard holds the same rows on every version and machine.
    const where = shard ? `where md5_number_lower(entity) % ${shard.of} = ${shard.index}` : '';
    const keys = KEY_COLUMNS.map((key) => (key === 'as_of' || key === 'label_known_on' ? `cast(${key} as varchar) as ${key}` : key));
    await duck.run(
      `create table m as select ${keys.join(', ')}, ${columns.map((c) => ident(c.name)).join(', ')} from read_parquet(${quote(file)}) ${where} order by row_id`,
    );
    const n = Number((await duck.runAndReadAll('select count(*) from m')).getRows()[0]?.[0]);
    const numbers = (name: string) => numberColumn(duck, name, n);
    const words = (name: string) => textColumn(duck, name);
    const known = await words('label_known_on');
    return {
      n,
      rowId: await words('row_id'),
      entity: await words('entity'),
      asOf: await words('as_of'),
      group: await words('grp'),
      label: await numbers('label'),
      labelKnownOn: known.map((day) => (day === '' ? undefined : day)),
      amountOre: await numbers('amount_ore'),
      numeric: new Map(
        await Promise.all(columns.filter((c) => c.kind === 'numeric').map(async (c) => [c.name, await numbers(c.name)] as const)),
      ),
      categorical: new Map(
        await Promise.all(columns.filter((c) => c.kind === 'categorical').map(async (c) => [c.name, await words(c.name)] as const)),
      ),
    };
  });
}

async function numberColumn(duck: DuckDBConnection, name: string, n: number): Promise<Float64Array> {
  const out = new Float64Array(n);
  const values = (await duck.runAndReadAll(`select cast(${ident(name)} as double) from m order by row_id`)).getColumns()[0] ?? [];
  for (let i = 0; i < n; i++) out[i] = values[i] === null || values[i] === undefined ? Number.NaN : Number(values[i]);
  return out;
}

async function textColumn(duck: DuckDBConnection, name: string): Promise<string[]> {
  const values =
    (await duck.runAndReadAll(`select coalesce(cast(${ident(name)} as varchar), '') from m order by row_id`)).getColumns()[0] ?? [];
  return values.map(String);
}
