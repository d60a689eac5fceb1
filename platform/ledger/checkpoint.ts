import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { mismatch } from '../../domain/errors';

/**
 * A checkpoint states that the ledger of a name had a number of entries with a Merkle root, signed with Ed25519. Its
 * text is a C2SP signed note with a tlog-checkpoint body, so that other tools can verify it.
 */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** UTC instant at which it was signed. */
  readonly at: string;
}

const ED25519 = 1;
const RAW_KEY = 32;

/** The 32 bytes of an Ed25519 public key. */
export const rawPublicKey = (key: KeyObject): Buffer =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).subarray(-RAW_KEY);

const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
export const publicKeyFrom = (raw: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });

const keyHash = (name: string, raw: Uint8Array): Buffer =>
  createHash('sha256').update(`${name}\n`).update(Buffer.of(ED25519)).update(raw).digest().subarray(0, 4);

const bodyOf = ({ origin, size, root, at }: Checkpoint): string =>
  `${origin}\n${size}\n${root.toString('base64')}\nat ${at}\n`;

export async function signCheckpoint(
  checkpoint: Checkpoint,
  signer: { readonly publicKey: Buffer; sign(data: Uint8Array): Promise<Buffer> },
): Promise<string> {
  const body = bodyOf(checkpoint);
  const signature = Buffer.concat([keyHash(checkpoint.origin, signer.publicKey), await signer.sign(Buffer.from(body))]);
  return `${body}\n— ${checkpoint.origin} ${signature.toString('base64')}\n`;
}

/**
 * Reads a checkpoint and checks it against pinned keys.
 * @throws UtplukkError ContentMismatch for another shape, an unknown key, or a forged signature
 */
export function verifyCheckpoint(note: string, keys: readonly Uint8Array[]): Checkpoint {
  const [body, signatures] = note.split('\n\n');
  const [origin = '', size = '', root = '', at = ''] = (body ?? '').split('\n');
  if (!/^\d+$/.test(size) || Buffer.from(root, 'base64').length !== 32 || !at.startsWith('at '))
    throw mismatch(
      'this is not a checkpoint of a ledger',
      'Expected the lines: name, size, root in base64, and a signature.',
    );
  const signed = Buffer.from(`${body}\n`);
  for (const line of (signatures ?? '').split('\n')) {
    const [dash, name, encoded = ''] = line.split(' ');
    const bytes = Buffer.from(encoded, 'base64');
    if (dash !== '—' || name !== origin) continue;
    const key = keys.find((raw) => keyHash(origin, raw).equals(bytes.subarray(0, 4)));
    if (!key) continue;
    if (!verify(null, signed, publicKeyFrom(key), bytes.subarray(4)))
      throw mismatch(
        `the signature of the checkpoint at ${size} entries is forged`,
        'Look for the genuine one in a copy of the anchors.',
      );
    return { origin, size: Number(size), root: Buffer.from(root, 'base64'), at: at.slice(3) };
  }
  throw mismatch(`the checkpoint at ${size} entries is signed by no key that is trusted here`, 'Check UTPLUKK_TRUST.');
}
