import fs from 'node:fs';
import { z } from 'zod';
import { UtplukkError } from '../../domain/errors';

/**
 * The keys that this installation trusts, pinned outside the database: the notary's public keys, and each identity
 * provider's signing keys with the clients whose tokens are accepted. The operator maintains the file; the demo writes
 * its own at the first start.
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
export type TrustedKeysFile = z.infer<typeof trustSchema>;

export interface Trust {
  readonly notaryKeys: readonly Buffer[];
  readonly issuers: TrustedKeysFile['issuers'];
}

/** @throws UtplukkError EngineMissing if the file does not exist or is not valid */
export function readTrustedKeys(file: string): Trust {
  if (!fs.existsSync(file))
    throw new UtplukkError(
      'EngineMissing',
      `${file} does not exist: no signature can be verified`,
      'Set UTPLUKK_TRUST to the file of pinned keys; `npm start` writes one for the demo.',
    );
  const parsed = trustSchema.safeParse(JSON.parse(fs.readFileSync(file, 'utf8')));
  if (!parsed.success)
    throw new UtplukkError(
      'EngineMissing',
      `${file}: ${z.prettifyError(parsed.error)}`,
      'docs/explanation/trust.md shows its shape.',
    );
  return { notaryKeys: parsed.data.notaryKeys.map((key) => Buffer.from(key, 'base64')), issuers: parsed.data.issuers };
}
