import path from 'node:path';
import type { TableMapping } from '../../domain/import/table-mapping';
import { digestOf } from '../artifacts/hash';
import { append, type AuditContext } from '../ledger/append';
import type { Db } from '../postgres/connection';

/** A cell of a table that cannot be used. */
export interface BadCell {
  /** Line of the file; 1 is the header. */
  readonly line: number;
  readonly field: string;
  readonly value: string | null;
  readonly reason: string;
}

/** Characters of a refused value that are kept: enough to find the error, as the value may identify a person. */
const SHOWN = 40;

const ROWS_PER_INSERT = 1000;

/**
 * Records a table as a load batch with its bad cells; a file that was recorded before under the same mapping changes
 * nothing.
 */
export async function quarantineTable(
  db: Db,
  audit: AuditContext,
  { fileSha256, fileName, mapping }: { fileSha256: string; fileName: string; mapping: TableMapping },
  { read, quarantined, bad }: { read: number; quarantined: number; bad: readonly BadCell[] },
): Promise<void> {
  const loaded = read - quarantined;
  await db.transaction(async (tx) => {
    const inserted = await tx.raw<{ rows: { batch_id: number }[] }>(
      `insert into core.load_batch
         (kind, file_name, content_sha256, rows_read, rows_loaded, rows_quarantined, loaded_at, action_id)
       values ('table', ?, ?, ?, ?, ?, clock_timestamp(), ?)
       on conflict on constraint load_batch_content do nothing returning batch_id`,
      [path.basename(fileName), digestOf([fileSha256, mapping]), read, loaded, quarantined, audit.actionId],
    );
    const batchId = inserted.rows[0]?.batch_id;
    if (batchId === undefined) return;
    const rows = bad.map(({ line, field, value, reason }) => ({
      batch_id: batchId,
      line,
      item: 'row',
      field,
      value: value?.slice(0, SHOWN) ?? null,
      reason,
    }));
    for (let i = 0; i < rows.length; i += ROWS_PER_INSERT)
      await tx('core.quarantine').insert(rows.slice(i, i + ROWS_PER_INSERT));
    await append(
      tx,
      audit,
      {
        event: 'table.loaded',
        subject: { kind: 'load-batch', id: String(batchId) },
        after: fileSha256,
        rows: { count: loaded, root: fileSha256 },
      },
      new Date(),
    );
  });
}
