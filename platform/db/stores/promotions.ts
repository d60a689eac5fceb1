import { notFound } from '../../../domain/errors';
import type { RequestState, Verdict } from '../../../domain/rules/lifecycle';
import type { Db, Tx } from '../../postgres/connection';

export interface PromotionRequest {
  readonly requestId: string;
  readonly versionId: string;
  readonly slot: string;
  readonly actionId: string;
  readonly requestedAt: Date;
  readonly expiresAt: Date;
  readonly state: RequestState;
  readonly decisionId: string | undefined;
  readonly statementId: string | undefined;
  /** Principal ids. */
  readonly requester: string;
  readonly trainer: string;
}

interface Row {
  request_id: string;
  version_id: string;
  slot: string;
  action_id: string;
  requested_at: Date;
  expires_at: Date;
  verdict: Verdict | null;
  decision_id: string | null;
  statement_id: string | null;
  requester: string;
  trainer: string;
}

const SELECT = `select r.*, d.verdict, d.decision_id, a.principal_id as requester, ta.principal_id as trainer
  from ml.promotion_request r
    left join ml.decision d using (request_id)
    join aud.action a on a.action_id = r.action_id
    join ml.model_version v on v.version_id = r.version_id
    join ml.training_run t on t.run_id = v.run_id
    join aud.action ta on ta.action_id = t.action_id`;

const toRequest = (row: Row): PromotionRequest => ({
  requestId: row.request_id,
  versionId: row.version_id,
  slot: row.slot,
  actionId: row.action_id,
  requestedAt: row.requested_at,
  expiresAt: row.expires_at,
  state: row.verdict ?? 'open',
  decisionId: row.decision_id ?? undefined,
  statementId: row.statement_id ?? undefined,
  requester: row.requester,
  trainer: row.trainer,
});

export async function getRequest(db: Db | Tx, id: string): Promise<PromotionRequest> {
  const rows = /^[0-9a-f-]{6,36}$/.test(id)
    ? (await db.raw<{ rows: Row[] }>(`${SELECT} where r.request_id::text like ? limit 2`, [`${id}%`])).rows
    : [];
  if (rows.length > 1) throw notFound(`several requests begin with ${id}`, 'Give more characters.');
  if (!rows[0]) throw notFound(`there is no promotion request ${id}`, 'List them with `utplukk promotion list`.');
  return toRequest(rows[0]);
}

export async function listRequests(db: Db, limit = 50): Promise<PromotionRequest[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(`${SELECT} order by r.requested_at desc limit ?`, [limit]);
  return rows.map(toRequest);
}

/** A page of requests, newest first, after the given one. */
export async function requestPage(
  db: Db,
  {
    before,
    limit,
    open = false,
    versionId,
  }: {
    before?: readonly [at: string, id: string] | undefined;
    limit: number;
    open?: boolean;
    versionId?: string | undefined;
  },
): Promise<PromotionRequest[]> {
  const { rows } = await db.raw<{ rows: Row[] }>(
    `${SELECT}
      where (not ? or d.decision_id is null)
        and (?::text is null or r.version_id = ?)
        and (?::timestamptz is null or (r.requested_at, r.request_id) < (?::timestamptz, ?::uuid))
      order by r.requested_at desc, r.request_id desc limit ?`,
    [open, versionId ?? null, versionId ?? null, before?.[0] ?? null, before?.[0] ?? null, before?.[1] ?? null, limit],
  );
  return rows.map(toRequest);
}
