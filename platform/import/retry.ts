import type { Db, Tx } from '../postgres/connection';

/** Rows of a file that were refused and may load now, since what they needed may have come. */
export interface Refused {
  /** The batch that loaded the file first. */
  readonly of: number;
  /** How often the file was read by now, this time included. */
  readonly attempt: number;
  readonly lines: ReadonlySet<number>;
}

/** Refused rows of a file's batches that were not tried again; a duplicate stays one, so those are left as they are. */
const WAITING = `q.retried_in is null and q.reason not like 'duplicate%'
  and q.batch_id in (select batch_id from core.load_batch where batch_id = :of or retry_of = :of)`;

export async function refusedOf(db: Db, of: number): Promise<Refused> {
  const { rows } = await db.raw<{ rows: { line: number }[] }>(
    `select distinct line from core.quarantine q where ${WAITING}`,
    { of },
  );
  const { rows: tries } = await db.raw<{ rows: { n: number }[] }>(
    'select count(*)::int as n from core.load_batch where retry_of = ?',
    [of],
  );
  return { of, attempt: tries[0]!.n + 2, lines: new Set(rows.map(({ line }) => line)) };
}

/** Notes which batch tries the refused rows of a file again; what it refuses stands in their place. */
export const takeOver = (tx: Tx, of: number, batchId: number) =>
  tx.raw(`update core.quarantine q set retried_in = :batchId where ${WAITING}`, { of, batchId });
