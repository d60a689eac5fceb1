import type { RowChange } from '../../ledger/append';
import type { Db } from '../../postgres/connection';

export interface LedgerEntry {
  readonly seq: number;
  readonly at: Date;
  readonly event: string;
  /** Who acted, as the identity provider names them; undefined for what migrations did. */
  readonly by: string | undefined;
  readonly role: string | undefined;
  readonly purpose: string | undefined;
  readonly subject: { readonly kind: string; readonly id: string };
  readonly after: string | undefined;
  readonly changes: readonly RowChange[];
  /** Reason given with it, unless it was erased. */
  readonly reason: string | undefined;
}

export interface LedgerQuery {
  /** Beginning of the subject's id. */
  readonly subject?: string | undefined;
  /** Beginning of the event's name, such as `promotion`. */
  readonly event?: string | undefined;
  /** A person or service, as the identity provider names them. */
  readonly by?: string | undefined;
  /** Events that the reader may not see. */
  readonly without?: readonly string[] | undefined;
  /** Entries older than this number: the key of the next page. */
  readonly before?: number | undefined;
  readonly limit?: number | undefined;
}

interface Row {
  seq: number;
  at: Date;
  event: string;
  subject_kind: string;
  subject_id: string;
  body: { role?: string; purpose?: string; after?: string; changes?: RowChange[] };
  subject: string | null;
  reason_text: string | null;
}

const prefix = (text: string) => `${text.replace(/[%_\\]/g, '')}%`;

/** Entries of the ledger, newest first, a page at a time. */
export async function ledgerEntries(
  db: Db,
  { subject, event, by, without = [], before, limit = 50 }: LedgerQuery,
): Promise<LedgerEntry[]> {
  const people =
    by === undefined ? undefined : await db('aud.principal').where({ subject: by }).pluck<string[]>('principal_id');
  const conditions: (readonly [sql: string, value: unknown])[] = [
    ...(event === undefined ? [] : [['e.event like ?', prefix(event)] as const]),
    ...(people ? [['a.principal_id = any(?::uuid[])', people] as const] : []),
    ...(before === undefined ? [] : [['c.seq < ?::bigint', before] as const]),
    ...(without.length === 0 ? [] : [['e.event <> all(?::text[])', [...without]] as const]),
  ];
  // `offset 0` makes PostgreSQL find the subject's entries first and sort them then. If its planner expects many of
  // them, it reads the whole chain backwards for the newest.
  const entry = subject === undefined ? 'aud.entry' : '(select * from aud.entry where subject_id like ? offset 0)';
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select c.seq, e.at, e.event, e.subject_kind, e.subject_id,
        convert_from(e.bytes, 'UTF8')::jsonb as body, p.subject,
        (select r.reason_text
          from jsonb_to_recordset(convert_from(e.bytes, 'UTF8')::jsonb->'changes') as x(t text, k text)
            join aud.reason r on r.reason_id::text = x.k
          where x.t = 'aud.reason' limit 1) as reason_text
      from aud.chain c
        join ${entry} e using (entry_id)
        left join aud.action a on a.action_id = e.action_id
        left join aud.principal p using (principal_id)
      ${conditions.length > 0 ? `where ${conditions.map(([sql]) => sql).join(' and ')}` : ''}
      order by c.seq desc limit ?`,
    [...(subject === undefined ? [] : [prefix(subject)]), ...conditions.map(([, value]) => value as string), limit],
  );
  return rows.map((row) => ({
    seq: row.seq,
    at: row.at,
    event: row.event,
    by: row.subject ?? undefined,
    role: row.body.role,
    purpose: row.body.purpose,
    subject: { kind: row.subject_kind, id: row.subject_id },
    after: row.body.after,
    changes: row.body.changes ?? [],
    reason: row.reason_text ?? undefined,
  }));
}
