import { timingSafeEqual } from 'node:crypto';
import type {} from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { notAllowed } from '../../../domain/errors';
import { ACCESS, mayCall, type Operation } from '../../../domain/rules/permissions';
import type { TokenVerifier, VerifiedToken } from '../../../platform/auth/tokens';
import { HttpProblem } from './problems';
import type { Sessions } from './session';

/** Who calls, and how to prove that they mean an action. */
export interface Principal {
  readonly token: VerifiedToken;
  /** For calls of a page, what unsafe ones must carry; undefined for calls with a bearer token. */
  readonly csrf: string | undefined;
}

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
export const CSRF_HEADER = 'x-utplukk-csrf';

/** Calls a minute from one address that nobody is signed in for. */
const REFUSED_A_MINUTE = 600;
const callers = new WeakMap<FastifyRequest, Principal>();

/** Who made a call; undefined where no sign-in was asked for. */
export const callerOf = (request: FastifyRequest): Principal | undefined => callers.get(request);

/** Finds who calls before anything else is looked at; calls of nobody are counted by where they come from. */
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
        : new HttpProblem('TooManyCalls', 'too many calls without a sign-in', 'Try again in a minute.');
    }
  });
}

/** The rate limit counts by person or service, and by address before there is one. */
export const callerKey = (request: FastifyRequest): string => {
  const token = callerOf(request)?.token;
  return token ? `${token.issuer}|${token.subject}` : request.ip;
};

/** A bearer token, or the session of a page. @throws HttpProblem SignInNeeded, CsrfRefused */
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
      'nobody is signed in, or the session has ended',
      'Sign in at /auth/login, or send a bearer token.',
    );
  if (!SAFE.has(request.method)) checkCsrf(request, session.csrf);
  await sessions.renew(reply, session);
  return { token: session.person, csrf: session.csrf };
}

/** A page of another site can make a browser send the cookie, but neither this header nor our origin. */
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
      'the call did not come from a page of Utplukk',
      `Load the page again; scripts send a bearer token, pages ${CSRF_HEADER}.`,
    );
}

/** @throws HttpProblem RoleNeeded naming the roles that may */
export function requireAccess({ token }: Principal, operation: Operation): void {
  if (mayCall(token.roles, operation)) return;
  throw new HttpProblem(
    'RoleNeeded',
    `${token.subject} has ${token.roles.length ? `the role ${token.roles.join(', ')}` : 'no role'}; ${operation} needs one of: ${ACCESS[operation].join(', ')}`,
    'Sign in as someone with that role.',
  );
}

/** The ID token for an action: sent along, or held for a page whose person has just confirmed. */
export async function evidenceFor(request: FastifyRequest, sessions: Sessions, nonce: string): Promise<string> {
  const sent = (request.body as { idToken?: string } | undefined)?.idToken;
  if (sent !== undefined) return sent;
  const held = await sessions.get(request, 'evidence');
  if (held?.nonce === nonce) return held.idToken;
  throw notAllowed(
    'this action needs a sign-in of its own',
    'Pages go to /auth/evidence first; scripts sign in with the nonce of /v1/nonces and send idToken.',
  );
}
