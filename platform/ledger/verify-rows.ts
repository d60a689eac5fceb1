import type { Tx } from '../postgres/connection';
import { AUDITED_TABLES, type AuditedTable } from './audited-tables';
import type { LedgerProblem, RangeResult } from './verify-range';

const MAX_PROBLEMS = 20;
/**
 * The digest that the triggers compute, but with built-in functions only: the database's owner could change the
 * others.
 */
const digestSql = ({ table, key, without = [] }: AuditedTable): string =>
  `select ${key.map((column) => `t.${column}::text`).join(` || '/' || `)} as k, encode(sha256(convert_to((
     select jsonb_object_agg(key, value)::text from jsonb_each(to_jsonb(t))
     where value <> 'null'::jsonb and not key = any(array[${without.map((name) => `'${name}'`).join(', ')}]::text[])
   ), 'UTF8')), 'hex') as digest from ${table} t`;

/**
 * Compares every row of the audited tables with the last ledger entry about it. Rows that were changed, added or
 * deleted without an entry are reported by table and key.
 * @param upTo number of entries, for problems that no entry is about
 */
export async function verifyRows(db: Tx, changes: RangeResult['changes'], upTo: number): Promise<LedgerProblem[]> {
  const problems: LedgerProblem[] = [];
  const report = (seq: number, problem: string) => problems.length < MAX_PROBLEMS && problems.push({ seq, problem });
  const last = new Map<string, { seq: number; digest: string | undefined }>();
  for (const [seq, table, key, before, after] of changes) {
    const id = `${table}\u0000${key}`;
    const known = last.get(id)?.digest;
    if (known !== before)
      report(seq, `entry ${seq} changes ${table} ${key} from a content that the entries before it did not give`);
    last.set(id, { seq, digest: after });
  }
  for (const audited of AUDITED_TABLES) {
    const { rows } = await db.raw<{ rows: { k: string; digest: string }[] }>(digestSql(audited));
    for (const { k, digest } of rows) {
      const id = `${audited.table}\u0000${k}`;
      const known = last.get(id);
      last.delete(id);
      if (known?.digest === undefined) report(upTo + 1, `${audited.table} ${k} is in the table, and no entry names it`);
      else if (known.digest !== digest)
        report(known.seq, `${audited.table} ${k} is not what entry ${known.seq} says it is`);
    }
  }
  for (const [id, { seq, digest }] of last)
    if (digest !== undefined) report(seq, `${id.replace('\u0000', ' ')} is missing; entry ${seq} names it`);
  const { rows: reasons } = await db.raw<{ rows: { reason_id: string }[] }>(
    `select reason_id from aud.reason where reason_text is not null
      and digest <> sha256(salt || convert_to(reason_text, 'UTF8'))`,
  );
  for (const { reason_id: id } of reasons) report(upTo + 1, `aud.reason ${id}: the text was changed`);
  return problems;
}
