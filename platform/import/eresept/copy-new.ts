import { type Cell, CopyWriter } from '../../postgres/copy-writer';
import type { Tx } from '../../postgres/connection';

/** A table that rows are added to, with the columns that are given and those of its key. */
export interface Target {
  readonly table: string;
  readonly columns: readonly string[];
  readonly key: readonly string[];
}

/**
 * Adds the rows whose key is new to the table and to those before them.
 * @returns for each row whether it was added
 */
export async function copyNew(
  tx: Tx,
  { table, columns, key }: Target,
  rows: readonly (readonly Cell[])[],
): Promise<boolean[]> {
  if (rows.length === 0) return [];
  const incoming = `incoming_${table.replace('.', '_')}`;
  await tx.raw(
    `create temp table if not exists ${incoming} (n int, like ${table}) on commit drop; truncate ${incoming}`,
  );
  const copy = new CopyWriter(incoming, ['n', ...columns]);
  rows.forEach((row, n) => copy.add([n, ...row]));
  await copy.flush(tx);
  const keys = key.join(', ');
  const { rows: added } = await tx.raw<{ rows: { n: number }[] }>(
    `with kept as (select distinct on (${keys}) * from ${incoming} order by ${keys}, n),
     written as (insert into ${table} (${columns.join(', ')}) select ${columns.join(', ')} from kept
       order by ${keys} on conflict do nothing returning ${keys})
     select n from kept join written using (${keys})`,
  );
  const result = rows.map(() => false);
  for (const { n } of added) result[n] = true;
  return result;
}
