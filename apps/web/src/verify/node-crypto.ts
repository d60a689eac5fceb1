import { ed25519 } from '@noble/curves/ed25519.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { Buffer } from 'buffer/';

/**
 * Replacement for node:crypto in the browser: the few primitives that the ledger's verifier uses, by audited libraries
 * in plain JavaScript. The verifier itself is the same source that the server and the command line run.
 */
type Bytes = Uint8Array;
const bytesOf = (data: Bytes | string): Bytes => (typeof data === 'string' ? Buffer.from(data, 'utf8') : data);
const requireSha256 = (algorithm: string) => {
  if (algorithm !== 'sha256') throw new Error(`${algorithm} is not available in the browser; only sha256 is`);
};

export function hash(algorithm: string, data: Bytes | string, output: 'binary'): string {
  requireSha256(algorithm);
  return Buffer.from(sha256(bytesOf(data))).toString(output);
}

export function createHash(algorithm: string) {
  requireSha256(algorithm);
  const state = sha256.create();
  const self = {
    update(data: Bytes | string) {
      state.update(bytesOf(data));
      return self;
    },
    digest: (encoding?: 'hex' | 'base64url') =>
      encoding ? Buffer.from(state.digest()).toString(encoding) : Buffer.from(state.digest()),
  };
  return self;
}

export interface KeyObject {
  readonly raw: Bytes;
  export(options: { type: 'spki'; format: 'der' }): Buffer;
}
const SPKI_BYTES = 44;
const RAW_BYTES = 32;

/**
 * An Ed25519 public key from its SPKI form, whose last 32 bytes are the key.
 * @throws an error for another length than that of an Ed25519 key
 */
export function createPublicKey(key: { key: Bytes; format: 'der'; type: 'spki' } | KeyObject): KeyObject {
  if (!('key' in key)) return key;
  if (key.key.length !== SPKI_BYTES) throw new Error('this is not an Ed25519 public key');
  const der = Buffer.from(key.key);
  return { raw: der.subarray(-RAW_BYTES), export: () => der };
}

export function verify(_algorithm: null, data: Bytes, key: KeyObject, signature: Bytes): boolean {
  try {
    return ed25519.verify(Uint8Array.from(signature), Uint8Array.from(data), Uint8Array.from(key.raw));
  } catch {
    return false;
  }
}
