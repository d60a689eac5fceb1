import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { notAllowed } from '../../domain/errors';
import { configurationOf, type DevicePrompt, type OidcSettings } from './device';
import { type StepUpTokenSource, SCOPE } from './sign-in';

const WAIT_SECONDS = 600;
const DONE =
  '<!doctype html><meta charset="utf-8"><title>Utplukk</title><p>You can close this page and go back to the ' +
  'terminal.</p>';

/**
 * Signs the same person in again for one action, in a browser on this machine: authorization code with PKCE and the
 * nonce of the action, redirected to a port of the loopback address (RFC 8252, 7.3). Service and notary check who it
 * was.
 */
export const stepUpTokenInBrowser =
  (provider: OidcSettings, show: (prompt: DevicePrompt) => void): StepUpTokenSource =>
  async (nonce) => {
    const oidc = await import('openid-client');
    const configuration = await configurationOf(provider.OIDC_ISSUER);
    const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()];
    const { server, redirectUri, redirected } = await listen();
    try {
      const url = oidc.buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: SCOPE,
        resource: provider.OIDC_AUDIENCE,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        prompt: 'login',
      });
      show({ url: url.href, code: undefined, seconds: WAIT_SECONDS });
      const expected = {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      };
      const tokens = await oidc.authorizationCodeGrant(configuration, await redirected, expected, {
        resource: provider.OIDC_AUDIENCE,
      });
      return tokens.id_token!;
    } catch (error) {
      if (error instanceof oidc.AuthorizationResponseError || error instanceof oidc.ResponseBodyError)
        throw notAllowed(
          `the action was not confirmed: ${error.error_description ?? error.error}`,
          'Run the command again.',
        );
      throw error;
    } finally {
      server.close();
    }
  };

/** Listens on a free port of this machine for one redirect. */
async function listen(): Promise<{ server: http.Server; redirectUri: string; redirected: Promise<URL> }> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const redirected = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(notAllowed('the action was not confirmed in time', 'Run the command again.')),
      WAIT_SECONDS * 1000,
    );
    server.on('request', (request, response) => {
      const url = new URL(request.url ?? '/', redirectUri);
      const ours = url.pathname === '/callback';
      response
        .writeHead(ours ? 200 : 404, { 'content-type': 'text/html; charset=utf-8', connection: 'close' })
        .end(ours ? DONE : '');
      if (!ours) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
  return { server, redirectUri, redirected };
}
