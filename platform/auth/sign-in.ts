import { createHash, randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { notAllowed } from '../../domain/errors';
import { type Env, type ServiceAccount, serviceSecret, sessionFile } from '../config/env';

const tokenResponse = z.object({ access_token: z.string(), expires_in: z.number() });
const CLIENT = 'utplukk-cli';
const REDIRECT = 'http://127.0.0.1/callback';
const SCOPE = 'openid act';

async function token(issuer: string, form: Record<string, string>, authorization?: string): Promise<string> {
  const response = await fetch(`${issuer}/token`, {
    method: 'POST',
    headers: authorization ? { authorization } : {},
    body: new URLSearchParams(form),
    signal: AbortSignal.timeout(10_000),
  });
  const body: unknown = await response.json();
  if (!response.ok) throw notAllowed(`the identity provider gave no token: ${JSON.stringify(body)}`);
  return tokenResponse.parse(body).access_token;
}

/**
 * Signs a demo user in by the authorization-code flow with PKCE (RFC 7636), following the provider's redirects as a
 * browser would; the demo provider takes the user from `login_hint`.
 * @returns an access token for the product's API
 */
export async function signInAsDemoUser(issuer: string, audience: string, user: string): Promise<string> {
  const verifier = randomBytes(32).toString('base64url');
  const state = randomBytes(12).toString('base64url');
  const start = new URL(`${issuer}/auth`);
  start.search = new URLSearchParams({
    client_id: CLIENT,
    response_type: 'code',
    redirect_uri: REDIRECT,
    scope: SCOPE,
    resource: audience,
    state,
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
      throw notAllowed(`the identity provider answered ${response.status} without going on: ${(await response.text()).slice(0, 200)}`);
    url = new URL(location, url);
    if (!url.href.startsWith(REDIRECT)) continue;
    const problem = url.searchParams.get('error');
    if (problem) throw notAllowed(`sign-in as "${user}" was refused: ${url.searchParams.get('error_description') ?? problem}`);
    if (url.searchParams.get('state') !== state)
      throw notAllowed('the answer of the identity provider belongs to another sign-in (state differs)');
    return token(issuer, {
      grant_type: 'authorization_code',
      client_id: CLIENT,
      code: url.searchParams.get('code') ?? '',
      redirect_uri: REDIRECT,
      code_verifier: verifier,
      resource: audience,
    });
  }
  throw notAllowed('the identity provider redirected in a circle');
}

/** A service account's token (client credentials). */
export async function signInAsService(env: Env, service: ServiceAccount): Promise<string> {
  const basic = Buffer.from(`${service}:${serviceSecret(env, service)}`).toString('base64');
  return token(env.OIDC_ISSUER, { grant_type: 'client_credentials', scope: 'act', resource: env.OIDC_AUDIENCE }, `Basic ${basic}`);
}

export function saveSession(user: string, accessToken: string): void {
  const file = sessionFile();
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  fs.writeFileSync(file, JSON.stringify({ user, accessToken }), { mode: 0o600 });
}

export function loadSession(): string {
  const file = sessionFile();
  if (!fs.existsSync(file)) throw notAllowed('nobody is signed in', 'Run `npx utplukk login --as kari` (data scientist) first.');
  return z.object({ accessToken: z.string() }).parse(JSON.parse(fs.readFileSync(file, 'utf8'))).accessToken;
}
