import { createHash } from 'node:crypto';
import fs from 'node:fs';
import canonicalize from 'canonicalize';

/** Canonical JSON (RFC 8785): equal values give equal text, so its hash identifies the value. @throws TypeError */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('undefined has no canonical JSON');
  return text;
}

export const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex');
export const digestOf = (value: unknown): string => sha256(canonical(value));

export async function sha256File(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of fs.createReadStream(file, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
