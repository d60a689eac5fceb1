import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { notAllowed } from '../../domain/errors';
import { type Env, type ServiceAccount, serviceSecret, sessionFile } from '../config/env';

const tokenResponse = z.object({ access_token: z.string(), expires_in: z.number(), id_token: z.string().optional() });

export interface SignedIn {
  readonly accessToken: string;
  /** Identifies the person, for one action if a nonce was given; services have none. */
  readonly idToken: string | undefined;
}
export const CLI_CLIENT = 'utplukk-cli';
const REDIRECT = 'http://127.0.0.1/callback';
/** Scope of the API in access tokens. */
const API_SCOPE = 'action';
export const SCOPE = `openid ${API_SCOPE}`;

async function token(issuer: string, form: Record<string, string>, authorization?: string): Promise<SignedIn> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: authorization ? { authorization } : {},
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(10_000),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw notAllowed(`the identity provider gave no token: ${JSON.stringify(body)}`);
  const { access_token: accessToken, id_token: idToken } = tokenResponse.parse(body);
  return { accessToken, idToken };
}

/**
 * Signs a demo user in by the authorization-code flow with PKCE (RFC 7636), following the provider's redirects as a
 * browser would; the demo provider takes the user from `login_hint`. A `nonce` binds the ID token to one action.
 */
export async function signInAsDemoUser(
  issuer: string,
  audience: string,
  user: string,
  nonce?: string,
): Promise<SignedIn> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(12).toString('base64url');
  const start = new URL(`${issuer}/auth`);
  start.search = new URLSearchParams({
    client_id: CLI_CLIENT,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: SCOPE,
    resource: audience,
    state,
    ...(nonce === undefined ? {} : { nonce }),
    login_hint: user,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString();
  const cookies = new Map<string, string>();
  let url = start;
  for (let hop = 0; hop < 8; hop++) {
    const response = await fetch(url, {
      redirect: 'manual',
      headers: { cookie: [...cookies].map(([k, v]) => `${k}=${v}`).join('; ') },
      signal: AbortSignal.timeout(10_000),
    });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]!.split(/=(.*)/s);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (!location)
      throw notAllowed(
        `the identity provider answered ${response.status} without a redirect: ` +
          `${(await response.text()).slice(0, 200)}`,
      );
    url = new URL(location, url);
    if (!url.href.startsWith(REDIRECT)) continue;
    const problem = url.searchParams.get('error');
    if (problem)
      throw notAllowed(`sign-in as "${user}" was refused: ${url.searchParams.get('error_description') ?? problem}`);
    if (url.searchParams.get('state') !== state)
      throw notAllowed('the response of the identity provider belongs to another sign-in (its state differs)');
    return token(issuer, {
      grant_type: 'authorization_code',
      client_id: CLI_CLIENT,
      code: url.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      resource: audience,
    });
  }
  throw notAllowed('the identity provider redirected too many times');
}

/** The access token of a service account (client credentials). */
export async function signInAsService(env: Env, service: ServiceAccount): Promise<string> {
  const basic = Buffer.from(`${service}:${serviceSecret(env, service)}`).toString('base64');
  const form = { grant_type: 'client_credentials', scope: API_SCOPE, resource: env.OIDC_AUDIENCE };
  return (await token(env.OIDC_ISSUER, form, `Basic ${basic}`)).accessToken;
}

/**
 * Who is signed in at this terminal; `device` if they signed in with a browser, where actions are then confirmed too.
 */
const sessionSchema = z.object({ user: z.string(), accessToken: z.string(), device: z.boolean().default(false) });
export type CliSession = z.infer<typeof sessionSchema>;

export function saveSession(session: CliSession): void {
  const file = sessionFile();
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, JSON.stringify(session), { mode: 0o600 });
}

/** Signs a person in for one action. @returns an ID token with the nonce */
export type StepUpTokenSource = (nonce: string) => Promise<string>;

export const stepUpTokenAs =
  (env: Pick<Env, 'OIDC_ISSUER' | 'OIDC_AUDIENCE'>, user: string): StepUpTokenSource =>
  async (nonce) => {
    const { idToken } = await signInAsDemoUser(env.OIDC_ISSUER, env.OIDC_AUDIENCE, user, nonce);
    if (!idToken) throw notAllowed('the identity provider gave no ID token', 'Its client needs the scope openid.');
    return idToken;
  };

export function loadSession(): CliSession {
  const file = sessionFile();
  if (!fs.existsSync(file))
    throw notAllowed(
      'nobody is signed in',
      'Run `npx utplukk login` first; in the demo `npx utplukk login --as kari` (data scientist).',
    );
  return sessionSchema.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
}
