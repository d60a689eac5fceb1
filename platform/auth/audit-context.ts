import { randomUUID } from 'node:crypto';
import { notAllowed } from '../../domain/errors';
import { PERMISSIONS, type Permission, mayDo, type Role } from '../../domain/rules/roles';
import type { Db, Tx } from '../postgres/connection';
import type { AuditContext } from '../ledger/append';
import type { VerifiedToken } from './tokens';

/** @throws UtplukkError NotAllowed naming the roles that may */
export function requireRole(token: VerifiedToken, permission: Permission): Role {
  const role = mayDo(token.roles, permission);
  if (role) return role;
  throw notAllowed(
    `${token.subject} has ${token.roles.length ? `the role ${token.roles.join(', ')}` : 'no role'}; ` +
      `"${permission}" needs one of: ${PERMISSIONS[permission].join(', ')}`,
    'Sign in as someone with that role: `utplukk login --as <user>`.',
  );
}

/** The principal of a token, if it is recorded. */
export async function knownPrincipal(db: Db | Tx, token: VerifiedToken): Promise<string | undefined> {
  const row = await db('aud.principal')
    .where({ issuer: token.issuer, subject: token.subject })
    .first<{ principal_id: string } | undefined>('principal_id');
  return row?.principal_id;
}

/**
 * Records that a verified principal performs an action, after checking its role. All that follows, also in workers
 * weeks later, carries the returned id and never a name.
 * @throws UtplukkError NotAllowed naming the roles that may
 */
export async function startAuditedAction(
  tx: Tx,
  token: VerifiedToken,
  permission: Permission,
  purpose: string,
  at: Date = new Date(),
): Promise<AuditContext> {
  const role = requireRole(token, permission);
  const [actionId, token256] = [randomUUID(), Buffer.from(token.tokenSha256, 'hex')];
  const who = [token.issuer, token.subject];
  const what = [actionId, permission, role, purpose, token.tokenId, token256, at];
  // One round trip, because every view of a list is an action. If another transaction records the same principal at
  // this moment, the first statement finds none and the second one does.
  for (let tries = 0; tries < 2; tries++) {
    const { rows } = await tx.raw<{ rows: { principal_id: string }[] }>(INSERT_ACTION, [
      ...who,
      randomUUID(),
      ...who,
      token.kind,
      at,
      ...what,
    ]);
    if (rows[0]) return { actionId, principalId: rows[0].principal_id, role, purpose };
  }
  throw new Error(`${token.subject} of ${token.issuer} was neither found nor recorded`);
}

/** Finds the principal of a token or records it (its natural key is unique), and records the action. */
const INSERT_ACTION = `with known as (select principal_id from aud.principal where issuer = ? and subject = ?),
  first_seen as (insert into aud.principal (principal_id, issuer, subject, kind, first_seen)
    select ?::uuid, ?, ?, ?, ?::timestamptz where not exists (select from known)
    on conflict on constraint principal_natural do nothing returning principal_id)
  insert into aud.action (action_id, permission, principal_id, role, purpose, token_id, token_sha256, at)
    select ?::uuid, ?, principal_id, ?, ?, ?, ?::bytea, ?::timestamptz
    from (select * from known union all select * from first_seen) p
    returning principal_id`;
