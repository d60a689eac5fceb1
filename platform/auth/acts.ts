import { randomUUID } from 'node:crypto';
import { notAllowed, notFound } from '../../domain/errors';
import { ACTS, type Act, mayDo, type Role } from '../../domain/rules/roles';
import type { Db, Tx } from '../db/connection';
import type { ActRef } from '../ledger/ledger';
import type { VerifiedToken } from './tokens';

/** Finds the principal of a token, or records it at first sight. Runs twice safely: the natural key is unique. */
async function principalOf(tx: Tx, token: VerifiedToken, at: Date): Promise<string> {
  await tx.raw(
    'insert into aud.principal (principal_id, issuer, subject, kind, first_seen) values (?, ?, ?, ?, ?) on conflict on constraint principal_natural do nothing',
    [randomUUID(), token.issuer, token.subject, token.kind, at],
  );
  const { rows } = await tx.raw<{ rows: { principal_id: string }[] }>(
    'select principal_id from aud.principal where issuer = ? and subject = ?',
    [token.issuer, token.subject],
  );
  return rows[0]!.principal_id;
}

/** @throws UtplukkError NotAllowed naming the roles that may */
export function requireRole(token: VerifiedToken, act: Act): Role {
  const role = mayDo(token.roles, act);
  if (role) return role;
  throw notAllowed(
    `${token.subject} has ${token.roles.length ? `the role ${token.roles.join(', ')}` : 'no role'}; "${act}" needs one of: ${ACTS[act].join(', ')}`,
    'Sign in as someone with that role: `utplukk login --as <user>`.',
  );
}

/** The principal of a token, if it was seen before. */
export async function knownPrincipal(db: Db | Tx, token: VerifiedToken): Promise<string | undefined> {
  const row = await db('aud.principal')
    .where({ issuer: token.issuer, subject: token.subject })
    .first<{ principal_id: string } | undefined>('principal_id');
  return row?.principal_id;
}

/**
 * Records that a verified principal does `act`, after checking its role. What follows (also in workers, weeks later)
 * carries the returned id, never a name.
 * @throws UtplukkError NotAllowed naming the roles that may
 */
export async function beginAct(tx: Tx, token: VerifiedToken, act: Act, purpose: string, at: Date = new Date()): Promise<ActRef> {
  const role = requireRole(token, act);
  const principalId = await principalOf(tx, token, at);
  const actId = randomUUID();
  await tx.raw(
    'insert into aud.act (act_id, act, principal_id, role, purpose, token_id, token_sha256, at) values (?, ?, ?, ?, ?, ?, ?, ?)',
    [actId, act, principalId, role, purpose, token.tokenId, Buffer.from(token.tokenSha256, 'hex'), at],
  );
  return { actId, principalId, role, purpose };
}

/** The act behind an id that came through Temporal. */
export async function actOf(db: Db | Tx, actId: string): Promise<ActRef> {
  const { rows } = await db.raw<{ rows: { act_id: string; principal_id: string; role: string; purpose: string }[] }>(
    'select act_id, principal_id, role, purpose from aud.act where act_id = ?',
    [actId],
  );
  const row = rows[0];
  if (!row) throw notFound(`act ${actId} is not recorded`);
  return { actId: row.act_id, principalId: row.principal_id, role: row.role, purpose: row.purpose };
}
