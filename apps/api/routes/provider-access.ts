import { jwtVerify, SignJWT } from 'jose';
import { notAllowed } from '../../../domain/errors';
import type { VerifiedToken } from '../../../platform/auth/tokens';

/** A provider stays open for the one who opened it this long; then it is opened again, with its purpose. */
export const OPEN_SECONDS = 30 * 60;

/** Signed proof that a look-up is on record: for one person, one provider, and a while. */
export class Openings {
  constructor(
    readonly key: Uint8Array,
    readonly clock: () => Date,
  ) {}

  async make(accessId: string, token: VerifiedToken, entity: string): Promise<{ opening: string; until: Date }> {
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

  /** @throws UtplukkError NotAllowed for another person's, another provider's, an ended or a forged opening */
  async check(opening: string, token: VerifiedToken, entity: string): Promise<void> {
    try {
      const { payload } = await jwtVerify(opening, this.key, {
        algorithms: ['HS256'],
        issuer: 'utplukk',
        subject: `${token.issuer}|${token.subject}`,
        currentDate: this.clock(),
      });
      if (payload['entity'] === entity) return;
    } catch {
      // said below, for every way to fail
    }
    throw notAllowed(
      'the provider is not open for you',
      `Open it with a purpose: POST /v1/providers/${entity}/openings.`,
    );
  }
}
