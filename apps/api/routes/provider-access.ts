import { jwtVerify, SignJWT } from 'jose';
import { notAllowed } from '../../../domain/errors';
import type { VerifiedToken } from '../../../platform/auth/tokens';
import { findProvider, type ProviderRow } from '../../../platform/db/read-models/selection';
import type { ApiDeps } from '../deps';
import type { Call } from '../http/route';

/** A provider stays open this long for the person who opened it; then it is opened again, with a purpose. */
const OPEN_SECONDS = 30 * 60;

/** Signed proof that an access was recorded: for one person, one provider and a limited time. */
class Openings {
  constructor(
    readonly key: Uint8Array,
    readonly clock: () => Date,
  ) {}

  async issue(accessId: string, token: VerifiedToken, entity: string): Promise<{ opening: string; until: Date }> {
    const until = new Date(this.clock().getTime() + OPEN_SECONDS * 1000);
    const opening = await new SignJWT({ entity })
      .setProtectedHeader({ alg: 'HS256' })
      .setJti(accessId)
      .setIssuer('utplukk')
      .setSubject(`${token.issuer}|${token.subject}`)
      .setExpirationTime(Math.floor(until.getTime() / 1000))
      .sign(this.key);
    return { opening, until };
  }

  /** @throws UtplukkError NotAllowed for an opening of another person or provider, an expired or a forged one */
  async verify(opening: string, token: VerifiedToken, entity: string): Promise<void> {
    try {
      const { payload } = await jwtVerify(opening, this.key, {
        algorithms: ['HS256'],
        issuer: 'utplukk',
        subject: `${token.issuer}|${token.subject}`,
        currentDate: this.clock(),
      });
      if (payload['entity'] === entity) return;
    } catch {
      // Every reason to fail gets the same answer, below.
    }
    throw notAllowed(
      'the provider is not open for you',
      `Open it with a purpose: POST /v1/providers/${entity}/openings.`,
    );
  }
}

export const openingsOf = ({ sessions, clock }: ApiDeps) => new Openings(sessions.key, clock);

type ProviderCall<Q> = Pick<Call<{ provider: string }, Q, unknown>, 'params' | 'query' | 'groups' | 'principal'>;

/** @throws UtplukkError NotFound, NotAllowed outside the caller's provider groups */
export async function providerInScope(
  { params, groups }: Pick<ProviderCall<unknown>, 'params' | 'groups'>,
  { db }: ApiDeps,
): Promise<ProviderRow> {
  const row = await findProvider(db, params.provider);
  if (groups && !groups.includes(row.group))
    throw notAllowed('this provider is outside the provider groups of your team', 'A control leader can open it.');
  return row;
}

/** The provider of a request that carries a valid opening. */
export async function openedProvider(call: ProviderCall<{ opening: string }>, deps: ApiDeps): Promise<ProviderRow> {
  const row = await providerInScope(call, deps);
  await openingsOf(deps).verify(call.query.opening, call.principal.token, row.entity);
  return row;
}
