/** Bytes that a UTF-8 character may lack at the end of a chunk. */
const MAX_PARTIAL = 3;

/** Bytes of a character at the end that goes on in the next chunk. */
export function partialLength(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(MAX_PARTIAL, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    if (byte < 0x80) return 0;
    if (byte >= 0xc0) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0;
  }
  return 0;
}
