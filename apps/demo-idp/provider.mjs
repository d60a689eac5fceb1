// The demo's OpenID provider: a real one (oidc-provider), with named demo users and service accounts. It is a process
// of its own, and it refuses to run in production, where OIDC_ISSUER names the organisation's own provider.
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

const AUDIENCE = 'urn:utplukk:api';
const SCOPE = 'action';
const ACCESS_TOKEN_SECONDS = 3600;
const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
const WEB = 'utplukk-web';

/** Synthetic people, one or more for each role of domain/rules/roles.ts. */
const USERS = {
  kari: { name: 'Kari (data scientist)', roles: ['data-scientist'] },
  mona: { name: 'Mona (data scientist and approver)', roles: ['data-scientist', 'approver'] },
  ola: { name: 'Ola (approver)', roles: ['approver', 'reviewer'] },
  ingrid: { name: 'Ingrid (approver)', roles: ['approver'] },
  per: { name: 'Per (control leader)', roles: ['control-leader'] },
  siri: { name: 'Siri (control leader)', roles: ['control-leader'] },
  nils: {
    name: 'Nils (caseworker)',
    roles: ['caseworker'],
    groups: ['FALE', 'FALO', 'LEVA', 'FYNO'],
    caseworker: 'team-1',
  },
  anne: { name: 'Anne (auditor)', roles: ['auditor'] },
  liv: { name: 'Liv (privacy officer)', roles: ['privacy-officer'] },
  knut: { name: 'Knut (analyst)', roles: ['analyst'] },
  admin: { name: 'Admin', roles: ['admin'] },
};
/**
 * Claims about a person: roles, and for caseworkers the provider groups of the team and its name in the case system.
 */
const claimsOf = (id) => {
  const { roles, groups, caseworker } = USERS[id] ?? { roles: [] };
  return {
    roles,
    principal_kind: 'person',
    ...(groups ? { provider_groups: groups } : {}),
    ...(caseworker ? { caseworker } : {}),
  };
};
const SERVICES = { 'service-schedule': ['schedule'], 'service-loader': ['loader'] };

if (process.env.NODE_ENV === 'production') {
  process.stderr.write(
    'The demo OpenID provider does not run with NODE_ENV=production. Set OIDC_ISSUER to your own provider.\n',
  );
  process.exit(1);
}
const issuer = process.env.OIDC_ISSUER;
const home = process.env.UTPLUKK_HOME;
if (!issuer || !home) {
  process.stderr.write('The demo OpenID provider needs OIDC_ISSUER and UTPLUKK_HOME.\n');
  process.exit(1);
}

/** Made once and kept with the other state of the demo, readable by its owner only. */
async function once(file, make) {
  const full = path.join(home, file);
  if (!fs.existsSync(full)) fs.writeFileSync(full, JSON.stringify(await make()), { mode: 0o600 });
  return JSON.parse(fs.readFileSync(full, 'utf8'));
}
const secret = () => randomBytes(24).toString('base64url');
const keys = await once('identity-keys.json', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  return {
    jwk: { ...(await exportJWK(privateKey)), use: 'sig', alg: 'ES256', kid: secret().slice(0, 8) },
    cookie: secret(),
  };
});
const services = await once('identity-services.json', () =>
  Object.fromEntries(Object.keys(SERVICES).map((id) => [id, secret()])),
);

const provider = new Provider(issuer, {
  jwks: { keys: [keys.jwk] },
  cookies: { keys: [keys.cookie] },
  clients: [
    {
      client_id: 'utplukk-cli',
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', DEVICE_GRANT],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/callback'],
      id_token_signed_response_alg: 'ES256',
    },
    {
      // Loopback addresses of any port: the API takes the first free one.
      client_id: WEB,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code'],
      response_types: ['code'],
      redirect_uris: ['http://127.0.0.1/auth/callback'],
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
    DeviceCode: 600,
    IdToken: 3600,
  },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    deviceFlow: {
      enabled: true,
      mask: '****-****',
      userCodeInputSource: (ctx, form, _out, error) => {
        ctx.body = html('Utplukk sign-in on another device', [
          error ? '<p role="alert">That code is unknown or has expired.</p>' : '',
          '<p>Type the code that the terminal shows.</p>',
          form,
          '<button type="submit" form="op.deviceInputForm">Continue</button>',
        ]);
      },
      userCodeConfirmSource: (ctx, form, _client, _info, code) => {
        ctx.body = html('Utplukk sign-in on another device', [
          '<p>Does the terminal show this code?</p>',
          `<p><strong>${code}</strong></p>`,
          form,
          '<button autofocus type="submit" form="op.deviceConfirmForm">Yes, continue</button>',
        ]);
      },
      successSource: (ctx) => {
        ctx.body = html('Signed in', ['<p>You can close this page and go back to the terminal.</p>']);
      },
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => AUDIENCE,
      useGrantedResource: () => true,
      getResourceServerInfo: () => ({
        scope: SCOPE,
        audience: AUDIENCE,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  extraTokenClaims: (_ctx, token) => {
    if (token.kind === 'ClientCredentials')
      return { roles: SERVICES[token.clientId], principal_kind: 'service', sub: token.clientId };
    return claimsOf(token.accountId);
  },
  // The ID token of a step-up sign-in carries the roles: whoever verifies it later has nothing else.
  conformIdTokenClaims: false,
  claims: { openid: ['sub'], action: ['roles', 'principal_kind', 'provider_groups', 'caseworker'] },
  findAccount: (_ctx, id) => (USERS[id] ? { accountId: id, claims: () => ({ sub: id, ...claimsOf(id) }) } : undefined),
  // Every client is the product's own, so no consent page is shown.
  loadExistingGrant: async (ctx) => {
    const grant = new provider.Grant({ clientId: ctx.oidc.client.clientId, accountId: ctx.oidc.session.accountId });
    grant.addOIDCScope(`openid ${SCOPE}`);
    grant.addResourceScope(AUDIENCE, SCOPE);
    await grant.save();
    return grant;
  },
  interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
});

const STYLE = [
  'body{font-family:system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem;line-height:1.5}',
  'li{margin:.25rem 0}',
  'a,button{display:inline-block;padding:.5rem .75rem;font:inherit}',
].join('');

function html(title, body) {
  return [
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    `<title>${title}</title>`,
    `<style>${STYLE}</style>`,
    `<h1>${title}</h1>`,
    ...body,
    '</html>',
  ].join('\n');
}

/** A step-up sign-in offers the person who has to confirm, and nobody else. */
function page(uid, hint) {
  const people = Object.entries(USERS).filter(([id]) => !USERS[hint] || id === hint);
  const links = people.map(([id, user]) => `<li><a href="/interaction/${uid}?as=${id}">${user.name}</a></li>`);
  return USERS[hint]
    ? html('Confirm', ['<p>Confirm that it is you who does this.</p>', '<ul>', ...links, '</ul>'])
    : html('Sign in as a demo user', [
        '<p>These people do not exist. A real installation signs in with its own identity provider.</p>',
        '<ul>',
        ...links,
        '</ul>',
      ]);
}

provider.use(async (ctx, next) => {
  const match = /^\/interaction\/([\w-]+)$/.exec(ctx.path);
  if (!match) return next();
  const details = await provider.interactionDetails(ctx.req, ctx.res);
  if (details.prompt.name === 'consent') {
    // The provider prompts native clients each time; the grant itself comes from loadExistingGrant.
    return ctx.redirect(
      await provider.interactionResult(ctx.req, ctx.res, { consent: {} }, { mergeWithLastSubmission: true }),
    );
  }
  // A terminal follows redirects without a person, so it names its demo user; in a browser the person chooses.
  const hint = String(details.params.login_hint ?? '');
  const user = String(ctx.query.as ?? (details.params.client_id === WEB ? '' : hint));
  if (user && !USERS[user]) {
    const result = {
      error: 'access_denied',
      error_description: `no demo user "${user}"; there are: ${Object.keys(USERS).join(', ')}`,
    };
    return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
  }
  if (!user) {
    ctx.type = 'html';
    ctx.body = page(match[1], hint);
    return undefined;
  }
  return ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, { login: { accountId: user } }));
});
provider.listen(Number(process.env.PORT ?? new URL(issuer).port), '127.0.0.1');
