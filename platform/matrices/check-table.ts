import path from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../../domain/errors';
import type { MatrixColumn } from '../../domain/schemas/matrix';
import type { TableMapping } from '../../domain/import/table-mapping';
import { ident, quote } from '../duckdb/duckdb';

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

/** @throws UtplukkError InvalidInput where the header and the mapping do not fit together, naming the columns */
export async function checkHeader(duck: DuckDBConnection, mapping: TableMapping, file: string): Promise<void> {
  const reader = await duck.runAndReadAll(
    `select column_name from information_schema.columns where table_name = 'source' order by ordinal_position`,
  );
  const found = reader.getRows().map(([column]) => String(column));
  const missing = usedColumns(mapping).filter((column) => !found.includes(column));
  if (missing.length > 0)
    throw invalid(
      `${path.basename(file)} lacks the column${missing.length > 1 ? 's' : ''} ${missing.join(', ')} ` +
        `that the mapping names; it has: ${found.join(', ')}`,
      'Correct the mapping, or the header of the file.',
    );
  const named = new Set([...usedColumns(mapping), ...mapping.ignore]);
  const unknown = found.filter((column) => !named.has(column));
  if (unknown.length > 0)
    throw invalid(
      `the mapping does not say what ${unknown.join(', ')} ${unknown.length > 1 ? 'are' : 'is'}`,
      'Name each column as a feature, as nuisance, or under `ignore`.',
    );
  checkRoles(mapping);
}

/** @throws UtplukkError InvalidInput for a column with two roles, or a baseline that is not a numeric feature */
function checkRoles({ features, outcome, nuisance, ignore, baselines }: TableMapping): void {
  const others = [outcome.column, outcome.amount, outcome.knownOn, ...ignore, ...Object.keys(nuisance)];
  const twice = Object.keys(features).filter((column) => others.includes(column));
  if (twice.length > 0)
    throw invalid(`${twice.join(', ')} cannot be a feature and an outcome, nuisance or ignored column at once`);
  for (const [role, value] of Object.entries(baselines))
    for (const column of [value ?? []].flat())
      if (features[column] !== 'numeric')
        throw invalid(`baselines.${role} names ${column}, which is not a numeric feature of the mapping`);
}

/** A categorical column with many long values that rarely repeat is free text, whatever its name. */
const FREE_TEXT = { meanLength: 30, distinctShare: 0.5, rows: 50 };

/** @throws UtplukkError InvalidInput for a categorical feature that holds free text */
export async function refuseFreeText(duck: DuckDBConnection, mapping: TableMapping): Promise<void> {
  for (const [column, kind] of Object.entries(mapping.features)) {
    if (kind !== 'categorical') continue;
    const values = `nullif(trim(${ident(column)}), '')`;
    const reader = await duck.runAndReadAll(
      `select count(${values})::int, count(distinct ${values})::int, coalesce(avg(length(${values})), 0) from raw`,
    );
    const [rows = 0, distinct = 0, length = 0] = (reader.getRows()[0] ?? []).map(Number);
    if (rows >= FREE_TEXT.rows && distinct > FREE_TEXT.distinctShare * rows && length > FREE_TEXT.meanLength)
      throw invalid(
        `${column} holds free text (${distinct} different values in ${rows} rows, ` +
          `${Math.round(length)} characters each), which may not be a feature`,
        'List it under `ignore`.',
      );
  }
}

/** SQL for the id of a row: its column if the mapping names one, otherwise entity and as-of day. */
export const rowIdSql = (mapping: TableMapping): string =>
  mapping.rowId
    ? `trim(${ident(mapping.rowId)})`
    : `trim(${ident(mapping.entity)}) || '@' || trim(${ident(mapping.asOf)})`;

/** Condition for a text that is no Norwegian organisation number: 9 digits, the last one a control digit modulo 11. */
function badOrganisationNumber(column: string): string {
  const name = ident(column);
  const sum = [3, 2, 7, 6, 5, 4, 3, 2]
    .map((weight, i) => `${weight} * cast(substr(${name}, ${i + 1}, 1) as int)`)
    .join(' + ');
  return `case when not regexp_full_match(coalesce(${name}, ''), '\\d{9}') then true
    else (11 - (${sum}) % 11) % 11 <> cast(substr(${name}, 9, 1) as int) end`;
}

/** A check of one column: the condition of a bad value, and what was expected. */
interface Check {
  readonly column: string;
  readonly bad: string;
  readonly expected: string;
}

function checksOf(mapping: TableMapping, columns: readonly MatrixColumn[]): Check[] {
  const present = (column: string) => `coalesce(trim(${ident(column)}), '') <> ''`;
  const badNumber = (column: string) => {
    const value = `try_cast(${ident(column)} as double)`;
    return `${present(column)} and (${value} is null or not isfinite(${value}))`;
  };
  const badDate = (column: string) => `try_cast(${ident(column)} as date) is null`;
  const expectedDate = 'expected an existing date, such as 2024-03-01';
  const { entity, asOf, outcome } = mapping;
  const checks: Check[] = [
    { column: entity, bad: `not (${present(entity)})`, expected: 'the entity is empty' },
    { column: asOf, bad: badDate(asOf), expected: expectedDate },
  ];
  if (outcome.knownOn) {
    const given = `coalesce(${ident(outcome.knownOn)}, '') <> ''`;
    checks.push({ column: outcome.knownOn, bad: `${badDate(outcome.knownOn)} and ${given}`, expected: expectedDate });
  }
  for (const { name, kind } of columns)
    if (kind === 'numeric')
      checks.push({
        column: name,
        bad: badNumber(name),
        expected: 'expected a finite number, or nothing where it is missing',
      });
  if (outcome.amount)
    checks.push({
      column: outcome.amount,
      bad: `${present(outcome.amount)} and coalesce(try_cast(${ident(outcome.amount)} as decimal(18, 2)), -1) < 0`,
      expected: 'expected an amount in kroner that is not negative',
    });
  if (/orgnr|organi[sz]ation_?n(umber|r)/i.test(entity))
    checks.push({
      column: entity,
      bad: badOrganisationNumber(entity),
      expected: 'expected an organisation number of 9 digits with a correct control digit',
    });
  return checks;
}

/** Creates table `bad(line, field, value, reason)` with every problem of every row of table `raw`. */
export async function findBadRows(
  duck: DuckDBConnection,
  mapping: TableMapping,
  columns: readonly MatrixColumn[],
): Promise<void> {
  await duck.run('create table bad (line bigint, field varchar, value varchar, reason varchar)');
  for (const { column, bad, expected } of checksOf(mapping, columns))
    await duck.run(
      `insert into bad select line, ${quote(column)}, ${ident(column)}, ${quote(expected)} from raw where ${bad}`,
    );
  const id = rowIdSql(mapping);
  const field = quote(mapping.rowId ?? `${mapping.entity}, ${mapping.asOf}`);
  await duck.run(`insert into bad select line, ${field}, id, 'duplicate row: the same row came before' from (
    select line, ${id} as id, row_number() over (partition by ${id} order by line) as nth
    from raw where line not in (select line from bad)) where nth > 1`);
}
