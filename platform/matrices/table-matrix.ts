import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid, UtplukkError } from '../../domain/errors';
import type { MatrixColumn, MatrixMeta } from '../../domain/schemas/matrix';
import { type TableMapping, tableMappingSchema } from '../../domain/import/table-mapping';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import { ident, quote, withDuckDb } from '../duckdb/duckdb';
import { duckDbVersion } from '../duckdb/version';
import type { AuditContext } from '../ledger/append';
import type { Db } from '../postgres/connection';
import { checkHeader, findBadRows, refuseFreeText, rowIdSql } from './check-table';
import { type MatrixRecipe, type MatrixRef, recordMatrix } from './matrix-recipe';
import { type BadCell, quarantineTable } from './quarantine-table';
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
  if (!fs.existsSync(file))
    throw invalid(`${file} does not exist`, 'Check the path in `source.file`; it is relative to the experiment.');
  const suffix = /\.(csv|csv\.gz|parquet)$/.exec(file)?.[0];
  if (suffix === undefined) throw invalid(`${file} is neither .csv, .csv.gz nor .parquet`);
  const temporary = store.temporary(suffix);
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
  /** Only rows as of this day or later, the first of each entity, without their outcomes: a population to score. */
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
  const columns = columnsOf(mapping);
  return withDuckDb(store.temporary(), async (duck) => {
    await createRawTable(duck, store.existing(fileSha256), fileName);
    await checkHeader(duck, mapping, fileName);
    await refuseFreeText(duck, mapping);
    await findBadRows(duck, mapping, columns);
    const counts = await duck.runAndReadAll(
      'select (select count(*) from raw)::int, (select count(distinct line) from bad)::int',
    );
    const [read = 0, quarantined = 0] = (counts.getRows()[0] ?? []).map(Number);
    const bad = await badCells(duck);
    await createMatrixTable(duck, mapping, columns);
    if (from !== undefined) await keepPopulation(duck, from);
    const written = await writeMatrix(duck, store, columns);
    const { rows } = written.counts;
    if (rows === 0) {
      const first = bad
        .slice(0, 3)
        .map((cell) => `line ${cell.line}, ${cell.field}: ${cell.reason} (found ${JSON.stringify(cell.value)})`);
      const problem = `no usable row in ${fileName}: all ${read} went to quarantine`;
      throw new UtplukkError('NoLabels', problem, first.join('; '));
    }
    if (from === undefined && rows + quarantined !== read)
      throw new Error(`${fileName}: loaded ${rows} + quarantined ${quarantined} is not read ${read}`);
    return { written, meta: { columns, baselines: mapping.baselines, ...written.counts }, read, quarantined, bad };
  });
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

const columnsOf = (mapping: TableMapping): MatrixColumn[] => [
  ...Object.entries(mapping.features).map(([name, kind]) => ({ name, kind, role: 'feature' as const })),
  ...Object.entries(mapping.nuisance).map(([name, kind]) => ({ name, kind, role: 'nuisance' as const })),
];

/** Creates tables `source`, as the file is, and `raw`, with line numbers and all columns as text. */
async function createRawTable(duck: DuckDBConnection, file: string, name: string): Promise<void> {
  const compression = name.endsWith('.gz') ? 'gzip' : 'none';
  const source = name.endsWith('.parquet')
    ? `read_parquet(${quote(file)})`
    : `read_csv(${quote(file)}, header = true, all_varchar = true, delim = ',', quote = '"', parallel = false,
        compression = '${compression}')`;
  try {
    await duck.run(`create table source as select * from ${source}`);
  } catch (error) {
    throw invalid(
      `${path.basename(name)} cannot be read as a table: ${(error as Error).message.split('\n')[0]}`,
      'Expected comma-separated text with a header line, or Parquet.',
    );
  }
  // Line 1 is the header; rows are numbered in the order of the file.
  await duck.run('create table raw as select row_number() over () + 1 as line, columns(*)::varchar from source');
}

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
  columns: readonly MatrixColumn[],
): Promise<void> {
  const { outcome } = mapping;
  const positive = outcome.positive.map((value) => quote(String(value))).join(', ');
  const trimmed = (column: string) => `trim(${ident(column)})`;
  const noOutcome = `coalesce(${trimmed(outcome.column)}, '') = ''`;
  const asOf = `cast(${ident(mapping.asOf)} as date)`;
  const knownOn = outcome.knownOn ? `try_cast(${ident(outcome.knownOn)} as date)` : asOf;
  const amountOre = outcome.amount
    ? `cast(try_cast(nullif(${trimmed(outcome.amount)}, '') as decimal(18, 2)) * 100 as bigint)`
    : 'cast(null as bigint)';
  const features = columns.map(({ name, kind }) => {
    const value = `nullif(${trimmed(name)}, '')`;
    const cell = kind === 'numeric' ? `try_cast(${value} as double)` : `coalesce(${value}, '(missing)')`;
    return `${cell} as ${ident(name)}`;
  });
  await duck.run(`create table matrix as
    select ${rowIdSql(mapping)} as row_id, ${trimmed(mapping.entity)} as entity, ${asOf} as as_of, 'all' as grp,
      case when ${noOutcome} then null when ${trimmed(outcome.column)} in (${positive}) then 1 else 0 end as label,
      case when ${noOutcome} then null else ${knownOn} end as label_known_on, ${amountOre} as amount_ore,
      ${features.join(', ')}
    from raw where line not in (select line from bad)`);
}

/** Reduces table `matrix` to the first row of each entity from a day on, without outcomes. */
async function keepPopulation(duck: DuckDBConnection, day: string): Promise<void> {
  await duck.run(`create or replace table matrix as
    select * exclude (nth) replace (
      null::integer as label, null::date as label_known_on, null::bigint as amount_ore)
    from (
      select *, row_number() over (partition by entity order by as_of, row_id) as nth
      from matrix where as_of >= date ${quote(day)})
    where nth = 1`);
}
