import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import { notAllowed } from '../../../domain/errors';
import { SCOPE } from '../../../platform/auth/sign-in';
import type { TokenVerifier } from '../../../platform/auth/tokens';
import { EVIDENCE_SECONDS, type Flow, FLOW_SECONDS, type Sessions } from './session';

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Where browsers reach this API, such as https://utplukk.example.internal; the loopback address of the call without it. */
  readonly webUrl: string | undefined;
  readonly secret: string | undefined;
}
const CLIENT_ID = 'utplukk-web';

const query = z.object({ return: z.string().optional(), nonce: z.string().max(200).optional() });

/** Only a path of our own: an address elsewhere would make the sign-in a way to send people anywhere. */
const ownPath = (text: string | undefined): string =>
  text !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : '/';

/**
 * Sign-in of pages: authorization code with PKCE (RFC 7636), here on the server, so that no token is ever in reach of a
 * script. The same way once more, with a nonce, for one action: the ID token is then held for the call that follows.
 */
export function registerOidc(
  app: FastifyInstance,
  settings: OidcSettings,
  deps: { verify: TokenVerifier; sessions: Sessions },
): void {
  const { sessions, verify } = deps;
  let known: Promise<Configuration> | undefined;
  const client = () => import('openid-client');
  const configuration = async () => {
    const { discovery, allowInsecureRequests, ClientSecretPost, None } = await client();
    known ??= discovery(
      new URL(settings.issuer),
      CLIENT_ID,
      {},
      settings.secret ? ClientSecretPost(settings.secret) : None(),
      settings.issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {},
    ).catch((error: unknown) => {
      known = undefined; // away now; the next sign-in looks again
      throw error;
    });
    return known;
  };
  const redirectUri = (request: FastifyRequest) =>
    `${settings.webUrl ?? `http://127.0.0.1:${request.socket.localPort}`}/auth/callback`;

  async function start(
    request: FastifyRequest,
    reply: FastifyReply,
    flow: Pick<Flow, 'returnTo' | 'subject'> & { nonce?: string | undefined },
  ) {
    const { randomState, randomNonce, randomPKCECodeVerifier, calculatePKCECodeChallenge, buildAuthorizationUrl } =
      await client();
    const [state, verifier, nonce] = [randomState(), randomPKCECodeVerifier(), flow.nonce ?? randomNonce()];
    const url = buildAuthorizationUrl(await configuration(), {
      redirect_uri: redirectUri(request),
      scope: SCOPE,
      resource: settings.audience,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      prompt: 'login',
      ...(flow.subject === undefined ? {} : { login_hint: flow.subject }),
    });
    const value: Flow = {
      state,
      nonce,
      verifier,
      returnTo: flow.returnTo,
      ...(flow.subject === undefined ? {} : { subject: flow.subject }),
    };
    await sessions.put(reply, 'flow', value, FLOW_SECONDS);
    return reply.redirect(url.href);
  }

  app.get('/auth/login', { schema: { hide: true } }, async (request, reply) =>
    start(request, reply, { returnTo: ownPath(query.parse(request.query).return) }),
  );

  /** A person who is signed in confirms one action, bound by its nonce. */
  app.get('/auth/evidence', { schema: { hide: true } }, async (request, reply) => {
    const { return: returnTo, nonce } = query.parse(request.query);
    const session = await sessions.get(request, 'session');
    if (!session || !nonce) return reply.redirect('/?problem=sign-in');
    return start(request, reply, { returnTo: ownPath(returnTo), subject: session.person.subject, nonce });
  });

  app.get('/auth/callback', { schema: { hide: true } }, async (request, reply) => {
    const flow = await sessions.get(request, 'flow');
    sessions.drop(reply, 'flow');
    if (!flow) return reply.redirect('/?problem=flow');
    const back = (problem?: string) => {
      const url = new URL(flow.returnTo, 'http://page');
      if (problem) url.searchParams.set('problem', problem);
      return reply.redirect(url.pathname + url.search);
    };
    try {
      const { authorizationCodeGrant } = await client();
      const here = new URL(redirectUri(request));
      here.search = new URL(request.url, here).search;
      const tokens = await authorizationCodeGrant(
        await configuration(),
        here,
        {
          pkceCodeVerifier: flow.verifier,
          expectedState: flow.state,
          expectedNonce: flow.nonce,
          idTokenExpected: true,
        },
        { resource: settings.audience },
      );
      const token = await verify(tokens.access_token);
      if (flow.subject === undefined) {
        await sessions.begin(reply, {
          ...token,
          roles: [...token.roles],
          providerGroups: token.providerGroups && [...token.providerGroups],
        });
        return back();
      }
      if (token.subject !== flow.subject) return back('other-person');
      await sessions.put(reply, 'evidence', { nonce: flow.nonce, idToken: tokens.id_token ?? '' }, EVIDENCE_SECONDS);
      return back();
    } catch (error) {
      process.stderr.write(`sign-in failed: ${error instanceof Error ? error.message : String(error)}\n`);
      return back('refused');
    }
  });

  app.post('/auth/logout', { schema: { hide: true } }, async (request, reply) => {
    const session = await sessions.get(request, 'session');
    if (session && request.headers['x-utplukk-csrf'] !== session.csrf)
      throw notAllowed('signing out needs the page itself');
    for (const kind of ['session', 'evidence', 'flow'] as const) sessions.drop(reply, kind);
    return reply.status(204).send();
  });
}
