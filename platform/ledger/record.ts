import { notFound } from '../../domain/errors';
import type { Db, Tx } from '../postgres/connection';
import { append, type AuditContext, type EntryInput } from './append';

/** The audit context behind an action id that came through Temporal. @throws UtplukkError NotFound */
export async function auditContextOf(db: Db | Tx, actionId: string): Promise<AuditContext> {
  const { rows } = await db.raw<{ rows: { action_id: string; principal_id: string; role: string; purpose: string }[] }>(
    'select action_id, principal_id, role, purpose from aud.action where action_id = ?',
    [actionId],
  );
  const row = rows[0];
  if (!row) throw notFound(`action ${actionId} is not recorded`);
  return { actionId: row.action_id, principalId: row.principal_id, role: row.role, purpose: row.purpose };
}

/** Column values by column name, as the driver binds them: JSON columns as text, absent values as null. */
export type Row = Readonly<Record<string, string | number | boolean | Date | null>>;

/**
 * Inserts rows that are not there yet: `insert … on conflict do nothing`.
 * @returns how many rows were new
 */
export async function insertNew(tx: Tx, table: string, rows: readonly Row[]): Promise<number> {
  let inserted = 0;
  for (const row of rows) {
    const columns = Object.keys(row);
    const list = (item: string) => columns.map(() => item).join(', ');
    const { rowCount } = await tx.raw<{ rowCount: number }>(
      `insert into ?? (${list('??')}) values (${list('?')}) on conflict do nothing`,
      [table, ...columns, ...Object.values(row)],
    );
    inserted += rowCount;
  }
  return inserted;
}

export interface Recording {
  readonly table: string;
  readonly rows: readonly Row[];
  /** Who caused it: the context itself, or the id of the action. */
  readonly audit: AuditContext | string;
  /**
   * The ledger entry. As a function it runs after the rows are written and before the entry is, so further writes of
   * the same change belong there.
   */
  readonly entry: EntryInput | ((audit: AuditContext) => Promise<EntryInput>);
  readonly at: Date;
}

/**
 * Records a change that may be asked for more than once (Temporal retries after success too): inserts the rows, and
 * if any of them was new, appends one entry to the ledger in the same transaction.
 * @returns true if the change was new, false if every row was there before and nothing was written
 */
export async function recordOnce(tx: Tx, { table, rows, audit, entry, at }: Recording): Promise<boolean> {
  if ((await insertNew(tx, table, rows)) === 0) return false;
  const context = typeof audit === 'string' ? await auditContextOf(tx, audit) : audit;
  await append(tx, context, typeof entry === 'function' ? await entry(context) : entry, at);
  return true;
}
