import type {} from '@fastify/swagger';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Configuration } from 'openid-client';
import { z } from 'zod';
import { notAllowed } from '../../../domain/errors';
import { SCOPE } from '../../../platform/auth/sign-in';
import type { TokenVerifier } from '../../../platform/auth/tokens';
import { CSRF_HEADER } from './principal';
import { type Flow, FLOW_SECONDS, type Sessions, STEP_UP_SECONDS } from './session';

export interface OidcSettings {
  readonly issuer: string;
  readonly audience: string;
  /** Address at which browsers reach this API, such as https://utplukk.example.internal; undefined: loopback. */
  readonly webUrl: string | undefined;
  /** Secret of the web's client; undefined for a public client. */
  readonly secret: string | undefined;
}
interface OidcDeps {
  readonly verify: TokenVerifier;
  readonly sessions: Sessions;
}
const CLIENT_ID = 'utplukk-web';

const query = z.object({ return: z.string().optional(), nonce: z.string().max(200).optional() });

/** Only a path of this site: any other address would make the sign-in an open redirect. */
const ownPath = (text: string | undefined): string =>
  text !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(text) ? text : '/';

// openid-client is an ES module: it is loaded at the first sign-in.
const client = () => import('openid-client');

/**
 * Sign-in of pages: authorization code with PKCE (RFC 7636), on the server, so that no script can reach a token. A
 * step-up sign-in goes the same way with the nonce of one action; its ID token is then kept for the request that
 * follows.
 */
export function registerOidc(app: FastifyInstance, settings: OidcSettings, deps: OidcDeps): void {
  const { sessions } = deps;
  const signIn = new SignIn(settings, deps);

  app.get('/auth/login', { schema: { hide: true } }, async (request, reply) =>
    signIn.start(request, reply, { returnTo: ownPath(query.parse(request.query).return) }),
  );

  /** A signed-in person confirms one action, bound by its nonce. */
  app.get('/auth/step-up', { schema: { hide: true } }, async (request, reply) => {
    const { return: returnTo, nonce } = query.parse(request.query);
    const session = await sessions.get(request, 'session');
    if (!session || !nonce) return reply.redirect('/?problem=sign-in');
    return signIn.start(request, reply, { returnTo: ownPath(returnTo), subject: session.person.subject, nonce });
  });

  app.get('/auth/callback', { schema: { hide: true } }, (request, reply) => signIn.finish(request, reply));

  app.post('/auth/logout', { schema: { hide: true } }, async (request, reply) => {
    const session = await sessions.get(request, 'session');
    if (session && request.headers[CSRF_HEADER] !== session.csrf)
      throw notAllowed('the request to sign out did not come from a page of Utplukk');
    for (const kind of ['session', 'stepUp', 'flow'] as const) sessions.drop(reply, kind);
    return reply.status(204).send();
  });
}

class SignIn {
  #discovered: Promise<Configuration> | undefined;

  constructor(
    readonly settings: OidcSettings,
    readonly deps: OidcDeps,
  ) {}

  /** Redirects to the identity provider. */
  async start(
    request: FastifyRequest,
    reply: FastifyReply,
    { nonce: wanted, ...flow }: Pick<Flow, 'returnTo' | 'subject'> & { nonce?: string | undefined },
  ) {
    const { randomState, randomNonce, randomPKCECodeVerifier, calculatePKCECodeChallenge, buildAuthorizationUrl } =
      await client();
    const [state, verifier, nonce] = [randomState(), randomPKCECodeVerifier(), wanted ?? randomNonce()];
    const url = buildAuthorizationUrl(await this.#configuration(), {
      redirect_uri: this.#redirectUri(request),
      scope: SCOPE,
      resource: this.settings.audience,
      state,
      nonce,
      code_challenge: await calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
      prompt: 'login',
      ...(flow.subject === undefined ? {} : { login_hint: flow.subject }),
    });
    await this.deps.sessions.put(reply, 'flow', { state, nonce, verifier, ...flow }, FLOW_SECONDS);
    return reply.redirect(url.href);
  }

  /** Takes the identity provider's redirect, and returns to the page that the sign-in started from. */
  async finish(request: FastifyRequest, reply: FastifyReply) {
    const { sessions } = this.deps;
    const flow = await sessions.get(request, 'flow');
    sessions.drop(reply, 'flow');
    if (!flow) return reply.redirect('/?problem=flow');
    const page = new URL(flow.returnTo, 'http://page');
    try {
      const problem = await this.#complete(request, reply, flow);
      if (problem) page.searchParams.set('problem', problem);
    } catch (error) {
      process.stderr.write(`sign-in failed: ${error instanceof Error ? error.message : String(error)}\n`);
      page.searchParams.set('problem', 'refused');
    }
    return reply.redirect(page.pathname + page.search);
  }

  /** Starts a session, or keeps the ID token of a step-up sign-in. */
  async #complete(request: FastifyRequest, reply: FastifyReply, flow: Flow): Promise<'other-person' | undefined> {
    const { sessions, verify } = this.deps;
    const { authorizationCodeGrant } = await client();
    const here = new URL(this.#redirectUri(request));
    here.search = new URL(request.url, here).search;
    const expected = {
      pkceCodeVerifier: flow.verifier,
      expectedState: flow.state,
      expectedNonce: flow.nonce,
      idTokenExpected: true,
    };
    const resource = { resource: this.settings.audience };
    const tokens = await authorizationCodeGrant(await this.#configuration(), here, expected, resource);
    const token = await verify(tokens.access_token);
    if (flow.subject === undefined) {
      const providerGroups = token.providerGroups && [...token.providerGroups];
      await sessions.begin(reply, { ...token, roles: [...token.roles], providerGroups });
      return undefined;
    }
    if (token.subject !== flow.subject) return 'other-person';
    await sessions.put(reply, 'stepUp', { nonce: flow.nonce, idToken: tokens.id_token ?? '' }, STEP_UP_SECONDS);
    return undefined;
  }

  async #configuration(): Promise<Configuration> {
    const { discovery, allowInsecureRequests, ClientSecretPost, None } = await client();
    const { issuer, secret } = this.settings;
    this.#discovered ??= discovery(
      new URL(issuer),
      CLIENT_ID,
      {},
      secret ? ClientSecretPost(secret) : None(),
      issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {},
    ).catch((error: unknown) => {
      this.#discovered = undefined; // unavailable now; the next sign-in tries again
      throw error;
    });
    return this.#discovered;
  }

  #redirectUri(request: FastifyRequest): string {
    return `${this.settings.webUrl ?? `http://127.0.0.1:${request.socket.localPort}`}/auth/callback`;
  }
}
