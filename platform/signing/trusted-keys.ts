import fs from 'node:fs';
import { z } from 'zod';
import { UtplukkError } from '../../domain/errors';

/**
 * Whom this installation believes, pinned outside the database: the notary's public keys, and each identity provider's
 * signing keys with the clients whose tokens count. The file is the operator's; the demo's is written at its first start.
 */
const trustSchema = z.strictObject({
  /** Ed25519 public keys, 32 bytes in base64. Old ones stay, so that what they signed still verifies. */
  notaryKeys: z.array(z.base64()).min(1),
  issuers: z
    .array(
      z.strictObject({
        issuer: z.url(),
        audiences: z.array(z.string()).min(1),
        jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string() })).min(1) }),
      }),
    )
    .min(1),
});
export type TrustFile = z.infer<typeof trustSchema>;

export interface Trust {
  readonly notaryKeys: readonly Buffer[];
  readonly issuers: TrustFile['issuers'];
}

/** @throws UtplukkError EngineMissing naming the file, where there is none or it has another shape */
export function readTrust(file: string): Trust {
  if (!fs.existsSync(file))
    throw new UtplukkError(
      'EngineMissing',
      `${file} does not exist: nobody's signature can be believed`,
      'Set UTPLUKK_TRUST to the file of pinned keys; `npm start` writes one for the demo.',
    );
  const parsed = trustSchema.safeParse(JSON.parse(fs.readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new UtplukkError(
      'EngineMissing',
      `${file}: ${z.prettifyError(parsed.error)}`,
      'docs/trust.md shows its shape.',
    );
  return { notaryKeys: parsed.data.notaryKeys.map((key) => Buffer.from(key, 'base64')), issuers: parsed.data.issuers };
}
