import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid, UtplukkError } from '../../domain/errors';
import type { MatrixMeta } from '../../domain/schemas/matrix';
import { type TableMapping, tableMappingSchema } from '../../domain/import/table-mapping';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { ident, quote, withDuckDb } from '../duckdb/duckdb';
import { duckDbVersion } from '../duckdb/version';
import type { AuditContext } from '../ledger/append';
import type { Db } from '../postgres/connection';
import { toCivilDay, toOre } from '../tables/grammar';
import { checkTableFile, createRawTable, openTable, reading } from '../tables/open-table';
import { checkHeader, findBadRows, refusalReasons, refuseFreeText } from './check-table';
import { type MatrixRecipe, type MatrixRef, recordMatrix } from './matrix-recipe';
import { type BadCell, quarantineTable } from './quarantine-table';
import {
  asOfSql,
  outcomeIn,
  rawCell,
  rawCells,
  rowIdSql,
  type TableColumn,
  tableColumns,
  valueSql,
} from './table-columns';
import { writeMatrix, type WrittenMatrix } from './write-matrix';

export interface TableLoad {
  readonly matrix: MatrixRef;
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
}

export const tableCode = () => codeIdentity(__filename);

/**
 * Copies the user's file into the store, so that what was trained on does not change. @returns its hash
 * @throws UtplukkError InvalidInput for a file that is missing, unreadable or of another kind
 */
export async function storeTable(store: ArtifactStore, file: string): Promise<string> {
  const temporary = store.temporary(checkTableFile(file));
  try {
    fs.copyFileSync(file, temporary);
  } catch (error) {
    throw invalid(`${file} cannot be read: ${(error as Error).message}`, 'Check its permissions.');
  }
  return store.putFile(temporary);
}

export interface TableSource {
  readonly fileSha256: string;
  readonly fileName: string;
  readonly mapping: TableMapping;
  /** Only rows as of this day or later, without their outcomes: a population to score. */
  readonly from?: string;
}

/** A table that was read and checked: the good rows as a matrix in the store, the bad cells by line. */
export interface BuiltTable {
  readonly written: WrittenMatrix;
  readonly meta: MatrixMeta;
  readonly read: number;
  readonly quarantined: number;
  readonly bad: readonly BadCell[];
}

/**
 * Reads and checks a table without using the database.
 * @throws UtplukkError InvalidInput for a header that the mapping does not fit, NoLabels when no row is usable
 */
export async function readTableMatrix(
  store: ArtifactStore,
  { fileSha256, fileName, mapping, from }: TableSource,
): Promise<BuiltTable> {
  const columns = tableColumns(mapping);
  const temp = store.temporary();
  try {
    return await withDuckDb(temp, async (duck) => {
      const table = await openTable(duck, { path: store.existing(fileSha256), name: fileName }, mapping.format, temp);
      const title = path.basename(fileName);
      checkHeader(table.columns, mapping, title);
      await createRawTable(duck, title, rawCells(mapping), table);
      return reading(title, () => readRows(duck, store, title, { mapping, columns, from }));
    });
  } finally {
    fs.rmSync(temp, { recursive: true, force: true });
  }
}

/** Checks table `raw` and writes its good rows. */
async function readRows(
  duck: DuckDBConnection,
  store: ArtifactStore,
  title: string,
  { mapping, columns, from }: { mapping: TableMapping; columns: readonly TableColumn[]; from: string | undefined },
): Promise<BuiltTable> {
  await refuseFreeText(duck, mapping);
  await findBadRows(duck, mapping);
  const counts = await duck.runAndReadAll(
    'select (select count(*) from raw)::int, (select count(distinct line) from bad)::int',
  );
  const [read = 0, quarantined = 0] = (counts.getRows()[0] ?? []).map(Number);
  const bad = await badCells(duck);
  const reasons = await refusalReasons(duck, mapping);
  await createMatrixTable(duck, mapping, columns);
  if (from !== undefined) await keepPopulation(duck, from, mapping);
  const written = await writeMatrix(duck, store, columns);
  const { rows } = written.counts;
  if (rows === 0) {
    const first = bad
      .slice(0, 3)
      .map((cell) => `line ${cell.line}, ${cell.field}: ${cell.reason}${shownValue(cell, mapping)}`);
    const problem =
      read === 0
        ? `${title} has a header and no row`
        : `no usable row in ${title}: ${quarantined} of ${read} went to quarantine`;
    throw new UtplukkError('NoLabels', problem, first.join('; '));
  }
  if (from === undefined && rows + quarantined !== read)
    throw new Error(`${title}: loaded ${rows} + quarantined ${quarantined} is not read ${read}`);
  const meta: MatrixMeta = {
    columns: columns.map(({ name, kind, role }) => ({ name, kind, role })),
    baselines: mapping.baselines,
    ...(Object.keys(mapping.protected).length > 0 ? { protected: Object.keys(mapping.protected) } : {}),
    ...(quarantined > 0 ? { refused: { read, refused: quarantined, reasons } } : {}),
    ...written.counts,
  };
  return { written, meta, read, quarantined, bad };
}

/** The value of a bad cell for a message; one of a column with ids may name a person. */
const shownValue = ({ field, value }: BadCell, { entity, rowId }: TableMapping) =>
  field === entity || field === rowId || field.includes(', ') ? '' : ` (found ${JSON.stringify(value?.slice(0, 40))})`;

/** What of a table was used and why the rest was not, in one sentence; undefined where all of it was. */
export const refusalText = ({ refused }: MatrixMeta): string | undefined =>
  refused &&
  `${refused.read - refused.refused} of ${refused.read} rows are used; ${refused.refused} refused: ` +
    refused.reasons.join('; ');

/** @throws UtplukkError InvalidInput where more rows were refused than the mapping allows */
function checkRefusedShare({ meta, read, quarantined }: BuiltTable, { mapping, fileName }: TableSource): void {
  if (quarantined <= mapping.maxRefused * read) return;
  throw invalid(
    `${path.basename(fileName)}: ${refusalText(meta)}; that is more than the share of ${mapping.maxRefused} ` +
      'with which a model may be trained',
    'Correct the file, state `format.missing` where a text means a missing value, or set `maxRefused` in the mapping.',
  );
}

/** Builds the training matrix of a prepared table. Bad rows go to quarantine with line, column, value and reason. */
export async function buildTableMatrix(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  source: TableSource,
): Promise<TableLoad> {
  const recipe: MatrixRecipe = { kind: 'training-table', ...originOf(source) };
  const table = await readTableMatrix(store, source);
  await quarantineTable(db, audit, source, table);
  checkRefusedShare(table, source);
  const matrix = await recordMatrix(db, audit, recipe, table.written, table.meta, null);
  return { matrix, read: table.read, loaded: matrix.meta.rows, quarantined: table.quarantined };
}

/** Builds the scoring matrix of a prepared table as of a day; bad rows go to quarantine as they do in training. */
export async function buildTablePopulation(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  source: TableSource & { from: string },
): Promise<MatrixRef> {
  const recipe: MatrixRecipe = { kind: 'scoring-table', ...originOf(source), from: source.from };
  const table = await readTableMatrix(store, source);
  await quarantineTable(db, audit, source, table);
  return recordMatrix(db, audit, recipe, table.written, table.meta, null);
}

/** The matrix id that the recipe gives when it is executed again. */
export async function reproduceTableMatrix(
  store: ArtifactStore,
  recipe: Extract<MatrixRecipe, { kind: 'training-table' | 'scoring-table' }>,
): Promise<string> {
  const mapping = tableMappingSchema.parse(recipe.mapping);
  return (await readTableMatrix(store, { ...recipe, mapping })).written.matrixId;
}

const originOf = ({ fileSha256, fileName, mapping }: TableSource) => ({
  fileSha256,
  fileName: path.basename(fileName),
  mapping,
  code: tableCode(),
  engine: duckDbVersion(),
});

async function badCells(duck: DuckDBConnection): Promise<BadCell[]> {
  const reader = await duck.runAndReadAll('select line::int, field, value, reason from bad order by line, field');
  return reader.getRows().map(([line, field, value, reason]) => ({
    line: Number(line),
    field: String(field),
    value: value === null ? null : String(value as string),
    reason: String(reason),
  }));
}

/** Creates table `matrix` from the good rows. */
async function createMatrixTable(
  duck: DuckDBConnection,
  mapping: TableMapping,
  columns: readonly TableColumn[],
): Promise<void> {
  const { outcome, format } = mapping;
  const asOf = asOfSql(mapping);
  const label = `case when ${outcomeIn(mapping, outcome.positive)} then 1
    when ${outcomeIn(mapping, outcome.negative)} then 0 end`;
  const knownOn = outcome.knownOn ? toCivilDay(rawCell(outcome.knownOn), format) : asOf;
  const amountOre = outcome.amount ? toOre(rawCell(outcome.amount), format) : 'cast(null as bigint)';
  const values = columns.map((column) => `${valueSql(column, mapping)} as ${ident(column.name)}`);
  await duck.run(`create table matrix as
    select ${rowIdSql(mapping)} as row_id, ${rawCell(mapping.entity)} as entity, ${asOf} as as_of, 'all' as grp,
      ${label} as label, case when (${label}) is null then null else ${knownOn} end as label_known_on,
      ${amountOre} as amount_ore, ${values.join(', ')}
    from raw where line not in (select line from bad)`);
}

/** Reduces table `matrix` to the rows from a day on that count for each entity, without outcomes. */
async function keepPopulation(duck: DuckDBConnection, day: string, { rows }: TableMapping): Promise<void> {
  const order = rows === 'last' ? 'as_of desc, row_id desc' : 'as_of, row_id';
  await duck.run(`create or replace table matrix as
    select * exclude (":nth") replace (
      null::integer as label, null::date as label_known_on, null::bigint as amount_ore)
    from (
      select *, row_number() over (partition by entity order by ${order}) as ":nth"
      from matrix where as_of >= date ${quote(day)})
    ${rows === 'each' ? '' : 'where ":nth" = 1'}`);
}
