import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type {} from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { z } from 'zod';
import { invalid } from '../../../domain/errors';

const KEY_BYTES = 32;
/** Without a call for this long a session ends; it never outlives the sign-in's token. */
export const IDLE_SECONDS = 30 * 60;
const RENEW_AFTER_SECONDS = 60;
export const FLOW_SECONDS = 600;
export const EVIDENCE_SECONDS = 300;

/** The key that seals cookies: from the environment where several API processes share it, else made once and kept. */
export function sessionKey(home: string, given: string | undefined): Uint8Array {
  if (given !== undefined) {
    const key = Buffer.from(given, 'base64');
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
/** A sign-in under way; `subject` is who has to sign in, where it is for an action. */
export type Flow = z.infer<typeof flowSchema>;
const evidenceSchema = z.object({ nonce: z.string(), idToken: z.string() });
export type HeldEvidence = z.infer<typeof evidenceSchema>;

const COOKIES = {
  session: { name: 'utplukk_session', path: '/', schema: sessionSchema },
  flow: { name: 'utplukk_flow', path: '/auth', schema: flowSchema },
  evidence: { name: 'utplukk_evidence', path: '/v1', schema: evidenceSchema },
} as const;
type Kind = keyof typeof COOKIES;
interface Held {
  readonly session: Session;
  readonly flow: Flow;
  readonly evidence: HeldEvidence;
}

/** Sessions as sealed cookies (JWE, A256GCM): no store to keep, and any API process with the key can open them. */
export class Sessions {
  constructor(
    readonly key: Uint8Array,
    readonly secure: boolean,
    readonly clock: () => Date,
  ) {}

  #now = (): number => Math.floor(this.clock().getTime() / 1000);

  async put<K extends Kind>(reply: FastifyReply, kind: K, value: Held[K], seconds: number): Promise<void> {
    const { name, path: at } = COOKIES[kind];
    const approved = await new EncryptJWT({ [kind]: value })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setExpirationTime(this.#now() + seconds)
      .encrypt(this.key);
    // Lax, for the identity provider sends the browser back from another site; unsafe methods need the token below as well.
    reply.setCookie(name, approved, {
      httpOnly: true,
      sameSite: 'lax',
      secure: this.secure,
      path: at,
      maxAge: seconds,
    });
  }

  async get<K extends Kind>(request: FastifyRequest, kind: K): Promise<Held[K] | undefined> {
    const { name, schema } = COOKIES[kind];
    const approved = request.cookies[name];
    if (!approved) return undefined;
    try {
      const { payload } = await jwtDecrypt(approved, this.key, { currentDate: this.clock() });
      return schema.parse(payload[kind]) as Held[K];
    } catch {
      return undefined; // forged, ended, or sealed with an older key: the same as none
    }
  }

  drop(reply: FastifyReply, kind: Kind): void {
    const { name, path: at } = COOKIES[kind];
    reply.clearCookie(name, { path: at });
  }

  async begin(reply: FastifyReply, who: Session['person']): Promise<Session> {
    const session = { person: who, csrf: randomBytes(24).toString('base64url'), issued: this.#now() };
    await this.put(reply, 'session', session, Math.min(IDLE_SECONDS, who.expires - this.#now()));
    return session;
  }

  /** Puts the end of a session off while it is used, up to the end of its token. */
  async renew(reply: FastifyReply, session: Session): Promise<void> {
    const now = this.#now();
    if (now - session.issued < RENEW_AFTER_SECONDS || session.person.expires <= now) return;
    await this.put(reply, 'session', { ...session, issued: now }, Math.min(IDLE_SECONDS, session.person.expires - now));
  }
}
