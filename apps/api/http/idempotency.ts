import type { FastifyReply, FastifyRequest } from 'fastify';
import { conflict, invalid } from '../../../domain/errors';
import { digestOf } from '../../../platform/artifacts/hash';
import type { VerifiedToken } from '../../../platform/auth/tokens';
import { claimKey, releaseKey, storeResponse } from '../../../platform/db/stores/idempotency';
import type { Db } from '../../../platform/postgres/connection';

export const IDEMPOTENCY_HEADER = 'idempotency-key';
const KEY = /^[\w-]{8,100}$/;

/**
 * Does the work of a POST once for each idempotency key: a repeated request with the same content gets the first
 * response, another content with the same key is refused. A request that fails frees its key.
 * @throws UtplukkError InvalidInput for a malformed key, Conflict for a key that is used for another request or
 *   running
 */
export async function once<T>(
  db: Db,
  request: FastifyRequest,
  reply: FastifyReply,
  token: VerifiedToken,
  status: number,
  work: () => Promise<T>,
): Promise<T> {
  const header = request.headers[IDEMPOTENCY_HEADER];
  if (header === undefined) return work();
  if (typeof header !== 'string' || !KEY.test(header))
    throw invalid(
      `${IDEMPOTENCY_HEADER} "${String(header).slice(0, 40)}" is not a valid key`,
      'Give 8 to 100 letters, digits, - or _, such as a UUID.',
    );
  const key = { principal: `${token.issuer}|${token.subject}`, key: header };
  const sha256 = contentDigest(request);
  const earlier = await claimKey(db, key, sha256);
  if (earlier !== undefined) {
    if (earlier !== 'running' && earlier.requestSha256 !== sha256)
      throw conflict(`the key "${header}" was used for another request`, 'Use a new key for a new request.');
    if (earlier === 'running' || earlier.status === undefined)
      throw conflict(`the request with the key "${header}" is running`, 'Try again in a moment.');
    void reply.header('idempotency-replayed', 'true');
    return earlier.response as T;
  }
  try {
    const response = await work();
    await storeResponse(db, key, status, response);
    return response;
  } catch (error) {
    await releaseKey(db, key);
    throw error;
  }
}

/** Without the step-up ID token, which differs between a request and its repetition; the action is the same. */
function contentDigest({ method, url, body }: FastifyRequest): string {
  const content = { ...((body ?? {}) as Record<string, unknown>) };
  delete content['idToken'];
  return digestOf({ method, url, content });
}
