import fs from 'node:fs';
import { invalid } from '../../../domain/errors';

/** Bytes at the start of a document in which its encoding is looked for. */
const HEAD_BYTES = 400;
const ENCODINGS: Readonly<Record<string, string>> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'iso-8859-1': 'windows-1252',
  latin1: 'windows-1252',
  'windows-1252': 'windows-1252',
  'utf-16': 'utf-16le',
};

/** Encoding of a document by its byte order mark, else by its declaration; UTF-8 without either. */
function encodingOf(head: Buffer): string | undefined {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const declared = /^[^<]*<\?xml[^>]*encoding\s*=\s*["']([\w.-]+)["']/.exec(head.toString('latin1', 0, HEAD_BYTES));
  return declared ? ENCODINGS[declared[1]!.toLowerCase()] : 'utf-8';
}

/** Text of a whole document; undefined when its encoding is not known or its bytes do not fit it. */
export function decodeXml(bytes: Buffer): string | undefined {
  const encoding = encodingOf(bytes);
  if (encoding === undefined) return undefined;
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const CHUNK_BYTES = 1 << 18;

/**
 * Text of a file in pieces. Several documents in a file share the encoding of the first.
 * @throws UtplukkError InvalidInput for an encoding that is not known, or bytes that do not fit it
 */
export async function* textPieces(file: string): AsyncGenerator<string> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let encoding: string | undefined;
  const decode = (bytes?: Buffer): string => {
    try {
      return bytes ? decoder!.decode(bytes, { stream: true }) : (decoder?.decode() ?? '');
    } catch {
      throw invalid(
        `${file} is not ${encoding}`,
        'Declare the encoding in the first line, or write the file as UTF-8.',
      );
    }
  };
  for await (const chunk of fs.createReadStream(file, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>) {
    if (!decoder) {
      encoding = encodingOf(chunk);
      if (encoding === undefined)
        throw invalid(
          `${file} declares an encoding that is not read`,
          'Write it as UTF-8, UTF-16, ISO-8859-1 or Windows-1252.',
        );
      decoder = new TextDecoder(encoding, { fatal: true });
    }
    yield decode(chunk);
  }
  yield decode();
}
