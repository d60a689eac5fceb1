import { isUtf8 } from 'node:buffer';
import type { TableFormat } from '../../domain/import/table-format';
import { partialLength } from './utf8';
import { firstBytes, type TextFile } from './scan-text';

/** Lines whose number of values is compared. */
const LINES = 50;
const SEPARATORS = [',', ';', 'tab', '|'] as const;
type Guess = Pick<TableFormat, 'encoding'> & { readonly separator: (typeof SEPARATORS)[number] };

/** Encoding and separator that the beginning of a text looks like; only ever a suggestion for a mapping. */
export async function guessFormat(file: TextFile): Promise<Guess> {
  const bytes = (await firstBytes(file)) ?? Buffer.alloc(0);
  const encoding = encodingOf(bytes);
  const text = new TextDecoder(encoding === 'utf-16' && bytes[0] === 0xfe ? 'utf-16be' : nameOf(encoding)).decode(
    bytes,
  );
  return { encoding, separator: separatorOf(text) };
}

const nameOf = (encoding: TableFormat['encoding']) => (encoding === 'utf-16' ? 'utf-16le' : encoding);

function encodingOf(bytes: Buffer): 'utf-8' | 'utf-16' | 'windows-1252' {
  const marked = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (marked || bytes.subarray(0, 200).includes(0)) return 'utf-16';
  return isUtf8(bytes.subarray(0, bytes.length - partialLength(bytes))) ? 'utf-8' : 'windows-1252';
}

/** The sign that divides the first lines into the same number of values, the largest one if several do. */
function separatorOf(text: string): Guess['separator'] {
  const lines = text.split(/\r?\n/).slice(0, LINES + 1);
  // The last line may be cut off by the end of the chunk.
  const whole = (lines.length > 1 ? lines.slice(0, -1) : lines).map((line) => line.replaceAll(/"[^"]*"/g, ''));
  const widths = SEPARATORS.map((separator) => {
    const sign = separator === 'tab' ? '\t' : separator;
    const [header = 0, ...others] = whole.map((line) => line.split(sign).length);
    const even = others.every((width, i) => width === header || whole[i + 1] === '');
    return { separator, header, rank: header > 1 ? (even ? 1e6 : 0) + header : 0 };
  });
  return widths.reduce((best, one) => (one.rank > best.rank ? one : best)).separator;
}
