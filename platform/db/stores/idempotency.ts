import type { Db } from '../../postgres/connection';

/** Responses are kept for a day. A key without a response is a request that runs, or one whose process died. */
const KEPT = '1 day';
const RUNNING = '5 minutes';

export interface IdempotencyKey {
  /** Issuer and subject of the caller. */
  readonly principal: string;
  readonly key: string;
}

export interface EarlierRequest {
  readonly requestSha256: string;
  /** HTTP status of its response; undefined while it runs. */
  readonly status: number | undefined;
  readonly response: unknown;
}

/**
 * Claims a key for a request.
 * @returns undefined where the key was free and now is this request's; else the request that has it
 */
export async function claimKey(
  db: Db,
  { principal, key }: IdempotencyKey,
  requestSha256: string,
): Promise<EarlierRequest | 'running' | undefined> {
  await db.raw(
    `delete from ops.idempotency where at < clock_timestamp() - interval '${KEPT}'
      or (status is null and at < clock_timestamp() - interval '${RUNNING}')`,
  );
  const claimed = await db.raw<{ rowCount: number }>(
    `insert into ops.idempotency (principal, key, request_sha256, at) values (?, ?, ?, clock_timestamp())
      on conflict do nothing`,
    [principal, key, requestSha256],
  );
  if (claimed.rowCount > 0) return undefined;
  const row = await db('ops.idempotency')
    .where({ principal, key })
    .first<{ request_sha256: string; status: number | null; answer: unknown } | undefined>();
  if (!row) return 'running';
  return { requestSha256: row.request_sha256, status: row.status ?? undefined, response: row.answer };
}

export async function storeResponse(
  db: Db,
  { principal, key }: IdempotencyKey,
  status: number,
  response: unknown,
): Promise<void> {
  await db('ops.idempotency')
    .where({ principal, key })
    .update({ status, answer: JSON.stringify(response) });
}

/** Frees the key of a request that failed. */
export async function releaseKey(db: Db, { principal, key }: IdempotencyKey): Promise<void> {
  await db('ops.idempotency').where({ principal, key }).delete();
}
