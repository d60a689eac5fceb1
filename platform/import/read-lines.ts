import fs from 'node:fs';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;

/**
 * Reads the lines of a UTF-8 file, one mebibyte at a time. Node's readline would read a thousand lines ahead of a slow
 * consumer, and a line here may be the settlement of a large practice.
 */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  const line = (last: Buffer): string => {
    const whole = pieces.length > 0 ? Buffer.concat([...pieces, last]) : last;
    pieces = [];
    const text = whole.toString('utf8');
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  for await (const chunk of fs.createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, at)) {
      yield line(chunk.subarray(at, end));
      at = end + 1;
    }
    if (at < chunk.length) pieces.push(chunk.subarray(at));
  }
  if (pieces.length > 0) yield line(Buffer.alloc(0));
}
