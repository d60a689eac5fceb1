// The demo's OpenID provider: a real one (oidc-provider), with named demo users and service accounts. It is a process
// of its own, and it refuses to run in production, where OIDC_ISSUER names the organisation's own provider.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const AUDIENCE = 'urn:utplukk:api';
const SCOPE = 'act';
const ACCESS_TOKEN_SECONDS = 3600;

/** Synthetic people, one or more for each role. The role list of the product stands in domain/rules/roles.ts. */
const USERS = {
  kari: { name: 'Kari (data scientist)', roles: ['data-scientist'] },
  ola: { name: 'Ola (approver)', roles: ['approver', 'reviewer'] },
  ingrid: { name: 'Ingrid (approver)', roles: ['approver'] },
  per: { name: 'Per (control leader)', roles: ['control-leader'] },
  siri: { name: 'Siri (control leader)', roles: ['control-leader'] },
  nils: { name: 'Nils (caseworker)', roles: ['caseworker'] },
  anne: { name: 'Anne (auditor)', roles: ['auditor'] },
  liv: { name: 'Liv (privacy officer)', roles: ['privacy-officer'] },
  knut: { name: 'Knut (analyst)', roles: ['analyst'] },
  admin: { name: 'Admin', roles: ['admin'] },
};
const SERVICES = { 'service-schedule': ['schedule'], 'service-loader': ['loader'] };

if (process.env.NODE_ENV === 'production') {
  process.stderr.write('The demo OpenID provider does not run with NODE_ENV=production. Set OIDC_ISSUER to your own provider.\n');
  process.exit(1);
}
const issuer = process.env.OIDC_ISSUER;
const home = process.env.UTPLUKK_HOME;
if (!issuer || !home) {
  process.stderr.write('The demo OpenID provider needs OIDC_ISSUER and UTPLUKK_HOME.\n');
  process.exit(1);
}

/** Made once, kept beside the other state of the demo, readable by its owner only. */
async function once(file, make) {
  const full = path.join(home, file);
  if (!fs.existsSync(full)) fs.writeFileSync(full, JSON.stringify(await make()), { mode: 0o600 });
  return JSON.parse(fs.readFileSync(full, 'utf8'));
}
const secret = () => randomBytes(24).toString('base64url');
const keys = await once('identity-keys.json', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return { jwk: { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: secret().slice(0, 8) }, cookie: secret() };
});
const services = await once('identity-services.json', () => Object.fromEntries(Object.keys(SERVICES).map((id) => [id, secret()])));

const provider = new Provider(issuer, {
  jwks: { keys: [keys.jwk] },
  cookies: { keys: [keys.cookie] },
  clients: [
    {
      client_id: 'utplukk-cli',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback'],
      id_token_signed_response_alg: 'ES256',
    },
    ...Object.keys(SERVICES).map((id) => ({
      client_id: id,
      client_secret: services[id],
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: 'ES256',
    })),
  ],
  pkce: { required: () => true },
  scopes: ['openid', SCOPE],
  ttl: {
    AccessToken: ACCESS_TOKEN_SECONDS,
    ClientCredentials: ACCESS_TOKEN_SECONDS,
    Session: 3600,
    Grant: 3600,
    Interaction: 600,
    IdToken: 3600,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({ scope: SCOPE, audience: AUDIENCE, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
    },
  },
  extraTokenClaims: (_ctx, token) => {
    if (token.kind === 'ClientCredentials') return { roles: SERVICES[token.clientId], principal_kind: 'service', sub: token.clientId };
    return { roles: USERS[token.accountId]?.roles ?? [], principal_kind: 'person' };
  },
  // An ID token that is made for one act carries the roles, for whoever checks it later has nothing else.
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], act: ['roles', 'principal_kind'] },
  findAccount: (_ctx, id) =>
    USERS[id] ? { accountId: id, claims: () => ({ sub: id, roles: USERS[id].roles, principal_kind: 'person' }) } : undefined,
  // Every client here is the product's own, so there is no consent page to show.
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(`openid ${SCOPE}`);
    grant.addResourceScope(AUDIENCE, SCOPE);
    await grant.save();
    return grant;
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

const page = (
  uid,
) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Utplukk demo sign-in</title><h1>Sign in as a demo user</h1><ul>
${Object.entries(USERS)
  .map(([id, user]) => `<li><a href="/interaction/${uid}?as=${id}">${user.name}</a></li>`)
  .join('\n')}</ul></html>`;

provider.use(async (ctx, next) => {
  const match = /^\/interaction\/([\w-]+)$/.exec(ctx.path);
  if (!match) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (details.prompt.name === 'consent') {
    // Asked of native clients each time; the grant itself comes from loadExistingGrant.
    return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { consent: {} }, { mergeWithLastSubmission: true }));
  }
  const user = String(ctx.query.as ?? details.params.login_hint ?? '');
  if (user && !USERS[user]) {
    const result = { error: 'access_denied', error_description: `no demo user "${user}"; there are: ${Object.keys(USERS).join(', ')}` };
    return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
  }
  if (!user) {
    ctx.type = 'html';
    ctx.body = page(match[1]);
    return undefined;
  }
  return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login: { accountId: user } }));
});
provider.listen(Number(process.env.PORT ?? new URL(issuer).port), '127.0.0.1');
