import type { DuckDBConnection } from '@duckdb/node-api';
import { invalid } from '../../domain/errors';
import type { TableMapping } from '../../domain/import/table-mapping';
import { quote } from '../duckdb/duckdb';
import { expectedDay, isAmount, isExcelError, isNumber, toCivilDay, toNumber } from '../tables/grammar';
import { checkColumns } from '../tables/open-table';
import { asOfSql, outcomeIn, rawCell, rowIdSql, tableColumns, type TableColumn, usedColumns } from './table-columns';

/** @throws UtplukkError InvalidInput where the header and the mapping do not fit together, naming the columns */
export function checkHeader(found: readonly string[], mapping: TableMapping, title: string): void {
  checkColumns(title, found, usedColumns(mapping), 'the mapping', mapping.ignore);
  checkRoles(mapping);
}

/** @throws UtplukkError InvalidInput for a column with two roles, or a baseline that is not a numeric feature */
function checkRoles(mapping: TableMapping): void {
  const { features, outcome, nuisance, ignore, baselines } = mapping;
  const others = [
    ...[outcome.column, outcome.amount, outcome.knownOn, ...ignore, ...Object.keys(nuisance)],
    ...[...Object.keys(mapping.protected), mapping.selection?.arm, mapping.selection?.probability, mapping.weight],
  ];
  const twice = Object.keys(features).filter((column) => others.includes(column));
  if (twice.length > 0)
    throw invalid(
      `${twice.join(', ')} cannot be a feature and an outcome, nuisance, protected, design or ignored column at once`,
    );
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
    const values = rawCell(column);
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

/** Condition for a text that is no Norwegian organisation number: 9 digits, the last one a control digit modulo 11. */
function badOrganisationNumber(column: string): string {
  const name = rawCell(column);
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

const list = (values: readonly (string | number)[]) => values.map(String).join(', ');

function keyChecks(mapping: TableMapping): Check[] {
  const { entity, asOf, rowId, outcome, format } = mapping;
  const required = (column: string, what: string): Check => ({
    column,
    bad: `${rawCell(column)} is null or ${isExcelError(rawCell(column))}`,
    expected: `expected ${what}`,
  });
  const checks: Check[] = [
    required(entity, 'the entity that the row is about'),
    { column: asOf, bad: `${asOfSql(mapping)} is null`, expected: expectedDay(format) },
  ];
  if (rowId) checks.push(required(rowId, 'the id of the row'));
  if (/orgnr|organi[sz]ation_?n(umber|r)/i.test(entity))
    checks.push({
      column: entity,
      bad: badOrganisationNumber(entity),
      expected: 'expected an organisation number of 9 digits with a correct control digit',
    });
  const all = [...outcome.positive, ...outcome.negative, ...outcome.missing];
  checks.push({
    column: outcome.column,
    bad: `${rawCell(outcome.column)} is not null and not ${outcomeIn(mapping, all)}`,
    expected:
      `expected an outcome that the mapping lists: positive (${list(outcome.positive)}), ` +
      `negative (${list(outcome.negative)}) or missing (${list(outcome.missing)})`,
  });
  return checks;
}

function outcomeChecks(mapping: TableMapping): Check[] {
  const { outcome, format } = mapping;
  const checks: Check[] = [];
  const known = outcomeIn(mapping, [...outcome.positive, ...outcome.negative]);
  if (outcome.knownOn) {
    const text = rawCell(outcome.knownOn);
    checks.push(
      {
        column: outcome.knownOn,
        bad: `${text} is not null and ${toCivilDay(text, format)} is null`,
        expected: expectedDay(format),
      },
      {
        column: outcome.knownOn,
        bad: `${text} is null and ${known}`,
        expected: 'expected the day on which the outcome became known, as there is an outcome',
      },
    );
  }
  if (outcome.amount) {
    const text = rawCell(outcome.amount);
    checks.push({
      column: outcome.amount,
      bad: `${text} is not null and not ${isAmount(text, format)}`,
      expected: 'expected an amount in kroner that is not negative, with at most two decimals',
    });
  }
  return checks;
}

function columnCheck({ source, read }: TableColumn, mapping: TableMapping): Check {
  const { format } = mapping;
  const text = rawCell(source);
  const check = (good: string, expected: string): Check => ({
    column: source,
    bad: `${text} is not null and not coalesce(${good}, false)`,
    expected,
  });
  if (read === 'categorical') return check(`not ${isExcelError(text)}`, 'expected a value, not the error of a formula');
  if (read === 'date') return check(`${toCivilDay(text, format)} is not null`, expectedDay(format));
  if (typeof read === 'object')
    return check(`${text} in (${read.order.map(quote).join(', ')})`, `expected one of ${list(read.order)}`);
  const number = isNumber(text, format);
  if (read === 'numeric')
    return check(number, 'expected a finite number of at most 1e30, or nothing where it is missing');
  const above = `${number} and ${toNumber(text, format)} > 0`;
  return read === 'weight'
    ? check(above, 'expected a weight above 0')
    : check(`${above} and ${toNumber(text, format)} <= 1`, 'expected a probability above 0, up to 1');
}

/** Creates table `bad(line, field, value, reason)` with every problem of every row of table `raw`. */
export async function findBadRows(duck: DuckDBConnection, mapping: TableMapping): Promise<void> {
  await duck.run('create table bad (line bigint, field varchar, value varchar, reason varchar)');
  const checks = [
    ...keyChecks(mapping),
    ...outcomeChecks(mapping),
    ...tableColumns(mapping).map((column) => columnCheck(column, mapping)),
  ];
  for (const { column, bad, expected } of checks)
    await duck.run(
      `insert into bad select line, ${quote(column)}, ${rawCell(column)}, ${quote(expected)} from raw where ${bad}`,
    );
  const id = rowIdSql(mapping);
  const field = quote(mapping.rowId ?? `${mapping.entity}, ${mapping.asOf}`);
  const reason = mapping.rowId
    ? 'duplicate row: another row with this id came before'
    : 'duplicate row: another row of this entity and day came before; state `rowId` if both count';
  await duck.run(`insert into bad select line, ${field}, id, ${quote(reason)} from (
    select line, ${id} as id, row_number() over (partition by ${id} order by line) as nth
    from raw where line not in (select line from bad)) where nth > 1`);
}

/** Most frequent reasons that are told. */
const TOLD = 5;

/** The most frequent reasons of table `bad`, with column and rows; a value is told where all rows have the same. */
export async function refusalReasons(duck: DuckDBConnection, mapping: TableMapping): Promise<string[]> {
  const ids = [mapping.entity, mapping.rowId ?? '', `${mapping.entity}, ${mapping.asOf}`];
  const reader = await duck.runAndReadAll(
    `select field, reason, count(distinct line)::int as n, min(value), max(value) from bad group by 1, 2
      order by n desc, field limit ${TOLD}`,
  );
  return reader.getRows().map(([field, reason, rows, least, most]) => {
    const value = rows === 1 || least !== most || least === null || ids.includes(String(field)) ? '' : String(least);
    const found = value === '' ? '' : `${value.slice(0, 20)} `;
    return `${found}in column ${String(field)} (${String(rows)}): ${String(reason)}`;
  });
}
