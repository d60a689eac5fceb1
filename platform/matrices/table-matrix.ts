import fs from 'node:fs';
import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid, UtplukkError } from '../../domain/errors';
import type { MatrixColumn, MatrixMeta } from '../../domain/schemas/matrix';
import { type TableMapping, tableMappingSchema } from '../../domain/schemas/table-mapping';
import type { ArtifactStore } from '../artifacts/store';
import { codeIdentity } from '../code-identity';
import type { Db } from '../postgres/connection';
import { type AuditContext, append } from '../ledger/append';
import { ident, quote, withDuckDb } from '../duckdb/duckdb';
import { type Made, type MatrixRecipe, type MatrixRef, storeMatrix, writeMatrix } from './register-matrix';
import { matrixEngine } from '../duckdb/version';

export interface TableLoad {
  readonly matrix: MatrixRef;
  readonly read: number;
  readonly loaded: number;
  readonly quarantined: number;
}

export const tableCode = () => codeIdentity('platform/matrices/table-matrix.ts');

/** Copies the user's file into the store, so that what was trained on stays what it was. */
export async function storeTable(store: ArtifactStore, file: string): Promise<string> {
  if (!fs.existsSync(file))
    throw invalid(`${file} does not exist`, 'Check the path in `source.file`; it is relative to the experiment.');
  if (!/\.(csv|csv\.gz|parquet)$/.test(file)) throw invalid(`${file} is neither .csv, .csv.gz nor .parquet`);
  const suffix = /\.(csv|csv\.gz|parquet)$/.exec(file)![0];
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

interface BadCell {
  readonly line: number;
  readonly field: string;
  readonly value: string | null;
  readonly reason: string;
}

/** A table read and checked: the good rows as a matrix in the store, the bad cells by line. Touches no database. */
export interface MadeTable {
  readonly made: Made;
  readonly meta: MatrixMeta;
  readonly read: number;
  readonly quarantined: number;
  readonly bad: readonly BadCell[];
}

/** @throws UtplukkError InvalidInput for a header that the mapping does not fit, NoLabels when no row is usable */
export async function makeTableMatrix(
  store: ArtifactStore,
  { fileSha256, fileName, mapping, from }: TableSource,
): Promise<MadeTable> {
  const columns = columnsOf(mapping);
  return withDuckDb(store.temporary(), async (duck) => {
    await createTableView(duck, store.existing(fileSha256), fileName);
    await checkHeader(duck, mapping, fileName);
    await refuseFreeText(duck, mapping);
    await findBadRows(duck, mapping, columns);
    const counts = await one(
      duck,
      'select (select count(*) from raw)::int, (select count(distinct line) from bad)::int',
    );
    const [read = 0, quarantined = 0] = counts.map(Number);
    const cells = (
      await duck.runAndReadAll('select line::int, field, value, reason from bad order by line, field')
    ).getRows();
    const bad = cells.map(([line, field, value, reason]) => ({
      line: Number(line),
      field: String(field),
      value: value === null ? null : String(value as string),
      reason: String(reason),
    }));
    await goodRows(duck, mapping, columns);
    if (from !== undefined) await populationFrom(duck, from);
    const made = await writeMatrix(duck, store, columns);
    if (made.counts.rows === 0) {
      const first = bad
        .slice(0, 3)
        .map((cell) => `line ${cell.line}, ${cell.field}: ${cell.reason} (found ${JSON.stringify(cell.value)})`);
      throw new UtplukkError(
        'NoLabels',
        `no usable row in ${fileName}: all ${read} went to quarantine`,
        first.join('; '),
      );
    }
    if (from === undefined && made.counts.rows + quarantined !== read)
      throw new Error(`${fileName}: loaded ${made.counts.rows} + quarantined ${quarantined} is not read ${read}`);
    return { made, meta: { columns, baselines: mapping.baselines, ...made.counts }, read, quarantined, bad };
  });
}

/** Turns a prepared feature table into a matrix. Bad rows go to quarantine with line, column, value and reason. */
export async function buildTableMatrix(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  source: TableSource,
): Promise<TableLoad> {
  const recipe: MatrixRecipe = {
    kind: 'training-table',
    fileSha256: source.fileSha256,
    fileName: path.basename(source.fileName),
    mapping: source.mapping,
    code: tableCode(),
    engine: matrixEngine(),
  };
  const table = await makeTableMatrix(store, source);
  await quarantine(db, audit, source, table);
  const matrix = await storeMatrix(db, audit, recipe, table.made, table.meta, null);
  return { matrix, read: table.read, loaded: matrix.meta.rows, quarantined: table.quarantined };
}

const columnsOf = (mapping: TableMapping): MatrixColumn[] => [
  ...Object.entries(mapping.features).map(([name, kind]) => ({ name, kind, role: 'feature' as const })),
  ...Object.entries(mapping.nuisance).map(([name, kind]) => ({ name, kind, role: 'nuisance' as const })),
];

/** The id that the recipe yields now, whatever was stored. */
export async function reproduceTableMatrix(
  store: ArtifactStore,
  recipe: Extract<MatrixRecipe, { kind: 'training-table' | 'scoring-table' }>,
): Promise<string> {
  return (await makeTableMatrix(store, { ...recipe, mapping: tableMappingSchema.parse(recipe.mapping) })).made.matrixId;
}

async function one(duck: DuckDBConnection, sql: string): Promise<unknown[]> {
  return (await duck.runAndReadAll(sql)).getRows()[0] ?? [];
}

async function createTableView(duck: DuckDBConnection, file: string, name: string): Promise<void> {
  const source = name.endsWith('.parquet')
    ? `read_parquet(${quote(file)})`
    : `read_csv(${quote(file)}, header = true, all_varchar = true, delim = ',', quote = '"', parallel = false, compression = '${name.endsWith('.gz') ? 'gzip' : 'none'}')`;
  try {
    await duck.run(`create table source as select * from ${source}`);
  } catch (error) {
    throw invalid(
      `${path.basename(name)} cannot be read as a table: ${(error as Error).message.split('\n')[0]}`,
      'Expected comma-separated text with a header line, or Parquet.',
    );
  }
  // Line 1 is the header; rows are numbered as they come.
  await duck.run('create table raw as select row_number() over () + 1 as line, columns(*)::varchar from source');
}

function usedColumns(mapping: TableMapping): string[] {
  const { outcome } = mapping;
  return [
    mapping.entity,
    mapping.asOf,
    mapping.rowId,
    outcome.column,
    outcome.knownOn,
    outcome.amount,
    ...Object.keys(mapping.features),
    ...Object.keys(mapping.nuisance),
  ].filter((name) => name !== undefined);
}

async function checkHeader(duck: DuckDBConnection, mapping: TableMapping, name: string): Promise<void> {
  const found = (
    await duck.runAndReadAll(
      "select column_name from information_schema.columns where table_name = 'source' order by ordinal_position",
    )
  )
    .getRows()
    .map(([column]) => String(column));
  const missing = usedColumns(mapping).filter((column) => !found.includes(column));
  if (missing.length > 0)
    throw invalid(
      `${path.basename(name)} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')} that the mapping names; it has: ${found.join(', ')}`,
      'Correct the mapping, or the header of the file.',
    );
  const named = new Set([...usedColumns(mapping), ...mapping.ignore]);
  const unknown = found.filter((column) => !named.has(column));
  if (unknown.length > 0)
    throw invalid(
      `the mapping does not say what ${unknown.join(', ')} ${unknown.length > 1 ? 'are' : 'is'}`,
      'Name each column as a feature, as nuisance, or under `ignore`.',
    );
  const twice = Object.keys(mapping.features).filter((column) =>
    [
      mapping.outcome.column,
      mapping.outcome.amount,
      mapping.outcome.knownOn,
      ...mapping.ignore,
      ...Object.keys(mapping.nuisance),
    ].includes(column),
  );
  if (twice.length > 0)
    throw invalid(`${twice.join(', ')} cannot be a feature and an outcome, nuisance or ignored column at once`);
  for (const [role, column] of Object.entries(mapping.baselines).flatMap(([key, value]) =>
    [value ?? []].flat().map((name) => [key, name] as const),
  )) {
    if (column !== undefined && mapping.features[column] !== 'numeric')
      throw invalid(`baselines.${role} names ${column}, which is not a numeric feature of the mapping`);
  }
}

const rowId = (mapping: TableMapping) =>
  mapping.rowId
    ? `trim(${ident(mapping.rowId)})`
    : `trim(${ident(mapping.entity)}) || '@' || trim(${ident(mapping.asOf)})`;

/** A category of many long values that hardly ever repeat is text somebody wrote, whatever its column is called. */
const FREE_TEXT = { meanLength: 30, distinctShare: 0.5, rows: 50 };

async function refuseFreeText(duck: DuckDBConnection, mapping: TableMapping): Promise<void> {
  for (const [column, kind] of Object.entries(mapping.features)) {
    if (kind !== 'categorical') continue;
    const values = `nullif(trim(${ident(column)}), '')`;
    const row = await one(
      duck,
      `select count(${values})::int, count(distinct ${values})::int, coalesce(avg(length(${values})), 0) from raw`,
    );
    const [rows = 0, distinct = 0, length = 0] = row.map(Number);
    if (rows >= FREE_TEXT.rows && distinct > FREE_TEXT.distinctShare * rows && length > FREE_TEXT.meanLength)
      throw invalid(
        `${column} holds free text (${distinct} different values in ${rows} rows, ${Math.round(length)} characters each), which may not be a feature`,
        'List it under `ignore`.',
      );
  }
}

/** Table `bad(line, field, value, reason)`: every problem of every row, found by set-based checks. */
async function findBadRows(
  duck: DuckDBConnection,
  mapping: TableMapping,
  columns: readonly MatrixColumn[],
): Promise<void> {
  await duck.run('create table bad (line bigint, field varchar, value varchar, reason varchar)');
  const check = (column: string, condition: string, reason: string) =>
    duck.run(
      `insert into bad select line, ${quote(column)}, ${ident(column)}, ${quote(reason)} from raw where ${condition}`,
    );
  await check(mapping.entity, `coalesce(trim(${ident(mapping.entity)}), '') = ''`, 'the entity is empty');
  for (const column of [mapping.asOf, mapping.outcome.knownOn]) {
    if (column)
      await check(
        column,
        `try_cast(${ident(column)} as date) is null and (${column === mapping.asOf ? 'true' : `coalesce(${ident(column)}, '') <> ''`})`,
        'expected an existing date, such as 2024-03-01',
      );
  }
  for (const { name, kind } of columns) {
    if (kind !== 'numeric') continue;
    await check(
      name,
      `coalesce(trim(${ident(name)}), '') <> '' and (try_cast(${ident(name)} as double) is null or not isfinite(try_cast(${ident(name)} as double)))`,
      'expected a finite number, or nothing where it is missing',
    );
  }
  const { amount } = mapping.outcome;
  if (amount)
    await check(
      amount,
      `coalesce(trim(${ident(amount)}), '') <> '' and coalesce(try_cast(${ident(amount)} as decimal(18, 2)), -1) < 0`,
      'expected an amount in kroner that is not negative',
    );
  const orgnr = /orgnr|organi[sz]ation_?n(umber|r)/i.test(mapping.entity);
  if (orgnr) {
    const digits = [3, 2, 7, 6, 5, 4, 3, 2]
      .map((weight, i) => `${weight} * cast(substr(${ident(mapping.entity)}, ${i + 1}, 1) as int)`)
      .join(' + ');
    const whole = `regexp_full_match(coalesce(${ident(mapping.entity)}, ''), '\\d{9}')`;
    await check(
      mapping.entity,
      `case when not ${whole} then true else (11 - (${digits}) % 11) % 11 <> cast(substr(${ident(mapping.entity)}, 9, 1) as int) end`,
      'expected an organisation number of 9 digits with a right control digit',
    );
  }
  await duck.run(`insert into bad select line, ${quote(mapping.rowId ?? `${mapping.entity}, ${mapping.asOf}`)}, id, 'duplicate row: the same row came before' from
    (select line, ${rowId(mapping)} as id, row_number() over (partition by ${rowId(mapping)} order by line) as nth from raw where line not in (select line from bad)) where nth > 1`);
}

async function goodRows(
  duck: DuckDBConnection,
  mapping: TableMapping,
  columns: readonly MatrixColumn[],
): Promise<void> {
  const { outcome } = mapping;
  const positive = outcome.positive.map((value) => quote(String(value))).join(', ');
  const features = columns.map(
    ({ name, kind }) =>
      (kind === 'numeric'
        ? `try_cast(nullif(trim(${ident(name)}), '') as double)`
        : `coalesce(nullif(trim(${ident(name)}), ''), '(missing)')`) + ` as ${ident(name)}`,
  );
  await duck.run(`create table matrix as select ${rowId(mapping)} as row_id, trim(${ident(mapping.entity)}) as entity, cast(${ident(mapping.asOf)} as date) as as_of, 'all' as grp,
    case when coalesce(trim(${ident(outcome.column)}), '') = '' then null when trim(${ident(outcome.column)}) in (${positive}) then 1 else 0 end as label,
    case when coalesce(trim(${ident(outcome.column)}), '') = '' then null else ${outcome.knownOn ? `try_cast(${ident(outcome.knownOn)} as date)` : `cast(${ident(mapping.asOf)} as date)`} end as label_known_on,
    ${outcome.amount ? `cast(try_cast(nullif(trim(${ident(outcome.amount)}), '') as decimal(18, 2)) * 100 as bigint)` : 'cast(null as bigint)'} as amount_ore,
    ${features.join(', ')} from raw where line not in (select line from bad)`);
}

async function populationFrom(duck: DuckDBConnection, day: string): Promise<void> {
  await duck.run(`create or replace table matrix as
    select * exclude (nth) replace (null::integer as label, null::date as label_known_on, null::bigint as amount_ore)
    from (select *, row_number() over (partition by entity order by as_of, row_id) as nth from matrix where as_of >= date ${quote(day)}) where nth = 1`);
}

/** The population of a prepared table as of a day; bad rows go to quarantine as they do in training. */
export async function buildTablePopulation(
  { db, store }: { db: Db; store: ArtifactStore },
  audit: AuditContext,
  source: TableSource & { from: string },
): Promise<MatrixRef> {
  const { fileSha256, mapping, from } = source;
  const fileName = path.basename(source.fileName);
  const recipe: MatrixRecipe = {
    kind: 'scoring-table',
    fileSha256,
    fileName,
    mapping,
    from,
    code: tableCode(),
    engine: matrixEngine(),
  };
  const table = await makeTableMatrix(store, source);
  await quarantine(db, audit, source, table);
  return storeMatrix(db, audit, recipe, table.made, table.meta, null);
}

async function quarantine(db: Db, audit: AuditContext, source: TableSource, table: MadeTable): Promise<void> {
  const name = path.basename(source.fileName);
  const loaded = table.read - table.quarantined;
  await db.transaction(async (tx) => {
    const { rows } = await tx.raw<{ rows: { batch_id: number }[] }>(
      `insert into core.load_batch (kind, file_name, content_sha256, rows_read, rows_loaded, rows_quarantined, loaded_at, action_id) values ('table', ?, ?, ?, ?, ?, clock_timestamp(), ?)
       on conflict on constraint load_batch_content do nothing returning batch_id`,
      [name, source.fileSha256, table.read, loaded, table.quarantined, audit.actionId],
    );
    const batchId = rows[0]?.batch_id;
    if (batchId === undefined) return; // the same file was loaded before, perhaps under another mapping
    for (const { line, field, value, reason } of table.bad) {
      await tx('core.quarantine').insert({
        batch_id: batchId,
        line,
        item: 'row',
        field,
        value: value?.slice(0, 40) ?? null,
        reason,
      });
    }
    const rowsOf = { count: loaded, root: source.fileSha256 };
    await append(
      tx,
      audit,
      {
        event: 'table.loaded',
        subject: { kind: 'load-batch', id: String(batchId) },
        after: source.fileSha256,
        rows: rowsOf,
      },
      new Date(),
    );
  });
}
