import type { TableMapping } from '../../domain/import/table-mapping';
import { type MatrixColumn, TABLE_DESIGN } from '../../domain/schemas/matrix';
import { ident, quote } from '../duckdb/duckdb';
import { cell } from '../tables/open-table';
import { toCivilDay, toNumber } from '../tables/grammar';

/** A column of the matrix: where its values come from, and how they are read. */
export interface TableColumn extends MatrixColumn {
  readonly source: string;
  readonly read: TableMapping['features'][string] | 'probability' | 'weight';
}

/** The columns that the mapping declares: features, nuisance, and those that only evaluation may use. */
export function tableColumns(mapping: TableMapping): TableColumn[] {
  const kindOf = (read: TableColumn['read']) => (read === 'categorical' ? 'categorical' : 'numeric');
  const named = (role: MatrixColumn['role'], columns: Record<string, TableMapping['features'][string]>) =>
    Object.entries(columns).map(([name, read]) => ({ name, source: name, read, kind: kindOf(read), role }) as const);
  const design = (name: string, source: string | undefined, read: TableColumn['read']): TableColumn[] =>
    source === undefined ? [] : [{ name, source, read, kind: kindOf(read), role: 'design' }];
  return [
    ...named('feature', mapping.features),
    ...named('nuisance', mapping.nuisance),
    ...named('design', mapping.protected),
    ...design(TABLE_DESIGN.probability, mapping.selection?.probability, 'probability'),
    ...design(TABLE_DESIGN.arm, mapping.selection?.arm, 'categorical'),
    ...design(TABLE_DESIGN.weight, mapping.weight, 'weight'),
    ...design(TABLE_DESIGN.group, mapping.group, 'categorical'),
  ];
}

/** All columns of the file that the mapping uses, each once. */
export function usedColumns(mapping: TableMapping): string[] {
  const { outcome } = mapping;
  const keys = [mapping.entity, mapping.asOf, mapping.rowId, outcome.column, outcome.knownOn, outcome.amount];
  const used = [...keys, ...tableColumns(mapping).map(({ source }) => source)];
  return [...new Set(used.filter((name) => name !== undefined))];
}

/** A column of table `raw`. The names of the file stand in a space of their own there, beside `line`. */
export const rawCell = (name: string): string => ident(`c:${name}`);
/** SQL of the columns of table `raw` after `line`, from view `source`. */
export const rawCells = (mapping: TableMapping): string[] =>
  usedColumns(mapping).map((name) => `${cell(name, mapping.format)} as ${rawCell(name)}`);

/** SQL for the as-of day of a row. */
export const asOfSql = ({ asOf, format }: TableMapping): string => toCivilDay(rawCell(asOf), format);
/** SQL for the id of a row: its column if the mapping names one, otherwise entity and as-of day. */
export const rowIdSql = (mapping: TableMapping): string =>
  mapping.rowId ? rawCell(mapping.rowId) : `${rawCell(mapping.entity)} || '@' || cast(${asOfSql(mapping)} as varchar)`;

/** True where an outcome is one of the values; a number is found in any spelling, so that 1 is 1.0 too. */
export function outcomeIn(mapping: TableMapping, values: readonly (string | number)[]): string {
  const outcome = rawCell(mapping.outcome.column);
  const texts = values.map((value) => quote(String(value)));
  const numbers = values.filter((value) => typeof value === 'number');
  const inTexts = texts.length === 0 ? 'false' : `${outcome} in (${texts.join(', ')})`;
  return numbers.length === 0
    ? `coalesce(${inTexts}, false)`
    : `coalesce(${inTexts} or ${toNumber(outcome, mapping.format)} in (${numbers.join(', ')}), false)`;
}

/** SQL of a value of the matrix: a number, or a text where a missing one is a category of its own. */
export function valueSql({ source, read }: TableColumn, mapping: TableMapping): string {
  const text = rawCell(source);
  if (read === 'categorical') return `coalesce(${text}, '(missing)')`;
  if (read === 'date') return `cast(${asOfSql(mapping)} - ${toCivilDay(text, mapping.format)} as double)`;
  if (typeof read === 'object')
    return `cast(nullif(list_position([${read.order.map(quote).join(', ')}], ${text}), 0) as double)`;
  return toNumber(text, mapping.format);
}
