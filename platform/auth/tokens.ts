import { createHash } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  errors,
  type JSONWebKeySet,
  jwtVerify,
  type JWTVerifyGetKey,
} from 'jose';
import { z } from 'zod';
import { notAllowed } from '../../domain/errors';

/** An access token whose issuer, audience, signature and expiry were verified. */
export interface VerifiedToken {
  readonly issuer: string;
  readonly subject: string;
  readonly kind: 'person' | 'service';
  readonly roles: readonly string[];
  readonly tokenId: string;
  readonly tokenSha256: string;
  /** Expiry in seconds since 1970. */
  readonly expires: number;
  /** Provider groups of the person's team; undefined if the identity provider gives none. */
  readonly providerGroups?: readonly string[] | undefined;
  /** The person's id in the case system, by which their own cases are recognized. */
  readonly caseworker?: string | undefined;
}

const claims = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  roles: z.array(z.string()).default([]),
  principal_kind: z.enum(['person', 'service']).default('person'),
  exp: z.number(),
  provider_groups: z.array(z.string()).optional(),
  caseworker: z.string().optional(),
});
/** Only asymmetric algorithms: `none` and shared secrets are refused. */
const ALGORITHMS = ['ES256', 'ES384', 'EdDSA', 'RS256', 'PS256'];

export type TokenVerifier = (token: string) => Promise<VerifiedToken>;

/** @param pinned keys to use instead of those that the issuer publishes; nothing is fetched then */
export function tokenVerifier({
  issuer,
  audience,
  pinned,
}: {
  issuer: string;
  audience: string;
  pinned?: JSONWebKeySet;
}): TokenVerifier {
  let keys: JWTVerifyGetKey | undefined = pinned && createLocalJWKSet(pinned);
  return async (token) => {
    keys ??= createRemoteJWKSet(await jwksUri(issuer));
    try {
      const { payload } = await jwtVerify(token, keys, { issuer, audience, algorithms: ALGORITHMS });
      const claim = claims.parse(payload);
      return {
        issuer,
        subject: claim.sub,
        kind: claim.principal_kind,
        roles: claim.roles,
        tokenId: claim.jti,
        tokenSha256: createHash('sha256').update(token).digest('hex'),
        expires: claim.exp,
        providerGroups: claim.provider_groups,
        caseworker: claim.caseworker,
      };
    } catch (error) {
      if (error instanceof errors.JWTExpired)
        throw notAllowed('the sign-in has expired', 'Run `utplukk login --as <user>` again.');
      if (error instanceof errors.JOSEError || error instanceof z.ZodError) {
        throw notAllowed(`the token was refused: ${error.message}`, 'Sign in with `utplukk login --as <user>`.');
      }
      throw error;
    }
  };
}

/** The signing keys that an issuer publishes now, for pinning. */
export async function jwksOf(issuer: string): Promise<{ keys: { kty: string }[] }> {
  const response = await fetch(await jwksUri(issuer), { signal: AbortSignal.timeout(10_000) });
  return z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }).parse(await response.json());
}

async function jwksUri(issuer: string): Promise<URL> {
  const response = await fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(10_000) });
  const document = z.object({ issuer: z.literal(issuer), jwks_uri: z.url() }).parse(await response.json());
  return new URL(document.jwks_uri);
}
