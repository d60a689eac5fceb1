import type { FastifyReply, FastifyRequest } from 'fastify';
import { conflict, invalid } from '../../../domain/errors';
import { digestOf } from '../../../platform/artifacts/hash';
import type { VerifiedToken } from '../../../platform/auth/tokens';
import type { Db } from '../../../platform/postgres/connection';

export const IDEMPOTENCY_HEADER = 'idempotency-key';
const KEY = /^[\w-]{8,100}$/;
/** An answer is kept for a day; a key without an answer is a call that runs, or one that died a while ago. */
const KEEP = '1 day';
const RUNNING = '5 minutes';

/**
 * Does the work of a POST once for a key: a repeated call with the same content gets the first answer, another content with
 * the same key is refused. Calls that fail leave the key free.
 */
export async function once<T>(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  token: VerifiedToken,
  status: number,
  work: () => Promise<T>,
): Promise<T> {
  const key = request.headers[IDEMPOTENCY_HEADER];
  if (key === undefined) return work();
  if (typeof key !== 'string' || !KEY.test(key))
    throw invalid(
      `${IDEMPOTENCY_HEADER} "${String(key).slice(0, 40)}" is no key`,
      'Give 8 to 100 letters, digits, - or _, such as a UUID.',
    );
  const principal = `${token.issuer}|${token.subject}`;
  // The ID token of an action differs between a call and its repetition; the action is the same.
  const content = { ...((request.body ?? {}) as Record<string, unknown>) };
  delete content['idToken'];
  const sha = digestOf({ method: request.method, url: request.url, content });
  await db.raw(
    `delete from ops.idempotency where at < clock_timestamp() - interval '${KEEP}' or (status is null and at < clock_timestamp() - interval '${RUNNING}')`,
  );
  const taken = await db.raw<{ rowCount: number }>(
    'insert into ops.idempotency (principal, key, request_sha256, at) values (?, ?, ?, clock_timestamp()) on conflict do nothing',
    [principal, key, sha],
  );
  if (taken.rowCount === 0) {
    const before = await db('ops.idempotency')
      .where({ principal, key })
      .first<{ request_sha256: string; status: number | null; answer: T } | undefined>();
    if (before && before.request_sha256 !== sha)
      throw conflict(`the key "${key}" was used for another call`, 'Take a new key for a new call.');
    if (!before || before.status === null)
      throw conflict(`the call with the key "${key}" is running`, 'Try again in a moment.');
    void reply.header('idempotency-replayed', 'true');
    return before.answer;
  }
  try {
    const answer = await work();
    await db('ops.idempotency')
      .where({ principal, key })
      .update({ status, answer: JSON.stringify(answer) });
    return answer;
  } catch (error) {
    await db('ops.idempotency').where({ principal, key }).delete();
    throw error;
  }
}
