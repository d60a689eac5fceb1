import { createPrivateKey, generateKeyPairSync, sign } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { rawPublicKey } from './checkpoint';

/** Signs with Ed25519. The key may be in a file, a hardware module or a cloud service. */
export interface Signer {
  /** 32 bytes. */
  readonly publicKey: Buffer;
  sign(data: Uint8Array): Promise<Buffer>;
}

/** A signer with its key in a file that only its owner can read; the file is created at the first start. */
export function fileSigner(file: string): Signer {
  if (!fs.existsSync(file)) {
    fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    fs.writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' });
  }
  const key = createPrivateKey(fs.readFileSync(file));
  return { publicKey: rawPublicKey(key), sign: (data) => Promise.resolve(sign(null, data, key)) };
}
