import type { Permission } from '../domain/rules/roles';
import { startAuditedAction } from '../platform/auth/audit-context';
import { append, type AuditContext, type EntryInput } from '../platform/ledger/append';
import type { RequestContext } from './request-context';

/**
 * Records an action that starts or changes something outside the database: checks the caller's role, stores who
 * acts and why, and appends the event to the ledger, all in one transaction that commits before anything is started.
 * @throws UtplukkError NotAllowed naming the roles that may
 */
export function recordAction(
  { db, token, clock }: Pick<RequestContext, 'db' | 'token' | 'clock'>,
  permission: Permission,
  purpose: string,
  entry: EntryInput | ((audit: AuditContext) => EntryInput),
): Promise<AuditContext> {
  return db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, token, permission, purpose, clock());
    await append(tx, audit, typeof entry === 'function' ? entry(audit) : entry, clock());
    return audit;
  });
}
