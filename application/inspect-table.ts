import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { parse } from 'yaml';
import { UtplukkError } from '../domain/errors';
import { type TableFormat, tableFormatSchema } from '../domain/import/table-format';
import { forbiddenFeature } from '../domain/rules/forbidden-features';
import { tableMappingSchema } from '../domain/import/table-mapping';
import { mappingText } from '../domain/import/table-mapping-text';
import { type ColumnContent, kindOf, suggestFormat } from '../domain/import/table-profile';
import { type RoleSuggestion, suggestOutcomes, suggestRoles } from '../domain/import/table-roles';
import { ArtifactStore } from '../platform/artifacts/store';
import { ident, withDuckDb } from '../platform/duckdb/duckdb';
import { readTableMatrix, refusalText, storeTable } from '../platform/matrices/table-matrix';
import { toCivilDay, toNumber } from '../platform/tables/grammar';
import { guessFormat } from '../platform/tables/guess-format';
import { cell, checkTableFile, type OpenTable, openTable } from '../platform/tables/open-table';
import { contentOf, createSample, isFoundAmount, spellingsOf } from '../platform/tables/profile-columns';

/** A mapping suggested from a file, and how the file is understood by it. */
export interface InspectedTable {
  /** The mapping as YAML with comments. */
  readonly yaml: string;
  /** What a person must decide before the mapping loads. */
  readonly undecided: readonly string[];
  readonly columns: readonly string[];
  /** The first rows as they are understood; a null is a missing value. */
  readonly rows: readonly (readonly (string | null)[])[];
  /** How many rows a training would use, and why not the others; undefined while something is undecided. */
  readonly use: string | undefined;
}

/** Rows that are shown. */
const SHOWN = 10;

/**
 * Looks at a table and suggests a mapping: what stands there loads the file as it is, or names what must be decided.
 * @throws UtplukkError InvalidInput for a file that cannot be read as a table
 */
export async function inspectTable(file: string): Promise<InspectedTable> {
  const ending = checkTableFile(file);
  const temp = fs.mkdtempSync(path.join(os.tmpdir(), 'utplukk-inspect-'));
  try {
    const suggested = await withDuckDb(temp, async (duck) => {
      const { format: written, table } = await openAsGuessed(duck, file, ending, temp);
      await createSample(duck, table.columns, table.records);
      return suggestMapping(duck, file, written, table);
    });
    return { ...suggested, use: suggested.undecided.length > 0 ? undefined : await tried(file, suggested.yaml, temp) };
  } finally {
    fs.rmSync(temp, { recursive: true, force: true });
  }
}

type Written = Partial<Pick<TableFormat, 'encoding' | 'separator'>>;

/** Opens the file by what its first bytes look like; bytes that are no UTF-8 further on make it windows-1252. */
async function openAsGuessed(
  duck: DuckDBConnection,
  file: string,
  ending: string,
  temp: string,
): Promise<{ format: Written; table: OpenTable }> {
  const opened = async (format: Written) => ({
    format,
    table: await openTable(duck, { path: file, name: file }, tableFormatSchema.parse(format), temp),
  });
  if (ending === '.parquet' || ending === '.xlsx') return opened({});
  const guessed = await guessFormat({ path: file, name: path.basename(file), gzip: ending.endsWith('.gz') });
  try {
    return await opened(guessed);
  } catch (error) {
    if (!(error instanceof UtplukkError && /no UTF-8/.test(error.message))) throw error;
    return opened({ ...guessed, encoding: 'windows-1252' });
  }
}

async function suggestMapping(
  duck: DuckDBConnection,
  file: string,
  written: Written,
  table: OpenTable,
): Promise<Omit<InspectedTable, 'use'>> {
  const spellings = [];
  for (const name of table.columns) spellings.push(await spellingsOf(duck, name));
  const suggestion = suggestFormat(spellings);
  const format = tableFormatSchema.parse({ ...written, ...suggestion.format });
  const columns: ColumnContent[] = [];
  for (const name of table.columns) columns.push(await contentOf(duck, name, format));
  const roles = await withFoundAmount(duck, suggestRoles(columns), columns, format);
  const used = [roles.asOf, roles.knownOn];
  const text = mappingText({
    ...{ file: path.basename(file), rows: table.records, format: suggestion, roles, columns },
    text: written.encoding === undefined ? undefined : { encoding: written.encoding, separator: written.separator },
    zoneNeeded: spellings.filter(({ name, bareTimes }) => bareTimes > 0 && used.includes(name)).map(({ name }) => name),
  });
  return { ...text, columns: table.columns, rows: await firstRows(duck, columns, roles, format) };
}

/** Money is what was found only where it stands beside positive outcomes alone; otherwise it is a feature. */
async function withFoundAmount(
  duck: DuckDBConnection,
  roles: RoleSuggestion,
  columns: readonly ColumnContent[],
  format: TableFormat,
): Promise<RoleSuggestion> {
  const { amount, outcome } = roles;
  if (amount === undefined) return roles;
  const { positive } = suggestOutcomes(columns.find(({ name }) => name === outcome) ?? { few: [] });
  if (outcome !== undefined && (await isFoundAmount(duck, { amount, outcome, positive }, format))) return roles;
  return { ...roles, amount: undefined, features: [...roles.features, { name: amount, kind: 'numeric' }] };
}

/** The first rows of the file as understood; of values that may identify a person only the beginning. */
async function firstRows(
  duck: DuckDBConnection,
  columns: readonly ColumnContent[],
  { features, protected: compared, amount, probability }: RoleSuggestion,
  format: TableFormat,
): Promise<(string | null)[][]> {
  const figures = [...features, ...compared].filter(({ kind }) => kind === 'numeric').map(({ name }) => name);
  const cells = columns.map((column) => {
    const text = cell(column.name, format);
    if (column.nationalIds > 0 || forbiddenFeature(column.name) !== undefined) return `substr(${text}, 1, 2) || '…'`;
    const number = [...figures, amount, probability].includes(column.name);
    const value = number
      ? `regexp_replace(cast(${toNumber(text, format)} as varchar), '\\.0$', '')`
      : kindOf(column) === 'date'
        ? toCivilDay(text, format)
        : 'null';
    return `coalesce(cast(${value} as varchar), ${text})`;
  });
  const reader = await duck.runAndReadAll(
    `select ${cells.map((sql, i) => `${sql} as ${ident(`c${i}`)}`).join(', ')} from source limit ${SHOWN}`,
  );
  return reader.getRows().map((row) => row.map((value) => (value === null ? null : String(value))));
}

/** What reading the whole file by the mapping gives. */
async function tried(file: string, yaml: string, temp: string): Promise<string> {
  const store = new ArtifactStore(path.join(temp, 'store'));
  try {
    const { meta, read } = await readTableMatrix(store, {
      fileSha256: await storeTable(store, file),
      fileName: file,
      mapping: tableMappingSchema.parse(parse(yaml)),
    });
    return (
      refusalText(meta) ?? `all ${read} rows are used, ${meta.labeled} with an outcome, ${meta.positives} findings`
    );
  } catch (error) {
    if (!(error instanceof UtplukkError)) throw error;
    return `${error.message}${error.next ? `: ${error.next}` : ''}`;
  }
}
