import fs from 'node:fs';
import { invalid } from '../../../domain/errors';
import type { TableFormat } from '../../../domain/import/table-format';
import { TABLE_LIMITS } from '../limits';
import type { TextScan } from '../scan-text';
import { isoText, numberText } from './cell-text';
import { readWorkbook, RichText, unescaped, type Workbook } from './workbook';
import { type PartListener, ZipParts } from './zip-parts';

/** Bytes that are collected before they are written. */
const WRITE = 1 << 20;

/**
 * Writes one sheet of a workbook as comma-separated UTF-8 in which every value is quoted. Days and numbers are written
 * as `format` states, so that all readers share one grammar. The error of a formula stays its text, which they refuse.
 * @throws UtplukkError InvalidInput naming the cell or the sheet that cannot be read for certain
 */
export async function writeSheet(file: string, title: string, format: TableFormat, out: string): Promise<TextScan> {
  const parts = await ZipParts.open(file, title);
  const target = fs.openSync(out, 'w', 0o600);
  try {
    const workbook = await readWorkbook(parts, title, format.sheet);
    const sheet = new SheetReader(title, workbook, format, target);
    await parts.read(workbook.sheet, sheet);
    return sheet.end();
  } finally {
    fs.closeSync(target);
    parts.close();
  }
}

class SheetReader implements PartListener {
  private header: string[] | undefined;
  private records = 0;
  private row: string[] = [];
  private rowNo = 0;
  private blankRow = 0;
  private column = -1;
  private type = 'n';
  private style = 0;
  private value: string | undefined;
  private inValue = false;
  private hasFormula = false;
  private inline: RichText | undefined;
  private buffer: string[] = [];
  private buffered = 0;

  constructor(
    private readonly title: string,
    private readonly workbook: Workbook,
    private readonly format: TableFormat,
    private readonly target: number,
  ) {}

  open(name: string, attributes: Readonly<Record<string, string>>): void {
    this.inline?.open(name);
    if (name === 'c') this.openCell(attributes);
    else if (name === 'v') this.openValue();
    else if (name === 'f') this.hasFormula = true;
    else if (name === 'is') this.inline = new RichText();
    else if (name === 'row') this.openRow(attributes['r']);
    else if (name === 'mergeCell')
      throw this.refuse(`the merged cells ${attributes['ref'] ?? ''}`, 'Undo the merge: one value stands for several.');
  }

  text(text: string): void {
    this.inline?.text(text);
    if (this.inValue) this.value = (this.value ?? '') + text;
  }

  close(name: string): void {
    this.inline?.close(name);
    if (name === 'v') this.inValue = false;
    else if (name === 'is') {
      this.value = this.inline?.take() ?? '';
      this.inline = undefined;
    } else if (name === 'c') this.closeCell();
    else if (name === 'row') this.closeRow();
  }

  private openRow(no: string | undefined): void {
    const rowNo = no === undefined ? this.rowNo + 1 : Number(no);
    if (!(rowNo > this.rowNo))
      throw this.refuse(`row ${no ?? ''} after row ${this.rowNo}`, 'Save it again with Excel.');
    if (rowNo > this.rowNo + 1) this.blankRow = rowNo - 1;
    [this.rowNo, this.row, this.column] = [rowNo, [], -1];
  }

  private openCell({ r, t = 'n', s = '0' }: Readonly<Record<string, string>>): void {
    this.column = r === undefined ? this.column + 1 : this.columnOf(r);
    if (this.column > TABLE_LIMITS.columns)
      throw this.refuse(`more than ${TABLE_LIMITS.columns} columns`, 'Leave columns out that are not needed.');
    [this.type, this.style, this.value, this.hasFormula] = [t, Number(s), undefined, false];
  }

  /** Column of a cell of this row, such as `AB12`, from 0. */
  private columnOf(cell: string): number {
    const [, letters, row] = /^([A-Z]{1,3})([1-9]\d*)$/.exec(cell) ?? [];
    if (letters === undefined || Number(row) !== this.rowNo)
      throw this.refuse(`a cell called ${cell.slice(0, 20)} in row ${this.rowNo}`, 'Save it again with Excel.');
    let column = 0;
    for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
    if (this.row[column - 1] !== undefined) throw this.refuse(`two cells ${cell}`, 'Save it again with Excel.');
    return column - 1;
  }

  private openValue(): void {
    this.inValue = true;
    // An empty result of a formula that gives text is an empty text; of another formula it was never worked out.
    if (this.type === 'str') this.value ??= '';
  }

  private closeCell(): void {
    if (this.value === undefined && this.hasFormula)
      throw this.refuse(
        `a formula without its result in ${nameOf(this.column)}${this.rowNo}`,
        'Open it in Excel and save it, so that the results are stored.',
      );
    this.row[this.column] = this.value === undefined ? '' : this.textOf(this.value);
  }

  private textOf(value: string): string {
    switch (this.type) {
      case 's': {
        const text = this.workbook.strings[Number(value)];
        if (text === undefined)
          throw this.refuse(`no text for ${nameOf(this.column)}${this.rowNo}`, 'Was it copied whole?');
        return text;
      }
      case 'b':
        return value === '1' ? 'true' : 'false';
      case 'd':
        return isoText(value, this.format.date);
      case 'n':
        return numberText(value, this.workbook.styles[this.style] ?? 'number', {
          ...this.format,
          from1904: this.workbook.from1904,
        });
      case 'str':
        return unescaped(value);
      default:
        return value; // an inline text, or the error of a formula
    }
  }

  private closeRow(): void {
    const values = Array.from(this.row, (value) => value ?? '');
    while (values.length > 0 && /^ *$/.test(values.at(-1)!)) values.pop();
    if (values.length === 0) {
      this.blankRow = this.rowNo;
      return;
    }
    if (this.blankRow > 0)
      throw this.refuse(
        `an empty row ${this.blankRow} before row ${this.rowNo}`,
        'Expected the header in row 1 and no empty row: remove titles and empty rows.',
      );
    if (this.header === undefined) this.header = values.map((name) => name.trim());
    else {
      if (values.length > this.header.length)
        throw this.refuse(
          `a value in ${nameOf(values.length - 1)}${this.rowNo}, beyond the header`,
          'Give every column a name in row 1, or remove notes beside the table.',
        );
      this.records++;
    }
    this.write(Array.from(this.header, (_, i) => values[i] ?? ''));
  }

  private write(values: readonly string[]): void {
    const line = `${values.map((value) => `"${value.replaceAll('"', '""')}"`).join(',')}\n`;
    if (Buffer.byteLength(line) > TABLE_LIMITS.recordBytes)
      throw this.refuse(`more than ${TABLE_LIMITS.recordBytes / 1e6} MB in row ${this.rowNo}`, 'Is it a table?');
    this.buffer.push(line);
    this.buffered += line.length;
    if (this.buffered > WRITE) this.flush();
  }

  private flush(): void {
    fs.writeSync(this.target, this.buffer.join(''));
    [this.buffer, this.buffered] = [[], 0];
  }

  /** @returns header and rows of the sheet, all of it written */
  end(): TextScan {
    if (this.header === undefined) throw invalid(`${this.title}: the sheet is empty`, 'Expected a header in row 1.');
    this.flush();
    return { header: this.header, records: this.records };
  }

  private refuse(problem: string, advice: string) {
    return invalid(`${this.title} has ${problem}`, advice);
  }
}

const nameOf = (column: number): string =>
  (column >= 26 ? nameOf(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));
