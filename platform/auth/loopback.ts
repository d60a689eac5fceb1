import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { notAllowed } from '../../domain/errors';
import { configurationOf, type DevicePrompt, type Provider } from './device';
import { type StepUpTokenOf, SCOPE } from './sign-in';

const WAIT_SECONDS = 600;
const DONE =
  '<!doctype html><meta charset="utf-8"><title>Utplukk</title><p>You can close this page and go back to the terminal.</p>';

/**
 * Signs the same person in again for one action, in a browser on this machine: authorization code with PKCE and the act's
 * nonce, sent back to a port of the loopback address (RFC 8252, 7.3). Who it was is checked by service and notary.
 */
export const evidenceInBrowser =
  (provider: Provider, show: (prompt: DevicePrompt) => void): StepUpTokenOf =>
  async (nonce) => {
    const oidc = await import('openid-client');
    const configuration = await configurationOf(provider.OIDC_ISSUER);
    const [state, verifier] = [oidc.randomState(), oidc.randomPKCECodeVerifier()];
    const { server, redirectUri, answered } = await listen();
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
      const tokens = await oidc.authorizationCodeGrant(configuration, await answered, expected, {
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

/** One answer on a free port of this machine, for as long as it may take. */
async function listen(): Promise<{ server: http.Server; redirectUri: string; answered: Promise<URL> }> {
  const server = http.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const redirectUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const answered = new Promise<URL>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(notAllowed('nobody confirmed in time', 'Run the command again.')),
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
  return { server, redirectUri, answered };
}
