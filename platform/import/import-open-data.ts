import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { invalid } from '../../domain/errors';
import { tariffRowSchema, tariffUseRowSchema } from '../../domain/import/open-data';
import { sha256File } from '../artifacts/hash';
import { quote, type Row, rowsOf, withDuckDb } from '../duckdb/duckdb';
import type { AuditContext } from '../ledger/append';
import type { Db } from '../postgres/connection';
import { type Batch, type LoadReport, runInBatch, validateOrQuarantine } from './import-batch';
import { TariffUseWriter } from './tariff-use-writer';
import { TariffWriter } from './tariff-writer';

/** Kinds of open data files: versions of tariffs (takstkoder), and their use by area and month (agtakst). */
export type OpenDataKind = 'tariff' | 'tariff-use';

/** An open data file as its first bytes show it. */
interface OpenDataFile {
  readonly kind: OpenDataKind;
  /** Separator and column names of a CSV file; undefined for a JSON array. */
  readonly csv?: { readonly separator: string; readonly columns: readonly string[] };
}

const HEAD_BYTES = 64 << 10;
const DOCUMENTED: Readonly<Record<OpenDataKind, readonly string[]>> = {
  tariff: Object.keys(tariffRowSchema.shape),
  'tariff-use': Object.keys(tariffUseRowSchema.shape),
};
/** Fields that tell a file's kind: no other file that the register reads has them together. */
const kindOf = (names: readonly string[]): OpenDataKind | undefined =>
  !names.includes('takstkode')
    ? undefined
    : names.includes('fradato')
      ? 'tariff'
      : names.includes('ar') && names.includes('antall_regninger')
        ? 'tariff-use'
        : undefined;

function headOf(file: string): string {
  const handle = fs.openSync(file, 'r');
  try {
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('utf8', 0, fs.readSync(handle, bytes)).replace(/^\uFEFF/, '');
  } finally {
    fs.closeSync(handle);
  }
}

function recognize(file: string): OpenDataFile | undefined {
  if (!/\.(json|csv)$/.test(file) || !fs.statSync(file).isFile()) return undefined;
  const head = headOf(file);
  if (file.endsWith('.json')) {
    if (!head.trimStart().startsWith('[')) return undefined;
    const kind = kindOf([...head.matchAll(/"(\w+)"\s*:/g)].map(([, name]) => name!));
    return kind && { kind };
  }
  const header = head.split(/\r?\n/, 1)[0]!;
  for (const separator of [';', ',']) {
    const columns = header.split(separator).map((name) => name.replace(/^"(.*)"$/, '$1'));
    const kind = kindOf(columns);
    if (kind) return { kind, csv: { separator, columns } };
  }
  return undefined;
}

/** Kind of an open data file, by its content; undefined for any other file. */
export const openDataKind = (file: string): OpenDataKind | undefined => recognize(file)?.kind;

/**
 * Loads a file of open data, JSON array or CSV in its documented names, as one audited batch. A row that is not right
 * goes to quarantine.
 * @throws UtplukkError InvalidInput for a file that is none, that has columns which are not documented, or that breaks
 *   off
 */
export async function loadOpenData(db: Db, audit: AuditContext, file: string, retry = false): Promise<LoadReport> {
  if (retry)
    throw invalid(
      `${file} holds open data, whose refused rows wait for nothing`,
      'Correct the file and load it: a corrected file is another one.',
    );
  const found = recognize(file);
  if (!found)
    throw invalid(
      `${file} is no open data of tariffs`,
      'Expected a JSON array or a CSV file with takstkode and fradato, or takstkode, ar and antall_regninger.',
    );
  const { kind, csv } = found;
  const strange = csv?.columns.filter((name) => !DOCUMENTED[kind].includes(name)) ?? [];
  if (strange.length > 0)
    throw invalid(
      `${file} has columns that are not documented: ${strange.join(', ').slice(0, 200)}`,
      `Documented are ${DOCUMENTED[kind].join(', ')}.`,
    );
  return runInBatch(db, audit, file, { kind, content: () => sha256File(file), open: true }, (batch) =>
    readRows(file, csv, batch, kind === 'tariff' ? new TariffRows() : new TariffUseRows()),
  );
}

/** Takes the rows of one kind of file, one by one, and writes what is right at the end. */
interface RowSink {
  row(batch: Batch, line: number, value: unknown): Promise<void> | void;
  end(batch: Batch): Promise<void>;
}

class TariffRows implements RowSink {
  readonly #writer = new TariffWriter();
  row(batch: Batch, line: number, value: unknown): void {
    const row = validateOrQuarantine(batch, line, 'tariff', tariffRowSchema, value);
    if (row) this.#writer.add(line, row);
  }
  end = (batch: Batch) => this.#writer.write(batch);
}

class TariffUseRows implements RowSink {
  readonly #writer = new TariffUseWriter();
  async row(batch: Batch, line: number, value: unknown): Promise<void> {
    const row = validateOrQuarantine(batch, line, 'tariff-use', tariffUseRowSchema, value);
    if (row) await this.#writer.add(batch, line, row);
  }
  end = (batch: Batch) => this.#writer.flush(batch);
}

/** Longest row of a JSON file, in bytes. */
const LONGEST_ROW = 1 << 20;

async function readRows(file: string, csv: OpenDataFile['csv'], batch: Batch, sink: RowSink): Promise<void> {
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-open-data-'));
  const query = csv
    ? csvQuery(file, csv)
    : `select json from read_json_objects(${quote(file)}, format = 'array', maximum_object_size = ${LONGEST_ROW})`;
  try {
    await withDuckDb(
      temp,
      async (duck) => {
        const result = await duck.stream(query);
        let line = 0;
        for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk())
          for (const cells of chunk.getRows()) {
            line++;
            const value: unknown = csv
              ? Object.fromEntries(csv.columns.map((name, i) => [name, cells[i]]))
              : JSON.parse(String(cells[0]));
            await sink.row(batch, line, value);
          }
        if (csv) for (const refused of await rowsOf(duck, REFUSED)) refuse(batch, refused);
      },
      { threads: 1 },
    );
  } catch (error) {
    if (!/Invalid Input Error|Malformed|maximum_object_size/.test(String(error))) throw error;
    throw invalid(
      `${path.basename(file)} cannot be read: ${(error as Error).message.slice(0, 300)}`,
      'Fetch the file again; a part of it is missing or damaged.',
    );
  } finally {
    fs.rmSync(temp, { recursive: true, force: true });
  }
  await sink.end(batch);
}

/** Every cell is text, and nothing is guessed; rows of another width are set aside with their line. */
function csvQuery(file: string, { separator, columns }: NonNullable<OpenDataFile['csv']>): string {
  const types = columns.map((name) => `${quote(name)}: 'VARCHAR'`).join(', ');
  return `select * from read_csv(${quote(file)}, auto_detect = false, header = false, skip = 1,
    delim = ${quote(separator)}, quote = '"', escape = '"', nullstr = '', columns = {${types}}, parallel = false,
    ignore_errors = true, store_rejects = true)`;
}
const REFUSED = 'select line::int as line, min(error_type::varchar) as why from reject_errors group by 1 order by 1';

function refuse(batch: Batch, { line, why }: Row): void {
  batch.read++;
  batch.quarantine(Number(line), 'line', '(whole)', undefined, `the row cannot be read: ${String(why).toLowerCase()}`);
}
