import { randomUUID } from 'node:crypto';
import type { AccessEvent } from '../domain/rules/permissions';
import type { Permission } from '../domain/rules/roles';
import { startAuditedAction, requireRole } from '../platform/auth/audit-context';
import type { VerifiedToken } from '../platform/auth/tokens';
import type { Db, Tx } from '../platform/postgres/connection';
import { append } from '../platform/ledger/append';

/** One access to personal data: a provider, a page of a list, or an export. */
export interface Access {
  readonly kind: 'provider' | 'list' | 'list-export' | 'ledger-export';
  /** Surrogate of the provider, or the list's id. */
  readonly subjectId: string;
  readonly purpose: string;
  readonly caseNo?: string | undefined;
  /** For a provider: whether the reader has a control case of it. */
  readonly ownCase?: boolean | undefined;
  /** For a page of a list: first and last rank shown. */
  readonly rows?: readonly [first: number, last: number] | undefined;
}

const PERMISSION_OF: Record<Access['kind'], Permission> = {
  provider: 'provider.open',
  list: 'list.read',
  'list-export': 'list.read',
  'ledger-export': 'ledger.export',
};
const EVENT_OF: Record<Access['kind'], AccessEvent> = {
  provider: 'provider.opened',
  list: 'list.read',
  'list-export': 'list.exported',
  'ledger-export': 'ledger.exported',
};

const SUBJECT_KIND_OF: Record<Access['kind'], string> = {
  provider: 'provider',
  list: 'list',
  'list-export': 'list',
  'ledger-export': 'ledger',
};

/** How long an access waits for the lock on the ledger's head before its entry is deferred. */
export const HEAD_WAIT_MS = 50;
const LOCK_NOT_AVAILABLE = '55P03';

/** An access as it is kept until its ledger entry is written. */
interface DeferredAccess {
  readonly accessId: string;
  readonly token: VerifiedToken;
  readonly access: Access;
  readonly at: string;
}

/**
 * Records an access: its row and its ledger entry commit before anything is shown. While another transaction holds
 * the ledger's head for longer than HEAD_WAIT_MS, the access is stored as deferred, durably, and moved into the
 * ledger within seconds.
 * @returns id of the access
 * @throws UtplukkError NotAllowed naming the roles that may
 */
export async function recordAccess(db: Db, token: VerifiedToken, access: Access, at: Date): Promise<string> {
  requireRole(token, PERMISSION_OF[access.kind]);
  const deferred: DeferredAccess = { accessId: randomUUID(), token, access, at: at.toISOString() };
  try {
    await db.transaction(async (tx) => {
      await tx.raw(`set local lock_timeout = ${HEAD_WAIT_MS}`);
      await insertAccess(tx, deferred);
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== LOCK_NOT_AVAILABLE) throw error;
    await db.raw('insert into aud.access_waiting (access_id, access, at) values (?, ?, ?)', [
      deferred.accessId,
      JSON.stringify(deferred),
      at,
    ]);
  }
  return deferred.accessId;
}

async function insertAccess(tx: Tx, { accessId, token, access, at: text }: DeferredAccess): Promise<void> {
  const at = new Date(text);
  const audit = await startAuditedAction(tx, token, PERMISSION_OF[access.kind], access.purpose, at);
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
  const subject = { kind: SUBJECT_KIND_OF[access.kind], id: access.subjectId };
  await append(tx, audit, { event: EVENT_OF[access.kind], subject }, at);
}

/**
 * Moves deferred accesses into the ledger, oldest first; each once, also when several processes do it at the same time.
 * @returns how many were moved
 */
export async function writeDeferredAccesses(db: Db): Promise<number> {
  for (let written = 0; ; written++) {
    const moved = await db.transaction(async (tx) => {
      const { rows } = await tx.raw<{ rows: { access: DeferredAccess }[] }>(
        `delete from aud.access_waiting where access_id = (
           select access_id from aud.access_waiting order by at limit 1 for update skip locked)
         returning access`,
      );
      if (!rows[0]) return false;
      await insertAccess(tx, rows[0].access);
      return true;
    });
    if (!moved) return written;
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

interface Row {
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
}

export interface AccessQuery {
  /** Only accesses of providers that the reader had no control case of. */
  readonly withoutOwnCase: boolean;
  /** Subject of the reader. */
  readonly by?: string | undefined;
  readonly before?: readonly [at: string, id: string] | undefined;
  readonly limit: number;
}

/** The access log, newest first. */
export async function listAccess(db: Db, { withoutOwnCase, by, before, limit }: AccessQuery): Promise<AccessRow[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `select x.*, p.subject, a.role
      from aud.access x join aud.principal p using (principal_id) join aud.action a using (action_id)
      where (not ? or x.own_case = false) and (?::text is null or p.subject = ?)
        and (?::timestamptz is null or (x.at, x.access_id) < (?::timestamptz, ?::uuid))
      order by x.at desc, x.access_id desc limit ?`,
    [withoutOwnCase, by ?? null, by ?? null, before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
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
