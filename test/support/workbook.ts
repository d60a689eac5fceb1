import { crc32, deflateRawSync } from 'node:zlib';

const utf8 = (text: string) => Buffer.from(text, 'utf8');

/** A zip file of these texts. @param stated sizes that the directory claims instead of the true ones */
export function zipOf(parts: Readonly<Record<string, string>>, stated: Readonly<Record<string, number>> = {}): Buffer {
  const [files, directory]: [Buffer[], Buffer[]] = [[], []];
  let offset = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [raw, packed] = [utf8(text), deflateRawSync(utf8(text))];
    const sizes = Buffer.alloc(16);
    sizes.writeUInt32LE(crc32(raw), 0);
    sizes.writeUInt32LE(packed.length, 4);
    sizes.writeUInt32LE(stated[name] ?? raw.length, 8);
    sizes.writeUInt16LE(utf8(name).length, 12);
    const version = Buffer.from([20, 0, 0, 8, 8, 0, 0, 0, 0x21, 0]);
    files.push(Buffer.from([0x50, 0x4b, 3, 4]), version, sizes, utf8(name), packed);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), version, sizes, tail, utf8(name));
    offset += 30 + utf8(name).length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  const count = Object.keys(parts).length;
  end.writeUInt16LE(count, 8);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, ...directory, end]);
}

/** A cell: a text, a number, a number with a style of `STYLES`, or the XML of the cell behind its address. */
export type Cell = string | number | null | { n: number | string; style: number } | { xml: string };
/** Styles of the workbook by index: none, a day, a day and time, a time, an id with zeros before it. */
export const STYLES = { day: 1, dateTime: 2, time: 3, zeros: 4, ownDay: 5 } as const;

const OTHER_PARTS = '<Relationship Id="s" Target="styles.xml"/><Relationship Id="t" Target="/xl/sharedStrings.xml"/>';

const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const letters = (i: number): string =>
  (i >= 26 ? letters(Math.floor(i / 26) - 1) : '') + String.fromCharCode(65 + (i % 26));

function cellXml(cell: Cell, at: string, strings: string[]): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return `<c r="${at}"><v>${cell}</v></c>`;
  if (typeof cell === 'string') return `<c r="${at}" t="s"><v>${strings.push(cell) - 1}</v></c>`;
  if ('xml' in cell) return `<c r="${at}" ${cell.xml}</c>`;
  return `<c r="${at}" s="${cell.style}"><v>${cell.n}</v></c>`;
}

/** A workbook (.xlsx) as Excel writes one: sheets by name, each a list of rows. */
export function workbookOf(
  sheets: Readonly<Record<string, readonly (readonly Cell[])[]>>,
  {
    from1904 = false,
    after = '',
    stated = {},
  }: { from1904?: boolean; after?: string; stated?: Record<string, number> } = {},
): Buffer {
  const strings: string[] = [];
  const names = Object.keys(sheets);
  const parts: Record<string, string> = {
    'xl/workbook.xml': `<workbook xmlns:r="r"><workbookPr${from1904 ? ' date1904="1"' : ''}/><sheets>${names
      .map((name, i) => `<sheet name="${escaped(name)}" sheetId="${i + 1}" r:id="rId${i + 1}"/>`)
      .join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships>${names
      .map((_, i) => `<Relationship Id="rId${i + 1}" Target="worksheets/sheet${i + 1}.xml"/>`)
      .join('')}${OTHER_PARTS}</Relationships>`,
    'xl/styles.xml': `<styleSheet><numFmts><numFmt numFmtId="164" formatCode="0000"/>
      <numFmt numFmtId="165" formatCode="[$-414]d.\\ mmm\\ yyyy;@"/></numFmts>
      <cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>
      <cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="22"/><xf numFmtId="21"/><xf numFmtId="164"/>
      <xf numFmtId="165"/></cellXfs></styleSheet>`,
  };
  Object.values(sheets).forEach((rows, i) => {
    const body = rows.map((row, r) => {
      const cells = row.map((cell, c) => cellXml(cell, `${letters(c)}${r + 1}`, strings));
      return row.length === 0 ? '' : `<row r="${r + 1}">${cells.join('')}</row>`;
    });
    parts[`xl/worksheets/sheet${i + 1}.xml`] = `<worksheet><sheetData>${body.join('')}</sheetData>${after}</worksheet>`;
  });
  const shared = strings.map((text) => `<si><t xml:space="preserve">${escaped(text)}</t><rPh><t>said</t></rPh></si>`);
  parts['xl/sharedStrings.xml'] = `<?xml version="1.0" encoding="UTF-8"?>\n<sst>${shared.join('')}</sst>`;
  return zipOf(parts, stated);
}
