import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { invalid } from '../../../domain/errors';

const KEY_BYTES = 32;
/** A session ends after this long without a request; it never outlives the access token of its sign-in. */
export const IDLE_SECONDS = 30 * 60;
const RENEW_AFTER_SECONDS = 60;
export const FLOW_SECONDS = 600;
export const STEP_UP_SECONDS = 300;

/**
 * The key that encrypts cookies: from the environment where several API processes share it, else made once and kept.
 * @throws UtplukkError InvalidInput for a key of another length
 */
export function sessionKey(home: string, configured: string | undefined): Uint8Array {
  if (configured !== undefined) {
    const key = Buffer.from(configured, 'base64');
    if (key.length !== KEY_BYTES)
      throw invalid(`UTPLUKK_SESSION_KEY holds ${key.length} bytes`, `Give ${KEY_BYTES} bytes in base64.`);
    return key;
  }
  const file = path.join(home, 'session.key');
  try {
    fs.writeFileSync(file, randomBytes(KEY_BYTES), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return fs.readFileSync(file);
}

const person = z.object({
  issuer: z.string(),
  subject: z.string(),
  kind: z.enum(['person', 'service']),
  roles: z.array(z.string()),
  tokenId: z.string(),
  tokenSha256: z.string(),
  expires: z.number(),
  providerGroups: z.array(z.string()).optional(),
  caseworker: z.string().optional(),
});
const sessionSchema = z.object({ person, csrf: z.string(), issued: z.number() });
export type Session = z.infer<typeof sessionSchema>;
const flowSchema = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  returnTo: z.string(),
  subject: z.string().optional(),
});
/** A sign-in in progress; `subject` is the person who has to confirm an action, undefined for a new session. */
export type Flow = z.infer<typeof flowSchema>;
/** The ID token of a step-up sign-in, and the nonce that binds it to one action. */
const stepUpSchema = z.object({ nonce: z.string(), idToken: z.string() });
export type StepUp = z.infer<typeof stepUpSchema>;

const COOKIES = {
  session: { name: 'utplukk_session', path: '/', schema: sessionSchema },
  flow: { name: 'utplukk_flow', path: '/auth', schema: flowSchema },
  stepUp: { name: 'utplukk_step_up', path: '/v1', schema: stepUpSchema },
} as const;
type Kind = keyof typeof COOKIES;
interface Contents {
  readonly session: Session;
  readonly flow: Flow;
  readonly stepUp: StepUp;
}

/** Sessions as encrypted cookies (JWE, A256GCM): nothing is stored, and any API process with the key can read them. */
export class Sessions {
  constructor(
    readonly key: Uint8Array,
    readonly secure: boolean,
    readonly clock: () => Date,
  ) {}

  #now = (): number => Math.floor(this.clock().getTime() / 1000);

  async put<K extends Kind>(reply: FastifyReply, kind: K, value: Contents[K], seconds: number): Promise<void> {
    const { name, path: at } = COOKIES[kind];
    const encrypted = await new EncryptJWT({ [kind]: value })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(this.#now() + seconds)
      .encrypt(this.key);
    // Lax, because the identity provider redirects from another site; unsafe methods need the CSRF token as well.
    reply.setCookie(name, encrypted, {
      httpOnly: true,
      sameSite: 'lax',
      secure: this.secure,
      path: at,
      maxAge: seconds,
    });
  }

  async get<K extends Kind>(request: FastifyRequest, kind: K): Promise<Contents[K] | undefined> {
    const { name, schema } = COOKIES[kind];
    const encrypted = request.cookies[name];
    if (!encrypted) return undefined;
    try {
      const { payload } = await jwtDecrypt(encrypted, this.key, { currentDate: this.clock() });
      return schema.parse(payload[kind]) as Contents[K];
    } catch {
      return undefined; // forged, expired, or encrypted with an older key: the same as none
    }
  }

  drop(reply: FastifyReply, kind: Kind): void {
    const { name, path: at } = COOKIES[kind];
    reply.clearCookie(name, { path: at });
  }

  /** Starts a session of a person who has signed in. */
  async begin(reply: FastifyReply, who: Session['person']): Promise<Session> {
    const session = { person: who, csrf: randomBytes(24).toString('base64url'), issued: this.#now() };
    await this.put(reply, 'session', session, Math.min(IDLE_SECONDS, who.expires - this.#now()));
    return session;
  }

  /** Extends a session while it is used, up to the end of its access token. */
  async renew(reply: FastifyReply, session: Session): Promise<void> {
    const now = this.#now();
    if (now - session.issued < RENEW_AFTER_SECONDS || session.person.expires <= now) return;
    await this.put(reply, 'session', { ...session, issued: now }, Math.min(IDLE_SECONDS, session.person.expires - now));
  }
}
