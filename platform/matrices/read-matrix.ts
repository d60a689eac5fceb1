import type { DuckDBConnection, DuckDBVector } from '@duckdb/node-api';
import { KEY_COLUMNS, type MatrixColumn, type MatrixData } from '../../domain/schemas/matrix';
import { ident, quote, withDuckDb } from '../duckdb/duckdb';

/**
 * Reads a matrix file into memory, whole or the rows of one hash shard, in the order of row ids.
 * @param tempDir folder to which DuckDB spills data that exceeds memory
 */
export async function readMatrix(
  file: string,
  columns: readonly MatrixColumn[],
  tempDir: string,
  shard?: { index: number; of: number },
): Promise<MatrixData> {
  return withDuckDb(tempDir, async (duck) => {
    // md5 is DuckDB's portable hash: a shard holds the same rows under every version and on every machine.
    const where = shard ? `where md5_number_lower(entity) % ${shard.of} = ${shard.index}` : '';
    const from = `from read_parquet(${quote(file)}) ${where}`;
    const n = Number((await duck.runAndReadAll(`select count(*) ${from}`)).getRows()[0]?.[0]);
    const columnOf = (name: string, kind: MatrixColumn['kind']) => ({
      name,
      values: kind === 'numeric' ? new Float64Array(n) : Array<string>(n),
    });
    const keys = KEY_COLUMNS.map((name) => columnOf(name, NUMERIC_KEYS.has(name) ? 'numeric' : 'categorical'));
    const own = columns.map(({ name, kind }) => columnOf(name, kind));
    await fill(duck, `${from} order by row_id`, [...keys, ...own]);
    const numbers = (all: readonly Column[], name: string) =>
      all.find((column) => column.name === name)!.values as Float64Array;
    const texts = (all: readonly Column[], name: string) =>
      all.find((column) => column.name === name)!.values as string[];
    const ofKind = (kind: MatrixColumn['kind']) =>
      columns.filter((column) => column.kind === kind).map(({ name }) => name);
    return {
      n,
      rowId: texts(keys, 'row_id'),
      entity: texts(keys, 'entity'),
      asOf: texts(keys, 'as_of'),
      group: texts(keys, 'grp'),
      label: numbers(keys, 'label'),
      labelKnownOn: texts(keys, 'label_known_on').map((day) => (day === '' ? undefined : day)),
      amountOre: numbers(keys, 'amount_ore'),
      numeric: new Map(ofKind('numeric').map((name) => [name, numbers(own, name)])),
      categorical: new Map(ofKind('categorical').map((name) => [name, texts(own, name)])),
    };
  });
}

const NUMERIC_KEYS: ReadonlySet<string> = new Set(['label', 'amount_ore']);

interface Column {
  readonly name: string;
  readonly values: Float64Array | string[];
}

/**
 * The doubles of a chunk as one array, which the class has but does not declare: a call for every cell would take
 * twice as long as reading the file.
 */
function numbersOf(vector: DuckDBVector): Float64Array {
  const items: unknown = Reflect.get(vector, 'items');
  if (!(items instanceof Float64Array))
    throw new Error('a column of doubles is not one array: @duckdb/node-api has changed, so read its cells one by one');
  return items;
}

/** Fills columns from a query, chunk by chunk; a missing number is NaN, a missing text is empty. */
async function fill(duck: DuckDBConnection, rest: string, columns: readonly Column[]): Promise<void> {
  const select = columns.map(({ name, values }) =>
    values instanceof Float64Array
      ? `coalesce(cast(${ident(name)} as double), 'nan'::double)`
      : `coalesce(cast(${ident(name)} as varchar), '')`,
  );
  const result = await duck.stream(`select ${select.join(', ')} ${rest}`);
  let at = 0;
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    const rows = chunk.rowCount;
    for (const [index, { values }] of columns.entries()) {
      const vector = chunk.getColumnVector(index);
      if (values instanceof Float64Array) values.set(numbersOf(vector), at);
      else for (let row = 0; row < rows; row++) values[at + row] = String(vector.getItem(row));
    }
    at += rows;
  }
}
