import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { signInAsDemoUser, signInAsService } from '../../platform/auth/sign-in';
import { tokenVerifier } from '../../platform/auth/tokens';
import { startAuditedAction } from '../../platform/auth/audit-context';
import { testDatabase, type TestDatabase, tokenOf } from '../support/environment';

let t: TestDatabase;
beforeAll(async () => {
  t = await testDatabase();
});
afterAll(() => t.close());

const verify = (over: { issuer?: string; audience?: string } = {}) =>
  tokenVerifier({ issuer: t.env.OIDC_ISSUER, audience: t.env.OIDC_AUDIENCE, ...over });

test('a demo user and a service account sign in for real', async () => {
  expect(await tokenOf(t.env, 'ola')).toMatchObject({
    subject: 'ola',
    kind: 'person',
    roles: ['approver', 'reviewer'],
  });
  const service = await verify()(await signInAsService(t.env, 'service-schedule'));
  expect(service).toMatchObject({ subject: 'service-schedule', kind: 'service', roles: ['schedule'] });
  await expect(signInAsDemoUser(t.env.OIDC_ISSUER, t.env.OIDC_AUDIENCE, 'nobody')).rejects.toThrow(
    /no demo user "nobody"/,
  );
});

test('forged, expired, unsigned and foreign tokens are refused', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const make = (issuer: string) =>
    new SignJWT({ roles: ['approver'], jti: 'x' })
      .setProtectedHeader({ alg: 'ES256', kid: 'x' })
      .setSubject('ola')
      .setIssuer(issuer)
      .setAudience(t.env.OIDC_AUDIENCE)
      .setIssuedAt();
  await expect(verify()(await make(t.env.OIDC_ISSUER).setExpirationTime('1h').sign(privateKey))).rejects.toThrow(
    /refused/,
  );
  const real = (await signInAsDemoUser(t.env.OIDC_ISSUER, t.env.OIDC_AUDIENCE, 'ola')).accessToken;
  const [head = '', body = '', signature = ''] = real.split('.');
  const changed = Buffer.from(Buffer.from(body, 'base64url').toString().replace('"ola"', '"kari"')).toString(
    'base64url',
  );
  await expect(verify()(`${head}.${changed}.${signature}`)).rejects.toThrow(/refused/);
  await expect(verify()(`${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`)).rejects.toThrow(/refused/);
  await expect(verify({ audience: 'urn:other' })(real)).rejects.toThrow(/refused.*aud/);
  await expect(verify()('not a token')).rejects.toThrow(/refused/);
  expect(await exportJWK(privateKey)).toHaveProperty('d');
});

test('an action needs its role, and names the roles that may', async () => {
  const nils = await tokenOf(t.env, 'nils');
  await expect(t.db.transaction((tx) => startAuditedAction(tx, nils, 'promotion.approve', 'x'))).rejects.toThrow(
    /nils has the role caseworker; "promotion.approve" needs one of: approver/,
  );
  const admin = await tokenOf(t.env, 'admin');
  await expect(t.db.transaction((tx) => startAuditedAction(tx, admin, 'list.sign-off', 'x'))).rejects.toThrow(
    /needs one of: control-leader/,
  );
});
