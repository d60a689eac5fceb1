import { SaxesParser } from 'saxes';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { invalid, UtplukkError } from '../../../domain/errors';
import { TABLE_LIMITS } from '../limits';

/** What is heard of an XML part; names are without their prefix. */
export interface PartListener {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  close(name: string): void;
  text?(text: string): void;
}

/** The parts of a workbook, read as streams: a zip of XML files. */
export class ZipParts {
  private constructor(
    private readonly title: string,
    private readonly zip: ZipFile,
    private readonly entries: ReadonlyMap<string, Entry>,
  ) {}

  /** @throws UtplukkError InvalidInput for a file that is no workbook, such as one with a password */
  static async open(file: string, title: string): Promise<ZipParts> {
    // Sizes are checked while unpacking, so no part is larger than it says.
    const zip = await openPromise(file, { lazyEntries: true, autoClose: false, validateEntrySizes: true }).catch(() => {
      throw unreadable(title);
    });
    try {
      const entries = new Map<string, Entry>();
      for await (const entry of zip.eachEntry()) entries.set(entry.fileName.toLowerCase(), entry);
      return new ZipParts(title, zip, entries);
    } catch {
      zip.close();
      throw unreadable(title);
    }
  }

  close(): void {
    this.zip.close();
  }

  has(name: string): boolean {
    return this.entries.has(name.toLowerCase());
  }

  /**
   * Reads one XML part.
   * @throws UtplukkError InvalidInput for a part that is missing, cut off, no XML, or larger than the limit
   */
  async read(name: string, listener: PartListener): Promise<void> {
    const entry = this.entries.get(name.toLowerCase());
    if (!entry) throw unreadable(this.title, `its part ${name} is missing`);
    if (entry.uncompressedSize > TABLE_LIMITS.partBytes)
      throw invalid(
        `${this.title} unpacks to more than ${TABLE_LIMITS.partBytes / 1e6} MB in one sheet`,
        'It is no ordinary workbook, or a very large one: save the sheet as CSV.',
      );
    const parser = new SaxesParser();
    parser.on('opentag', ({ name: tag, attributes }) => listener.open(local(tag), withoutPrefixes(attributes)));
    parser.on('closetag', ({ name: tag }) => listener.close(local(tag)));
    if (listener.text) {
      // Four handlers and no more: V8 reads a parser with a fifth several times as slowly.
      const heard = (text: string) => listener.text!(text);
      parser.on('text', heard);
      parser.on('cdata', heard);
    }
    try {
      const decoder = new TextDecoder('utf-8', { fatal: true });
      for await (const chunk of await this.zip.openReadStreamPromise(entry))
        parser.write(decoder.decode(chunk as Buffer, { stream: true }));
      parser.write(decoder.decode()).close();
    } catch (error) {
      if (error instanceof UtplukkError) throw error;
      throw unreadable(this.title, `its part ${name} is cut off or no XML`);
    }
  }
}

const local = (name: string) => name.slice(name.indexOf(':') + 1);

function withoutPrefixes(attributes: Readonly<Record<string, string>>): Record<string, string> {
  const plain: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) plain[local(name)] = value;
  return plain;
}

export const unreadable = (title: string, why = 'it is no zip file with a workbook') =>
  invalid(
    `${title} cannot be read as a workbook (.xlsx): ${why}`,
    'Was it copied whole? Save an .xls file, or one with a password, as .xlsx without a password, or as CSV.',
  );
