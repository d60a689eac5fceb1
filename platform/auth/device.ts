import type { Configuration } from 'openid-client';
import { notAllowed } from '../../domain/errors';
import type { Env } from '../config/env';
import { CLI_CLIENT, SCOPE, type SignedIn } from './sign-in';

/** Where a person goes with a browser, and the code that they compare there. */
export interface DevicePrompt {
  readonly url: string;
  /** None where the page comes back to this machine by itself. */
  readonly code: string | undefined;
  readonly seconds: number;
}
export type Provider = Pick<Env, 'OIDC_ISSUER' | 'OIDC_AUDIENCE'>;

/**
 * Signs a person in from a terminal by the device flow (RFC 8628): the page may be opened on any machine. The flow has no
 * nonce, so it signs in and cannot confirm an action (loopback.ts does). Waits until the person is done.
 */
export async function signInOnDevice(provider: Provider, show: (prompt: DevicePrompt) => void): Promise<SignedIn> {
  const { initiateDeviceAuthorization, pollDeviceAuthorizationGrant, ResponseBodyError } =
    await import('openid-client');
  const configuration = await configurationOf(provider.OIDC_ISSUER);
  const resource = { resource: provider.OIDC_AUDIENCE };
  const asked = await initiateDeviceAuthorization(configuration, { scope: SCOPE, ...resource });
  show({
    url: asked.verification_uri_complete ?? asked.verification_uri,
    code: asked.user_code,
    seconds: asked.expires_in,
  });
  try {
    const tokens = await pollDeviceAuthorizationGrant(configuration, asked, resource);
    return { accessToken: tokens.access_token, idToken: tokens.id_token };
  } catch (error) {
    if (error instanceof ResponseBodyError)
      throw notAllowed(
        `the sign-in was not completed: ${error.error_description ?? error.error}`,
        'Run the command again.',
      );
    throw error;
  }
}

/** The provider as it describes itself, for the client of terminals. */
export async function configurationOf(issuer: string): Promise<Configuration> {
  const { allowInsecureRequests, discovery, None } = await import('openid-client');
  return discovery(
    new URL(issuer),
    CLI_CLIENT,
    {},
    None(),
    issuer.startsWith('http:') ? { execute: [allowInsecureRequests] } : {},
  );
}
