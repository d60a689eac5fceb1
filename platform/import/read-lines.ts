import fs from 'node:fs';
import { invalid } from '../../domain/errors';

const CHUNK_BYTES = 1 << 20;
const NEWLINE = 10;
/** Longest document in bytes; a text of JavaScript cannot be much longer than half a gibibyte. */
const LONGEST = 256 << 20;

function tooLong(file: string, what: string): Error {
  return invalid(
    `${file}: ${what} is longer than ${LONGEST >> 20} MiB`,
    'Write one document a line (.ndjson), and one claim message a document.',
  );
}

/** Stands for a line whose bytes are not UTF-8: letters would be lost, and two names become one. It is no JSON. */
export const NOT_UTF8 = '\uFFFD not UTF-8';

/** @returns the text without a byte order mark, or `NOT_UTF8` */
function textOf(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return NOT_UTF8;
  }
}
const UTF8 = new TextDecoder('utf-8', { fatal: true });

/** The one document of a file, as an only line; `NOT_UTF8` where it is in another encoding. */
export async function* wholeOf(file: string): AsyncGenerator<string> {
  if ((await fs.promises.stat(file)).size > LONGEST) throw tooLong(file, 'the document');
  yield textOf(await fs.promises.readFile(file));
}

/**
 * Reads the lines of a UTF-8 file, one mebibyte at a time. Node's readline would read a thousand lines ahead of a slow
 * consumer, and a line here may be the settlement of a large practice. A line in another encoding comes as `NOT_UTF8`.
 */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let pieces: Buffer[] = [];
  const line = (last: Buffer): string => {
    const whole = pieces.length > 0 ? Buffer.concat([...pieces, last]) : last;
    pieces = [];
    const text = textOf(whole);
    return text.endsWith('\r') ? text.slice(0, -1) : text;
  };
  for await (const chunk of fs.createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    let at = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, at)) {
      yield line(chunk.subarray(at, end));
      at = end + 1;
    }
    if (at < chunk.length) pieces.push(chunk.subarray(at));
    if (pieces.length > LONGEST / CHUNK_BYTES) throw tooLong(file, 'a line');
  }
  if (pieces.length > 0) yield line(Buffer.alloc(0));
}
