import type { Configuration } from 'openid-client';
import { notAllowed } from '../../domain/errors';
import type { Env } from '../config/env';
import { CLI_CLIENT, SCOPE, type SignedIn } from './sign-in';

/** The page that a person opens in a browser, and the code to compare there. */
export interface DevicePrompt {
  readonly url: string;
  /** Undefined if the page redirects to this machine by itself. */
  readonly code: string | undefined;
  readonly seconds: number;
}
/** Settings of the identity provider. */
export type OidcSettings = Pick<Env, 'OIDC_ISSUER' | 'OIDC_AUDIENCE'>;

/**
 * Signs a person in from a terminal by the device flow (RFC 8628): the page can be opened on any machine. The flow has
 * no nonce, so it cannot confirm an action (loopback.ts does). Waits until the person has finished.
 */
export async function signInOnDevice(provider: OidcSettings, show: (prompt: DevicePrompt) => void): Promise<SignedIn> {
  const { initiateDeviceAuthorization, pollDeviceAuthorizationGrant, ResponseBodyError } =
    await import('openid-client');
  const configuration = await configurationOf(provider.OIDC_ISSUER);
  const resource = { resource: provider.OIDC_AUDIENCE };
  const authorization = await initiateDeviceAuthorization(configuration, { scope: SCOPE, ...resource });
  show({
    url: authorization.verification_uri_complete ?? authorization.verification_uri,
    code: authorization.user_code,
    seconds: authorization.expires_in,
  });
  try {
    const tokens = await pollDeviceAuthorizationGrant(configuration, authorization, resource);
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

/** Discovers the provider's configuration, for the CLI as its client. */
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
