import { invalid } from '../../domain/errors';
import { TABLE_LIMITS } from './limits';

const [LF, CR, NUL] = [10, 13, 0];
/** Where the counter stands: at the start of a value, within one, within quotes, after the closing one, after a CR. */
const [START, PLAIN, QUOTED, CLOSED, RETURN] = [0, 1, 2, 3, 4];

/**
 * Counts the records of delimited text byte by byte, and the values of each: an account of the file that does not
 * depend on the reader that loads it. Text is UTF-8, so separators and quotes are single bytes.
 */
export class RecordCounter {
  /** Records, the header among them. */
  records = 0;
  /** Bytes of the header record, once it is complete. */
  header: Buffer | undefined;
  private readonly headerParts: Buffer[] = [];
  private state = START;
  private values = 1;
  private width = 0;
  private length = 0;
  private blank = false;

  /** @param name the file's name, for messages */
  constructor(
    private readonly name: string,
    private readonly separator: string,
    private readonly quote: string,
  ) {}

  /** @throws UtplukkError InvalidInput for a record of another width, a stray quote, or a record that is too long */
  add(bytes: Buffer): void {
    const [separator, quote] = [this.separator.charCodeAt(0), this.quote.charCodeAt(0)];
    let { state, values } = this;
    let since = -this.length;
    for (let i = 0; i < bytes.length; i++) {
      const byte = bytes[i]!;
      if (state === QUOTED) {
        if (byte === quote) state = CLOSED;
      } else if (byte === LF) {
        this.endRecord(values, i - since - (state === RETURN ? 1 : 0), bytes, i);
        [state, values, since] = [START, 1, i + 1];
      } else if (byte === separator && state !== RETURN) {
        values++;
        state = START;
      } else state = this.step(state, byte, quote);
      if (i - since > TABLE_LIMITS.recordBytes) throw this.tooLong();
    }
    [this.state, this.values, this.length] = [state, values, bytes.length - since];
    if (this.header === undefined) this.headerParts.push(Buffer.from(bytes));
  }

  private step(state: number, byte: number, quote: number): number {
    if (state === RETURN) throw this.refuse('has a carriage return without a line feed', 'End lines with CRLF or LF.');
    if (byte === CR) return RETURN;
    if (byte === NUL)
      throw this.refuse('holds a zero byte', 'If the file is UTF-16, say `format: { encoding: utf-16 }`.');
    if (byte === quote) {
      if (state === START || state === CLOSED) return QUOTED;
      throw this.refuse(
        `has a quotation mark ${this.quote} inside a value that does not begin with one`,
        'Put the value in quotation marks and double the one inside, or state another `format.quote`.',
      );
    }
    if (state === CLOSED)
      throw this.refuse('has text after a closing quotation mark', 'Double a quotation mark that is part of a value.');
    return PLAIN;
  }

  private endRecord(values: number, length: number, bytes: Buffer, end: number): void {
    if (length === 0 && values === 1) {
      if (this.records === 0) throw this.refuse('is empty', 'Expected the header with the names of the columns.');
      this.blank = true;
      return;
    }
    if (this.blank)
      throw this.refuse('comes after an empty line', 'Remove empty lines: only the end of the file may have them.');
    this.records++;
    if (this.records === 1) {
      this.width = values;
      this.headerParts.push(bytes.subarray(0, end));
      this.header = Buffer.concat(this.headerParts);
    } else if (values !== this.width) {
      const comma = this.separator === ',' && values > this.width ? ' (a decimal comma?)' : '';
      this.records--;
      throw this.refuse(`has ${values} values, the header ${this.width}${comma}`, 'Correct the line or the separator.');
    }
  }

  /** Closes the last record, which needs no line break. @returns the number of records */
  end(): number {
    if (this.state === QUOTED)
      throw this.refuse('begins a quoted value that never ends', 'Close the quotation mark, or save the file again.');
    if (this.state === RETURN) this.add(Buffer.from('\n'));
    else if (this.length > 0) this.endRecord(this.values, this.length, Buffer.alloc(0), 0);
    if (this.records === 0) throw this.refuse('is empty', 'Expected the header with the names of the columns.');
    return this.records;
  }

  private tooLong() {
    const limit = `${TABLE_LIMITS.recordBytes / 1e6} MB`;
    return this.refuse(`is longer than ${limit}`, 'Expected one record a line; is it a table, and are quotes closed?');
  }

  private refuse(problem: string, advice: string) {
    return invalid(`${this.name}: line ${this.records + 1} ${problem}`, advice);
  }
}

/** The names in a header record. */
export function headerNames(header: Buffer, separator: string, quote: string): string[] {
  const text = header
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r$/, '');
  const names: string[] = [];
  let at = 0;
  while (at <= text.length) {
    if (text[at] !== quote) {
      const end = text.indexOf(separator, at);
      names.push(text.slice(at, end < 0 ? undefined : end));
      at = end < 0 ? text.length + 1 : end + 1;
      continue;
    }
    let end = at + 1;
    while (end < text.length && (text[end] !== quote || text[end + 1] === quote)) end += text[end] === quote ? 2 : 1;
    names.push(text.slice(at + 1, end).replaceAll(quote + quote, quote));
    at = end + 2;
  }
  return names.map((name) => name.trim());
}
