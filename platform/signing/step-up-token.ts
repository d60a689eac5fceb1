import { createHash } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { notAllowed } from '../../domain/errors';
import { canonical } from '../artifacts/hash';
import type { Trust } from './trusted-keys';

/** What a step-up sign-in confirms: one action, on one version, in one slot, about one request. */
export interface Binding {
  readonly permission: 'promotion.request' | 'promotion.approve' | 'promotion.refuse' | 'version.revoke';
  readonly slot: string;
  readonly versionId: string;
  readonly requestId: string;
}

/** The OpenID nonce of a sign-in for one action: a token with this nonce is valid for no other action. */
export const nonceOf = (binding: Binding): string =>
  createHash('sha256').update(canonical(binding)).digest('base64url');

/** A person as an identity provider identifies them. */
export interface Person {
  readonly issuer: string;
  readonly subject: string;
  readonly roles: readonly string[];
}
export const personKey = ({ issuer, subject }: Pick<Person, 'issuer' | 'subject'>): string => `${issuer}|${subject}`;

const claims = z.object({
  iss: z.string(),
  sub: z.string().min(1),
  nonce: z.string(),
  iat: z.number(),
  roles: z.array(z.string()).default([]),
  principal_kind: z.literal('person').default('person'),
});
const ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'];
/** Largest age of a sign-in for an action; clocks may differ a little. */
export const MAX_AGE_SECONDS = 600;
const CLOCK_TOLERANCE = 30;

/**
 * Verifies an ID token against pinned keys as of `at`: signature, issuer, audience, nonce and age.
 * @throws UtplukkError NotAllowed with a message for each reason
 */
export async function verifyStepUpToken(idToken: string, binding: Binding, trust: Trust, at: Date): Promise<Person> {
  const issuer = trust.issuers.find((known) => known.issuer === unverifiedIssuer(idToken));
  if (!issuer)
    throw notAllowed('the token comes from an identity provider that is not pinned here', 'Check UTPLUKK_TRUST.');
  const payload = await verified(idToken, issuer, at);
  const claim = claims.safeParse(payload);
  if (!claim.success)
    throw notAllowed(
      "the token does not say which action it was made for, or is not a person's",
      'Sign in for the action itself.',
    );
  if (claim.data.nonce !== nonceOf(binding))
    throw notAllowed(
      `the token was made for another action than ${binding.permission} of this version and request`,
      'Sign in anew for this action.',
    );
  const age = at.getTime() / 1000 - claim.data.iat;
  if (age > MAX_AGE_SECONDS || age < -CLOCK_TOLERANCE)
    throw notAllowed(
      `the sign-in for this action is ${Math.round(age)} s old; at most ${MAX_AGE_SECONDS} s are accepted`,
      'Sign in anew for this action.',
    );
  return { issuer: claim.data.iss, subject: claim.data.sub, roles: claim.data.roles };
}

function unverifiedIssuer(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    throw notAllowed('this is not a token', 'Expected the ID token of a sign-in for this action.');
  }
}

async function verified(token: string, issuer: Trust['issuers'][number], at: Date): Promise<unknown> {
  const keys = createLocalJWKSet(issuer.jwks);
  const options = {
    issuer: issuer.issuer,
    audience: issuer.audiences,
    algorithms: ALGORITHMS,
    currentDate: at,
    clockTolerance: CLOCK_TOLERANCE,
  };
  try {
    return (await jwtVerify(token, keys, options)).payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired)
      throw notAllowed('the token had expired when it was used', 'Sign in anew for this action.');
    if (error instanceof errors.JWKSNoMatchingKey)
      throw notAllowed('the token is signed by a key that is not pinned here', 'Check UTPLUKK_TRUST.');
    if (error instanceof errors.JWSSignatureVerificationFailed) throw notAllowed("the token's signature is forged");
    if (error instanceof errors.JOSEError) throw notAllowed(`the token was refused: ${error.message}`);
    throw error;
  }
}
