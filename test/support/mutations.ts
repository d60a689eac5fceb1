import { connect, type Db, type Tx } from '../../platform/postgres/connection';
import { verifyBulk } from '../../platform/ledger/verify-bulk-rows';
import { AUDITED_TABLES } from '../../platform/ledger/audited-tables';
import { EMPTY_ROOT } from '../../platform/ledger/merkle';
import { verifyRows } from '../../platform/ledger/verify-rows';
import { ALL_PAGES, verifyRange } from '../../platform/ledger/verify-range';

/** Tables whose rows an entry covers together, by a Merkle root. */
const BULK = ['ml.evaluation', 'sel.line'];
class Undo extends Error {}

/** Another value of a column's type, also where there was none. */
export function otherValue(column: string, type: string): string {
  const value = `"${column}"`;
  if (type === 'boolean') return `not coalesce(${value}, false)`;
  if (type === 'uuid') return 'gen_random_uuid()';
  if (type === 'bytea') return `coalesce(${value}, '') || '\\x00'`;
  if (type === 'jsonb') return `'{"mutated": true}'::jsonb`;
  if (type === 'date') return `coalesce(${value}, '2000-01-01') + 1`;
  if (type.startsWith('timestamp')) return `coalesce(${value}, now()) + interval '1 microsecond'`;
  if (['integer', 'bigint', 'smallint', 'double precision', 'numeric'].includes(type))
    return `coalesce(${value}, 0) + 30011`;
  return `coalesce(${value}, '') || 'x'`;
}

export interface Mutation {
  readonly table: string;
  readonly column: string;
  readonly found: boolean;
}

/**
 * As a superuser, changes every column of every audited table (or of those named) that has a row, one at a time with
 * all triggers off; each change is verified in its own transaction and undone.
 */
export async function mutateEveryColumn(
  ownerUrl: string,
  only: readonly string[] = [...AUDITED_TABLES.map(({ table }) => table), ...BULK],
): Promise<{ mutations: Mutation[]; empty: string[] }> {
  const owner = connect(ownerUrl, 3);
  try {
    const known = await changesInLedger(owner, ownerUrl);
    const mutations: Mutation[] = [];
    const empty: string[] = [];
    for (const table of only) {
      if (!(await owner(table).first<object | undefined>())) {
        empty.push(table);
        continue;
      }
      const { rows: columns } = await owner.raw<{ rows: { column_name: string; data_type: string }[] }>(
        `select column_name, data_type from information_schema.columns
          where table_schema || '.' || table_name = ? order by ordinal_position`,
        [table],
      );
      for (const { column_name: column, data_type: type } of columns)
        mutations.push({ table, column, found: await found(owner, table, column, type, known) });
    }
    return { mutations, empty };
  } finally {
    await owner.destroy();
  }
}

async function changesInLedger(owner: Db, url: string) {
  return owner.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: { last: number; snapshot: string }[] }>(
      'select max(seq) as last, pg_export_snapshot() as snapshot from aud.chain',
    );
    const { last, snapshot } = rows[0]!;
    const range = await verifyRange({
      url,
      snapshot,
      from: 1,
      to: last,
      before: EMPTY_ROOT.toString('hex'),
      window: ALL_PAGES,
    });
    return { ...range, last };
  });
}

async function found(
  owner: Db,
  table: string,
  column: string,
  type: string,
  known: Awaited<ReturnType<typeof changesInLedger>>,
) {
  let problems = 0;
  await owner
    .transaction(async (tx: Tx) => {
      await tx.raw("set local session_replication_role = replica; set local timezone = 'UTC'");
      await withoutConstraints(tx, table);
      await tx.raw(
        `update ${table} set "${column}" = ${otherValue(column, type)} where ctid = (select min(ctid) from ${table})`,
      );
      problems = [...(await verifyRows(tx, known.changes, known.last)), ...(await verifyBulk(tx, known.bulk))].length;
      throw new Undo();
    })
    .catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
  return problems > 0;
}

/** Drops what the owner of a table can always drop. */
async function withoutConstraints(tx: Tx, table: string): Promise<void> {
  const { rows } = await tx.raw<{ rows: { sql: string }[] }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as sql
        from pg_constraint where conrelid = ?::regclass and contype = 'c'
      union all select format('alter table %s alter column %I drop identity', attrelid::regclass, attname)
        from pg_attribute where attrelid = ?::regclass and attidentity <> ''`,
    [table, table],
  );
  for (const { sql } of rows) await tx.raw(sql);
}
