import path from 'node:path';
import { invalid } from '../../../domain/errors';
import { unreadable, type ZipParts } from './zip-parts';

/** What a number means by the format of its cell; `digits` are those of an id that is shown with zeros before it. */
export type NumberStyle = 'number' | 'day' | 'time' | { readonly digits: number };

export interface Workbook {
  /** Part of the sheet that is read. */
  readonly sheet: string;
  /** Days are counted from 1904, as Excel for Mac did. */
  readonly from1904: boolean;
  readonly styles: readonly NumberStyle[];
  readonly strings: readonly string[];
}

/**
 * What a sheet's cells refer to.
 * @param wanted name of the sheet; without one, the workbook must have one visible sheet
 * @throws UtplukkError InvalidInput naming the sheets where it is not plain which one is meant
 */
export async function readWorkbook(parts: ZipParts, title: string, wanted: string | undefined): Promise<Workbook> {
  const sheets: { name: string; id: string; hidden: boolean }[] = [];
  let from1904 = false;
  await parts.read('xl/workbook.xml', {
    open(name, { name: sheet = '', id = '', state, date1904 }) {
      if (name === 'sheet') sheets.push({ name: sheet, id, hidden: state !== undefined && state !== 'visible' });
      if (name === 'workbookPr') from1904 = date1904 === '1' || date1904 === 'true';
    },
    close: () => undefined,
  });
  const targets = new Map<string, string>();
  await parts.read('xl/_rels/workbook.xml.rels', {
    open(_, { Id = '', Target = '' }) {
      targets.set(Id, Target.startsWith('/') ? Target.slice(1) : path.posix.join('xl', Target));
    },
    close: () => undefined,
  });
  const sheet = targets.get(chosen(sheets, title, wanted).id);
  if (sheet === undefined) throw unreadable(title, 'the part of the sheet is missing');
  const part = (name: string) => [...targets.values()].find((target) => target.endsWith(name));
  return {
    sheet,
    from1904,
    styles: await readStyles(parts, part('styles.xml')),
    strings: await readStrings(parts, part('sharedStrings.xml')),
  };
}

function chosen<T extends { readonly name: string; readonly hidden: boolean }>(
  sheets: readonly T[],
  title: string,
  wanted: string | undefined,
): T {
  const named = sheets.map(({ name }) => name).join(', ');
  const found = sheets.filter(({ name, hidden }) => (wanted === undefined ? !hidden : name === wanted));
  if (found.length === 1) return found[0]!;
  throw wanted === undefined
    ? invalid(
        `${title} has ${found.length} visible sheets: ${named}`,
        `State the one to read: \`format: { sheet: ${found[0]?.name ?? '…'} }\`.`,
      )
    : invalid(`${title} has no sheet called ${wanted}; it has: ${named}`, 'Correct `format.sheet`.');
}

/** Formats that every workbook has; the others stand in it. */
const BUILT_IN = (id: number): NumberStyle => {
  if ((id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return 'day';
  return (id >= 18 && id <= 21) || (id >= 45 && id <= 47) ? 'time' : 'number';
};

/** What a format of Excel, such as `dd.mm.yyyy` or `[$-414]d. mmm yy`, makes of a number. */
export function styleOf(code: string): NumberStyle {
  const signs = code
    .split(';')[0]!
    .replace(/"[^"]*"|\\.|_.|\*.|\[(?!h+\]|m+\]|s+\])[^\]]*\]/gi, '')
    .toLowerCase();
  if (signs.includes('general')) return 'number';
  if (/[yd]/.test(signs)) return 'day';
  if (/[hs]/.test(signs)) return 'time';
  if (signs.includes('m')) return 'day';
  return /^0{2,}$/.test(signs) ? { digits: signs.length } : 'number';
}

async function readStyles(parts: ZipParts, part: string | undefined): Promise<NumberStyle[]> {
  const own = new Map<number, NumberStyle>();
  const styles: NumberStyle[] = [];
  if (part === undefined || !parts.has(part)) return styles;
  let inCells = false;
  await parts.read(part, {
    open(name, { numFmtId = '0', formatCode = '' }) {
      if (name === 'numFmt') own.set(Number(numFmtId), styleOf(formatCode));
      else if (name === 'cellXfs') inCells = true;
      else if (name === 'xf' && inCells) styles.push(own.get(Number(numFmtId)) ?? BUILT_IN(Number(numFmtId)));
    },
    close(name) {
      if (name === 'cellXfs') inCells = false;
    },
  });
  return styles;
}

async function readStrings(parts: ZipParts, part: string | undefined): Promise<string[]> {
  const strings: string[] = [];
  if (part === undefined || !parts.has(part)) return strings;
  const item = new RichText();
  await parts.read(part, {
    open: (name) => item.open(name),
    close(name) {
      item.close(name);
      if (name === 'si') strings.push(item.take());
    },
    text: (text) => item.text(text),
  });
  return strings;
}

/** Text that may be in pieces of different looks; hints of how to say it (`rPh`) are no part of it. */
export class RichText {
  private value = '';
  private inText = false;
  private inHint = false;

  open(name: string): void {
    if (name === 't') this.inText = true;
    else if (name === 'rPh') this.inHint = true;
  }

  close(name: string): void {
    if (name === 't') this.inText = false;
    else if (name === 'rPh') this.inHint = false;
  }

  text(text: string): void {
    if (this.inText && !this.inHint) this.value += text;
  }

  take(): string {
    const taken = unescaped(this.value);
    this.value = '';
    return taken;
  }
}

/** Excel writes signs that XML cannot have as `_x000D_`. */
export const unescaped = (text: string): string =>
  text.replace(/_x([0-9A-Fa-f]{4})_/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
