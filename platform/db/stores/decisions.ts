import { randomUUID } from 'node:crypto';
import { notFound } from '../../../domain/errors';
import type { Verdict } from '../../../domain/rules/lifecycle';
import { recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';
import type { PromotionRequest } from './promotions';

/** A decision on a promotion request; expiry and refusal by the gates are decisions too. */
export interface Decision {
  readonly decisionId: string;
  readonly requestId: string;
  readonly verdict: Verdict;
  /** The action of the person who decided; null for an expiry. */
  readonly actionId: string | null;
  /** The notary's signed statement; null where no person decided. */
  readonly statementId: string | null;
}

/** @throws UtplukkError NotFound */
export async function getDecision(db: Db, decisionId: string): Promise<Decision> {
  const row = await db('ml.decision').where({ decision_id: decisionId }).first<
    | {
        decision_id: string;
        request_id: string;
        verdict: Verdict;
        action_id: string | null;
        statement_id: string | null;
      }
    | undefined
  >();
  if (!row) throw notFound(`decision ${decisionId} is not recorded`);
  return {
    decisionId: row.decision_id,
    requestId: row.request_id,
    verdict: row.verdict,
    actionId: row.action_id,
    statementId: row.statement_id,
  };
}

const EVENTS = { expired: 'promotion.expired', refused: 'promotion.refused-by-gates' } as const;

/** Records a decision that no person makes, unless the request has one already. */
export async function decideAutomatically(
  db: Db,
  request: Pick<PromotionRequest, 'requestId' | 'versionId' | 'actionId'>,
  verdict: 'expired' | 'refused',
  at: Date,
): Promise<void> {
  const { requestId } = request;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.decision',
      rows: [
        {
          decision_id: randomUUID(),
          request_id: requestId,
          verdict,
          action_id: verdict === 'expired' ? null : request.actionId,
          decided_at: at,
        },
      ],
      audit: request.actionId,
      entry: {
        event: EVENTS[verdict],
        subject: { kind: 'promotion-request', id: requestId },
        after: request.versionId,
      },
      at,
    }),
  );
}

/** Who decided a request and the reason given, unless the reason was erased. */
export async function decisionOn(
  db: Db,
  requestId: string,
): Promise<{ by: string | undefined; at: Date; reason: string | undefined } | undefined> {
  const { rows } = await db.raw<{
    rows: { principal_id: string | null; decided_at: Date; reason_text: string | null }[];
  }>(
    `select a.principal_id, d.decided_at, r.reason_text
      from ml.decision d left join aud.action a using (action_id) left join aud.reason r using (reason_id)
      where d.request_id = ?`,
    [requestId],
  );
  return (
    rows[0] && {
      by: rows[0].principal_id ?? undefined,
      at: rows[0].decided_at,
      reason: rows[0].reason_text ?? undefined,
    }
  );
}

export interface DecisionRow {
  readonly requestId: string;
  readonly verdict: Verdict;
  readonly decidedAt: Date;
}

/** Decisions about a version, oldest first. They are shown next to its card and never change it. */
export async function decisionsOf(db: Db | Tx, versionId: string): Promise<DecisionRow[]> {
  const rows = await db('ml.decision as d')
    .join('ml.promotion_request as r', 'r.request_id', 'd.request_id')
    .where({ version_id: versionId })
    .orderBy('d.decided_at')
    .select<{ request_id: string; verdict: Verdict; decided_at: Date }[]>('d.request_id', 'd.verdict', 'd.decided_at');
  return rows.map((row) => ({ requestId: row.request_id, verdict: row.verdict, decidedAt: row.decided_at }));
}
