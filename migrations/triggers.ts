/**
 * Triggers that many tables share, as SQL. What these functions return is part of the schema: once an installation
 * exists, a migration that needs other SQL brings its own.
 */

const tableName = (table: string): string => table.split('.')[1]!;

/** Refuses every update, delete and truncate of these tables, whoever asks. */
export const appendOnly = (...tables: readonly string[]): string =>
  tables
    .map(
      (table) => `create trigger ${tableName(table)}_append_only before update or delete or truncate on ${table}
        for each statement execute function aud.refuse_change();`,
    )
    .join('\n');

/**
 * Makes a ledger entry obligatory for every change of a row of `table` (list: platform/ledger/audited-tables.ts).
 * @param key columns that name a row, separated by commas
 * @param without columns that may be erased and are therefore left out of the row's digest
 */
export const audited = (table: string, key: string, without = ''): string =>
  `create trigger ${tableName(table)}_audited after insert or update or delete on ${table}
    for each row execute function aud.record_change('${key}', '${without}');`;
