import type { Tx } from '../postgres/connection';
import { COVERED, type CoveredTable } from './audited-tables';
import type { LedgerProblem, RangeResult } from './verify-range';

const MAX_PROBLEMS = 20;
/** The same digest as the migration's function, written out with PostgreSQL's own functions, for the database's are its owner's. */
const digestSql = ({ table, key, without = [] }: CoveredTable): string =>
  `select ${key.map((column) => `t.${column}::text`).join(` || '/' || `)} as k, encode(sha256(convert_to((
     select jsonb_object_agg(key, value)::text from jsonb_each(to_jsonb(t)) where value <> 'null'::jsonb and not key = any(array[${without.map((name) => `'${name}'`).join(', ')}]::text[])
   ), 'UTF8')), 'hex') as digest from ${table} t`;

/**
 * Compares every row of the covered tables with what the ledger last said of it: rows that were changed, added or taken
 * away past the ledger are named by table and key, with the entry that knew them otherwise.
 */
export async function verifyRows(db: Tx, changes: RangeResult['changes'], upTo: number): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  const report = (seq: number, problem: string) => problems.length < MAX_PROBLEMS && problems.push({ seq, problem });
  const last = new Map<string, { seq: number; digest: string | undefined }>();
  for (const [seq, table, key, before, after] of changes) {
    const id = `${table}\u0000${key}`;
    const known = last.get(id)?.digest;
    if (known !== before)
      report(seq, `entry ${seq} changes ${table} ${key} from another content than the entries before it left`);
    last.set(id, { seq, digest: after });
  }
  for (const covered of COVERED) {
    const { rows } = await db.raw<{ rows: { k: string; digest: string }[] }>(digestSql(covered));
    for (const { k, digest } of rows) {
      const id = `${covered.table}\u0000${k}`;
      const known = last.get(id);
      last.delete(id);
      if (known?.digest === undefined)
        report(upTo + 1, `${covered.table} ${k} stands in the table, and no entry knows it`);
      else if (known.digest !== digest)
        report(known.seq, `${covered.table} ${k} is not what entry ${known.seq} says it is`);
    }
  }
  for (const [id, { seq, digest }] of last)
    if (digest !== undefined) report(seq, `${id.replace('\u0000', ' ')} is gone; entry ${seq} knows it`);
  const { rows: reasons } = await db.raw<{ rows: { reason_id: string }[] }>(
    "select reason_id from aud.reason where words is not null and digest <> sha256(salt || convert_to(words, 'UTF8'))",
  );
  for (const { reason_id: id } of reasons)
    report(upTo + 1, `aud.reason ${id}: the words are not those that were given`);
  return problems;
}
