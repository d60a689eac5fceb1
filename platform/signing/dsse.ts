import { createHash, verify } from 'node:crypto';
import { z } from 'zod';
import { mismatch } from '../../domain/errors';
import { publicKeyFrom } from '../ledger/checkpoint';
import type { Signer } from '../ledger/signer';

/** DSSE v1 envelope of an in-toto statement v1, signed with Ed25519 (secure-systems-lab/dsse, in-toto/attestation). */
export const envelopeSchema = z.strictObject({
  payloadType: z.literal('application/vnd.in-toto+json'),
  payload: z.base64(),
  signatures: z.array(z.strictObject({ keyid: z.string(), sig: z.base64() })).min(1),
});
export type Envelope = z.infer<typeof envelopeSchema>;

const statementSchema = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  subject: z.tuple([z.object({ name: z.string(), digest: z.object({ sha256: z.string() }) })]),
  predicateType: z.string(),
  predicate: z.unknown(),
});
export type Statement = z.infer<typeof statementSchema>;

export const keyId = (raw: Uint8Array): string => createHash('sha256').update(raw).digest('hex').slice(0, 16);

/** The signed bytes: "DSSEv1" with the lengths, so that no two (type, payload) pairs give the same bytes. */
const preAuth = (type: string, payload: Buffer): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${payload.length} `), payload]);

export async function signStatement(statement: Statement, signer: Signer): Promise<Envelope> {
  const payloadType = 'application/vnd.in-toto+json';
  const payload = Buffer.from(JSON.stringify(statement));
  const sig = (await signer.sign(preAuth(payloadType, payload))).toString('base64');
  return { payloadType, payload: payload.toString('base64'), signatures: [{ keyid: keyId(signer.publicKey), sig }] };
}

/**
 * Verifies that an envelope is signed by one of the pinned keys. @returns the statement in it
 * @throws UtplukkError ContentMismatch naming what is wrong: shape, unknown key, forged signature
 */
export function verifyEnvelope(raw: unknown, keys: readonly Uint8Array[]): Statement {
  const parsed = envelopeSchema.safeParse(raw);
  if (!parsed.success)
    throw mismatch('this is not a signed statement', 'Expected a DSSE envelope with an in-toto payload.');
  const { payloadType, payload, signatures } = parsed.data;
  const bytes = Buffer.from(payload, 'base64');
  const known = signatures.flatMap(({ keyid, sig }) =>
    keys.filter((key) => keyId(key) === keyid).map((key) => ({ key, sig })),
  );
  if (known.length === 0)
    throw mismatch(
      `the statement is signed by ${signatures.map((s) => s.keyid).join(', ')}, a key that is not trusted here`,
      'Check UTPLUKK_TRUST.',
    );
  if (
    !known.some(({ key, sig }) =>
      verify(null, preAuth(payloadType, bytes), publicKeyFrom(key), Buffer.from(sig, 'base64')),
    )
  )
    throw mismatch('the signature of the statement is forged or its content was changed');
  return statementSchema.parse(JSON.parse(bytes.toString('utf8')));
}

/**
 * Digest that names an envelope. The signature makes the content unguessable, so the digest reveals nothing about
 * people.
 */
export const envelopeDigest = (envelope: Envelope): string =>
  createHash('sha256')
    .update(`${envelope.payload}.${envelope.signatures.map(({ sig }) => sig).join('.')}`)
    .digest('hex');
