import { conflict } from '../../domain/errors';
import type { AuditContext } from '../ledger/append';
import { type Envelope, envelopeDigest } from './dsse';
import { PREDICATE } from './statements';
import type { Db, Tx } from '../postgres/connection';

export interface StoredStatement {
  readonly statementId: string;
  readonly predicateType: string;
  readonly envelope: Envelope;
  readonly madeAt: Date;
}

/**
 * Stores a signed statement about a version under its digest. The caller appends the ledger entry. @returns the digest
 */
export async function storeStatement(
  tx: Tx,
  {
    versionId,
    predicateType,
    envelope,
    audit,
    at,
  }: { versionId: string; predicateType: string; envelope: Envelope; audit: AuditContext; at: Date },
): Promise<string> {
  const statementId = envelopeDigest(envelope);
  await tx.raw(
    `insert into ml.statement (statement_id, version_id, predicate_type, envelope, action_id, made_at)
      values (?, ?, ?, ?, ?, ?) on conflict do nothing`,
    [statementId, versionId, predicateType, JSON.stringify(envelope), audit.actionId, at],
  );
  return statementId;
}

/** Statements about a version, oldest first. */
export async function statementsOf(db: Db | Tx, versionId: string, predicateType?: string): Promise<StoredStatement[]> {
  const rows = await db('ml.statement')
    .where({ version_id: versionId, ...(predicateType ? { predicate_type: predicateType } : {}) })
    .orderBy(['made_at', 'statement_id'])
    .select<{ statement_id: string; predicate_type: string; envelope: Envelope; made_at: Date }[]>('*');
  return rows.map((row) => ({
    statementId: row.statement_id,
    predicateType: row.predicate_type,
    envelope: row.envelope,
    madeAt: row.made_at,
  }));
}

export async function statementById(db: Db | Tx, statementId: string): Promise<Envelope | undefined> {
  return (
    await db('ml.statement').where({ statement_id: statementId }).first<{ envelope: Envelope } | undefined>('envelope')
  )?.envelope;
}

/** The signed registration of a version. @throws UtplukkError Conflict if there is none */
export async function signedVersion(db: Db | Tx, versionId: string): Promise<Envelope> {
  const [first] = await statementsOf(db, versionId, PREDICATE.version);
  if (!first)
    throw conflict(
      `version ${versionId.slice(0, 12)} has no signed registration`,
      'Train it again: the same recipe gives the same version, signed.',
    );
  return first.envelope;
}
