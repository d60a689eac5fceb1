import { isUtf8 } from 'node:buffer';
import { once } from 'node:events';
import fs from 'node:fs';
import { createGunzip } from 'node:zlib';
import { invalid, UtplukkError } from '../../domain/errors';
import type { TableFormat } from '../../domain/import/table-format';
import { TABLE_LIMITS } from './limits';
import { headerNames, RecordCounter } from './record-counter';
import { partialLength } from './utf8';

export interface TextScan {
  readonly header: string[];
  /** Records without the header. */
  readonly records: number;
}
/** A text file as given. */
export interface TextFile {
  readonly path: string;
  /** Its name as the user knows it. */
  readonly name: string;
  readonly gzip: boolean;
}

const CHUNK = 1 << 20;
const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Reads a text file once: checks its encoding, the width of every record, and counts records independently of DuckDB.
 * @param recoded where the text is written as UTF-8 when it has another encoding
 * @throws UtplukkError InvalidInput naming the line, and the setting of `format` that is likely to be meant
 */
export async function scanText(
  file: TextFile,
  format: TableFormat,
  separator: string,
  recoded: string,
): Promise<TextScan> {
  const counter = new RecordCounter(file.name, separator, format.quote);
  const out = format.encoding === 'utf-8' ? undefined : fs.createWriteStream(recoded, { mode: 0o600 });
  const failed = out && new Promise<never>((_, reject) => out.once('error', reject));
  failed?.catch(() => undefined);
  try {
    for await (const text of decoded(file, format, counter)) {
      counter.add(text);
      if (out && !out.write(text)) await Promise.race([once(out, 'drain'), failed]);
    }
    const records = counter.end() - 1;
    if (out) await Promise.race([new Promise<void>((done) => out.end(done)), failed]);
    return { header: headerNames(counter.header!, separator, format.quote), records };
  } catch (error) {
    out?.destroy();
    throw await withHints(error, file, format, separator);
  }
}

/** The file's text as chunks of UTF-8. */
async function* decoded(file: TextFile, { encoding }: TableFormat, counter: RecordCounter): AsyncGenerator<Buffer> {
  if (encoding === 'utf-8') {
    yield* checkedUtf8(bytesOf(file), file, counter);
    return;
  }
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  for await (const bytes of bytesOf(file)) {
    if (encoding === 'latin1') {
      yield Buffer.from(bytes.toString('latin1'));
      continue;
    }
    decoder ??= new TextDecoder(encoding === 'utf-16' ? utf16Of(bytes) : encoding, { fatal: true });
    yield Buffer.from(decodedBy(decoder, bytes, file));
  }
  if (decoder) yield Buffer.from(decodedBy(decoder, undefined, file));
}

const utf16Of = (bytes: Buffer) => (bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-16le');

function decodedBy(decoder: InstanceType<typeof TextDecoder>, bytes: Buffer | undefined, file: TextFile): string {
  try {
    return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
  } catch {
    throw invalid(`${file.name} holds bytes that are no ${decoder.encoding}`, 'State its encoding in the mapping.');
  }
}

async function* checkedUtf8(
  source: AsyncGenerator<Buffer>,
  file: TextFile,
  counter: RecordCounter,
): AsyncGenerator<Buffer> {
  let rest = Buffer.alloc(0);
  let first = true;
  for await (const bytes of source) {
    const marked = first && bytes.subarray(0, BOM.length).equals(BOM);
    const text = marked ? bytes.subarray(BOM.length) : bytes;
    const all = rest.length > 0 ? Buffer.concat([rest, text]) : text;
    first = false;
    const whole = all.subarray(0, all.length - partialLength(all));
    if (!isUtf8(whole)) throw notUtf8(whole, file, counter.records);
    yield whole;
    rest = Buffer.from(all.subarray(whole.length));
  }
  if (rest.length > 0) throw notUtf8(rest, file, counter.records);
}

function notUtf8(bytes: Buffer, file: TextFile, recordsBefore: number): UtplukkError {
  let line = recordsBefore + 1;
  for (let at = 0; at < bytes.length; line++) {
    const end = bytes.indexOf(10, at);
    if (!isUtf8(bytes.subarray(at, end < 0 ? undefined : end))) break;
    if (end < 0) break;
    at = end + 1;
  }
  const utf16 = recordsBefore === 0 && (bytes[0] === 0xff || bytes[0] === 0xfe);
  return invalid(
    `${file.name}: line ${line} holds bytes that are no UTF-8${utf16 ? ' (the file begins as UTF-16 does)' : ''}`,
    `State the encoding: \`format: { encoding: ${utf16 ? 'utf-16' : 'windows-1252'} }\`; ` +
      (utf16 ? '' : 'Norwegian Excel writes windows-1252.'),
  );
}

/** The bytes of the file, unpacked. */
async function* bytesOf({ path, name, gzip }: TextFile): AsyncGenerator<Buffer> {
  const file = fs.createReadStream(path, { highWaterMark: CHUNK });
  const stream = gzip ? file.pipe(createGunzip({ chunkSize: CHUNK })) : file;
  if (gzip) file.once('error', (error) => stream.destroy(error));
  let expanded = 0;
  try {
    for await (const chunk of stream) {
      expanded += (chunk as Buffer).length;
      if (gzip && expanded > Math.max(TABLE_LIMITS.expandedBytes, TABLE_LIMITS.expansion * file.bytesRead))
        throw invalid(
          `${name} unpacks to more than ${TABLE_LIMITS.expansion} times its size`,
          'It is no ordinary table; unpack it yourself, look at it, and give the unpacked file.',
        );
      yield chunk as Buffer;
    }
  } catch (error) {
    if (!gzip || error instanceof UtplukkError) throw error;
    throw invalid(`${name} cannot be unpacked: ${(error as Error).message}`, 'Is it gzip, and was it copied whole?');
  } finally {
    file.destroy();
  }
}

/** The error with what the first bytes of the file say about separator and encoding. */
async function withHints(error: unknown, file: TextFile, format: TableFormat, separator: string): Promise<unknown> {
  if (!(error instanceof UtplukkError) || format.encoding !== 'utf-8') return error;
  const first = await firstBytes(file).catch(() => undefined);
  const hint = first && separatorHint(first, separator);
  return hint
    ? new UtplukkError(error.type, `${error.message}; ${hint.problem}`, `${error.next ?? ''} ${hint.advice}`)
    : error;
}

/** The first megabyte of a text, unpacked; undefined for an empty file. */
export async function firstBytes(file: TextFile): Promise<Buffer | undefined> {
  for await (const bytes of bytesOf(file)) return bytes;
  return undefined;
}

/** What the header says of the separator, if it has none of those stated but several of another one. */
export function separatorHint(
  first: Buffer | string,
  separator: string,
): { problem: string; advice: string } | undefined {
  const header = (typeof first === 'string' ? first : first.toString('latin1')).split('\n')[0]!;
  if (header.includes(separator)) return undefined;
  const [other] = [';', '\t', ',', '|'].filter((sign) => header.split(sign).length > 2);
  if (other === undefined) return undefined;
  const count = header.split(other).length - 1;
  const stated = other === '\t' ? 'tab' : `"${other}"`;
  return {
    problem: `its header has no ${JSON.stringify(separator)}, but ${count} ${JSON.stringify(other)}`,
    advice: `State the separator: \`format: { separator: ${stated} }\`.`,
  };
}
