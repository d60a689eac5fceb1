import net from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { type TestProduct, testProduct } from '../support/environment';
import { bearerOf, type TestApi, testApi } from '../support/api';

let t: TestProduct;
let api: TestApi;
beforeAll(async () => {
  t = await testProduct();
  api = await testApi(t);
});
afterAll(async () => {
  await api.stop();
  await t.close();
});

test('tokens that are forged, expired, of another issuer or unsigned are refused', async () => {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const make = (issuer: string, expires: string) =>
    new SignJWT({ roles: ['auditor'], jti: 'x' })
      .setProtectedHeader({ alg: 'ES256', kid: 'x' })
      .setSubject('anne')
      .setIssuer(issuer)
      .setAudience(t.env.OIDC_AUDIENCE)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(privateKey);
  const real = await bearerOf(t, 'anne');
  const [, body = ''] = real.split('.');
  const tokens = [
    await make(t.env.OIDC_ISSUER, '1h'),
    await make(t.env.OIDC_ISSUER, '-1h'),
    await make('https://elsewhere.example', '1h'),
    `${Buffer.from('{"alg":"none"}').toString('base64url')}.${body}.`,
    `${real.slice(0, -4)}AAAA`,
    'x',
  ];
  for (const token of tokens)
    expect(await api.call(undefined, 'GET', '/v1/me', undefined, { authorization: `Bearer ${token}` })).toMatchObject({
      status: 401,
      body: { code: 'SignInNeeded' },
    });
  expect(await exportJWK(privateKey)).toHaveProperty('d');
  expect(await api.call('anne', 'GET', '/v1/me')).toMatchObject({
    status: 200,
    body: { subject: 'anne', roles: ['auditor'], csrf: null },
  });
});

test('responses carry an ETag, and an unchanged one is answered with 304', async () => {
  const first = await api.call('anne', 'GET', '/v1/features');
  const tag = first.headers.get('etag')!;
  expect(tag).toMatch(/^W\/|^"/);
  expect(await api.call('anne', 'GET', '/v1/features', undefined, { 'if-none-match': tag })).toMatchObject({
    status: 304,
  });
  expect(first.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(first.headers.get('x-content-type-options')).toBe('nosniff');
});

test('calls without a valid token are rate-limited too', async () => {
  const limited = await testApi(t);
  const statuses: number[] = [];
  for (let n = 0; n < 13; n++)
    statuses.push(
      ...(await Promise.all(
        Array.from(
          { length: 50 },
          async (_, i) =>
            (await limited.call(undefined, 'GET', '/v1/me', undefined, { authorization: `Bearer guess-${n}-${i}` }))
              .status,
        ),
      )),
    );
  expect(statuses.filter((status) => status === 401)).toHaveLength(600);
  expect(statuses.filter((status) => status === 429)).toHaveLength(50);
  expect((await limited.call('anne', 'GET', '/v1/me')).status).toBe(200);
  await limited.stop();
});

test('a request that is not HTTP gets problem details like every other error', async () => {
  const { hostname, port } = new URL(api.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = net.connect(Number(port), hostname, () =>
      socket.write('GET /v1/me HTTP/1.1\r\nhost: x\r\nauthorization: \x01\r\n\r\n'),
    );
    let text = '';
    socket.on('data', (data: Buffer) => (text += data.toString()));
    socket.once('close', () => resolve(text));
    socket.once('error', reject);
  });
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  expect(head).toMatch(/^HTTP\/1.1 400 [\s\S]*application\/problem\+json/);
  expect(JSON.parse(body)).toMatchObject({ type: 'about:blank', status: 400, code: 'InvalidInput' });
});

test('the rate limit is per principal', async () => {
  const slow = await testApi(t, { UTPLUKK_RATE_LIMIT: '10' });
  const statuses = await Promise.all(
    Array.from({ length: 14 }, async () => (await slow.call('anne', 'GET', '/v1/me')).status),
  );
  expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  expect((await slow.call('liv', 'GET', '/v1/me')).status).toBe(200);
  await slow.stop();
});

test('X-Forwarded-For counts from a trusted proxy only', async () => {
  const refused = async (extra: Record<string, string>) => {
    const api = await testApi(t, extra);
    let tooMany = 0;
    for (let n = 0; n < 13; n++) {
      const calls = Array.from({ length: 50 }, (_, i) =>
        api.call(undefined, 'GET', '/v1/me', undefined, {
          'x-forwarded-for': `192.0.2.${(n * 50 + i) % 250}`,
          authorization: 'Bearer guess',
        }),
      );
      tooMany += (await Promise.all(calls)).filter(({ status }) => status === 429).length;
    }
    await api.stop();
    return tooMany;
  };
  expect(await refused({ UTPLUKK_TRUST_PROXY: '127.0.0.0/8,::1' })).toBe(0);
  expect(await refused({})).toBe(50);
  await expect(testApi(t, { UTPLUKK_TRUST_PROXY: 'everybody' })).rejects.toThrow(
    /UTPLUKK_TRUST_PROXY[\s\S]*expected addresses or ranges/,
  );
});
