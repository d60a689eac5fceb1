import { randomUUID } from 'node:crypto';
import type { LookUpEvent } from '../domain/rules/permissions';
import type { Permission } from '../domain/rules/roles';
import { startAuditedAction, requireRole } from '../platform/auth/audit-context';
import type { VerifiedToken } from '../platform/auth/tokens';
import type { Db, Tx } from '../platform/postgres/connection';
import { append } from '../platform/ledger/append';

/** One look at something that is about providers. */
export interface Access {
  readonly kind: 'provider' | 'list' | 'list-export' | 'ledger-export';
  /** Surrogate of the provider, or the list's id. */
  readonly subjectId: string;
  readonly purpose: string;
  readonly caseNo?: string | undefined;
  /** For a provider: whether the one who looks has a control case of it. */
  readonly ownCase?: boolean | undefined;
  /** For a page of a list: ranks, both ends included. */
  readonly rows?: readonly [first: number, last: number] | undefined;
}

const ACT_OF: Record<Access['kind'], Permission> = {
  provider: 'provider.open',
  list: 'list.read',
  'list-export': 'list.read',
  'ledger-export': 'ledger.export',
};
const ENTRY_OF: Record<Access['kind'], LookUpEvent> = {
  provider: 'provider.opened',
  list: 'list.read',
  'list-export': 'list.exported',
  'ledger-export': 'ledger.exported',
};

/** How long a look-up waits for the ledger's head before its entry is put aside. */
export const HEAD_WAIT_MS = 50;
const LOCK_NOT_AVAILABLE = '55P03';

interface Waiting {
  readonly accessId: string;
  readonly token: VerifiedToken;
  readonly access: Access;
  readonly at: string;
}

/**
 * Puts a look-up on record: its row and its ledger entry commit before anything is shown. When somebody holds the chain's
 * head for longer than a moment, the look-up is put aside, durably, and moved into the ledger within seconds.
 */
export async function recordAccess(db: Db, token: VerifiedToken, access: Access, at: Date): Promise<string> {
  requireRole(token, ACT_OF[access.kind]);
  const waiting: Waiting = { accessId: randomUUID(), token, access, at: at.toISOString() };
  try {
    await db.transaction(async (tx) => {
      await tx.raw(`set local lock_timeout = ${HEAD_WAIT_MS}`);
      await write(tx, waiting);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    await db.raw('insert into aud.access_waiting (access_id, access, at) values (?, ?, ?)', [
      waiting.accessId,
      JSON.stringify(waiting),
      at,
    ]);
  }
  return waiting.accessId;
}

async function write(tx: Tx, { accessId, token, access, at: text }: Waiting): Promise<void> {
  const at = new Date(text);
  const audit = await startAuditedAction(tx, token, ACT_OF[access.kind], access.purpose, at);
  await tx('aud.access').insert({
    access_id: accessId,
    action_id: audit.actionId,
    principal_id: audit.principalId,
    kind: access.kind,
    subject_id: access.subjectId,
    purpose: access.purpose,
    case_no: access.caseNo ?? null,
    own_case: access.kind === 'provider' ? (access.ownCase ?? false) : null,
    first_row: access.rows?.[0] ?? null,
    last_row: access.rows?.[1] ?? null,
    at,
  });
  const subject = {
    kind: access.kind === 'provider' ? 'provider' : access.kind === 'ledger-export' ? 'ledger' : 'list',
    id: access.subjectId,
  };
  await append(tx, audit, { event: ENTRY_OF[access.kind], subject }, at);
}

/** Moves what was put aside into the ledger, oldest first; each look-up once, whoever else does the same. */
export async function settleWaiting(db: Db): Promise<number> {
  for (let settled = 0; ; settled++) {
    const moved = await db.transaction(async (tx) => {
      const { rows } = await tx.raw<{ rows: { access: Waiting }[] }>(
        'delete from aud.access_waiting where access_id = (select access_id from aud.access_waiting order by at limit 1 for update skip locked) returning access',
      );
      if (!rows[0]) return false;
      await write(tx, rows[0].access);
      return true;
    });
    if (!moved) return settled;
  }
}

export interface AccessRow {
  readonly accessId: string;
  readonly at: Date;
  readonly by: string;
  readonly role: string;
  readonly kind: Access['kind'];
  readonly subjectId: string;
  readonly purpose: string;
  readonly caseNo: string | undefined;
  readonly ownCase: boolean | undefined;
  readonly rows: readonly [number, number] | undefined;
}

/** Look-ups, newest first; with `outside` only those of providers that were no own case of the one who looked. */
export async function listAccess(
  db: Db,
  {
    outside,
    by,
    before,
    limit,
  }: {
    outside: boolean;
    by?: string | undefined;
    before?: readonly [at: string, id: string] | undefined;
    limit: number;
  },
): Promise<AccessRow[]> {
  const { rows } = await db.raw<{
    rows: {
      access_id: string;
      at: Date;
      subject: string;
      role: string;
      kind: Access['kind'];
      subject_id: string;
      purpose: string;
      case_no: string | null;
      own_case: boolean | null;
      first_row: number | null;
      last_row: number | null;
    }[];
  }>(
    `select x.*, p.subject, a.role from aud.access x join aud.principal p using (principal_id) join aud.action a using (action_id)
      where (not ? or x.own_case = false) and (?::text is null or p.subject = ?) and (?::timestamptz is null or (x.at, x.access_id) < (?::timestamptz, ?::uuid))
      order by x.at desc, x.access_id desc limit ?`,
    [outside, by ?? null, by ?? null, before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map((row) => ({
    accessId: row.access_id,
    at: row.at,
    by: row.subject,
    role: row.role,
    kind: row.kind,
    subjectId: row.subject_id,
    purpose: row.purpose,
    caseNo: row.case_no ?? undefined,
    ownCase: row.own_case ?? undefined,
    rows: row.first_row === null || row.last_row === null ? undefined : [row.first_row, row.last_row],
  }));
}
