import { timingSafeEqual } from 'node:crypto';
import type {} from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notAllowed } from '../../../domain/errors';
import { ACCESS, mayCall, type Operation } from '../../../domain/rules/permissions';
import type { TokenVerifier, VerifiedToken } from '../../../platform/auth/tokens';
import { HttpProblem } from './problems';
import type { Sessions } from './session';

/** The verified caller of a request. */
export interface Principal {
  readonly token: VerifiedToken;
  /** CSRF token that unsafe requests of a page's session must carry; undefined with a bearer token. */
  readonly csrf: string | undefined;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
export const CSRF_HEADER = 'x-utplukk-csrf';

/** Requests a minute from one address without a valid sign-in. */
const REFUSED_A_MINUTE = 600;
const callers = new WeakMap<FastifyRequest, Principal>();

/** The caller of a request; undefined on routes that need no sign-in. */
export const callerOf = (request: FastifyRequest): Principal | undefined => callers.get(request);

/** Authenticates every request before anything else; requests that fail are limited by address. */
export function authenticate(
  app: FastifyInstance,
  deps: { readonly verify: TokenVerifier; readonly sessions: Sessions },
): void {
  const countRefused = app.createRateLimit({
    max: REFUSED_A_MINUTE,
    timeWindow: '1 minute',
    keyGenerator: ({ ip }) => ip,
  });
  app.addHook('onRequest', async (request, reply) => {
    try {
      callers.set(request, await principalOf(request, reply, deps));
    } catch (error) {
      const refused = await countRefused(request);
      throw refused.isAllowed || !refused.isExceeded
        ? error
        : new HttpProblem('TooManyRequests', 'too many requests without a sign-in', 'Try again in a minute.');
    }
  });
}

/** Key of the rate limit: the principal, or the address where there is none. */
export const callerKey = (request: FastifyRequest): string => {
  const token = callerOf(request)?.token;
  return token ? `${token.issuer}|${token.subject}` : request.ip;
};

/** From a bearer token, or from the session of a page. @throws HttpProblem SignInNeeded, CsrfRefused */
async function principalOf(
  request: FastifyRequest,
  reply: FastifyReply,
  { verify, sessions }: { readonly verify: TokenVerifier; readonly sessions: Sessions },
): Promise<Principal> {
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const bearer = /^Bearer (\S+)$/i.exec(authorization)?.[1];
    if (!bearer)
      throw new HttpProblem(
        'SignInNeeded',
        'the header authorization holds no bearer token',
        'Send `Authorization: Bearer <access token>`.',
      );
    try {
      return { token: await verify(bearer), csrf: undefined };
    } catch (error) {
      throw new HttpProblem('SignInNeeded', (error as Error).message, 'Sign in again: `utplukk login`.');
    }
  }
  const session = await sessions.get(request, 'session');
  if (!session)
    throw new HttpProblem(
      'SignInNeeded',
      'you are not signed in, or your session has ended',
      'Sign in at /auth/login, or send a bearer token.',
    );
  if (!SAFE.has(request.method)) checkCsrf(request, session.csrf);
  await sessions.renew(reply, session);
  return { token: session.person, csrf: session.csrf };
}

/** Another site can make a browser send the cookie, but neither this header nor our origin. */
function checkCsrf(request: FastifyRequest, csrf: string): void {
  const site = request.headers['sec-fetch-site'];
  const given = Buffer.from(String(request.headers[CSRF_HEADER] ?? ''));
  const wanted = Buffer.from(csrf);
  if (
    (site !== undefined && site !== 'same-origin') ||
    given.length !== wanted.length ||
    !timingSafeEqual(given, wanted)
  )
    throw new HttpProblem(
      'CsrfRefused',
      'the request did not come from a page of Utplukk',
      `Reload the page. Scripts send a bearer token, pages send ${CSRF_HEADER}.`,
    );
}

/** @throws HttpProblem RoleNeeded naming the roles that may call the operation */
export function requireAccess({ token }: Principal, operation: Operation): void {
  if (mayCall(token.roles, operation)) return;
  const own = token.roles.length ? `the role ${token.roles.join(', ')}` : 'no role';
  throw new HttpProblem(
    'RoleNeeded',
    `${token.subject} has ${own}; ${operation} needs one of: ${ACCESS[operation].join(', ')}`,
    'Sign in as someone with that role.',
  );
}

/**
 * The step-up ID token for one action: sent in the body, or kept in a cookie for a page whose person has just
 * confirmed.
 * @throws UtplukkError NotAllowed where there is none for this nonce
 */
export async function stepUpTokenFor(request: FastifyRequest, sessions: Sessions, nonce: string): Promise<string> {
  const sent = (request.body as { idToken?: string } | undefined)?.idToken;
  if (sent !== undefined) return sent;
  const kept = await sessions.get(request, 'stepUp');
  if (kept?.nonce === nonce) return kept.idToken;
  throw notAllowed(
    'this action needs a sign-in of its own',
    'Pages go to /auth/step-up first; scripts sign in with the nonce of /v1/nonces and send idToken.',
  );
}
