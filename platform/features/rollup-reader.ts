import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths } from '../../domain/rules/time-splits';
import { DERIVED, type Derived } from './monthly-rollups-sql';
import type { DerivedPart } from './monthly-rollups';
import { quote } from '../duckdb/duckdb';

/** The widest window: nothing received earlier can matter to a date. */
export const LOOK_BACK_MONTHS = 24;
const IN_VIEW: Readonly<Record<Derived, string>> = {
  base: 'base_in',
  day: 'day_in',
  patient: 'patient_in',
  tariff_use: 'tariff_in',
  rx: 'rx_in',
};

/** More cells than this are read from the files at each date; fewer are read once and kept. */
const MOST_KEPT_CELLS = 10_000_000;

/** Makes the derived tables of a date's months readable under the names that the SQL uses. */
export class DerivedReader {
  readonly #kept = new Set<Derived>();
  constructor(
    readonly duck: DuckDBConnection,
    readonly all: readonly DerivedPart[],
  ) {}

  async keepSmall(): Promise<void> {
    for (const table of DERIVED) {
      const parts = this.all.filter((part) => part.table === table);
      if (parts.length === 0) continue;
      const files = `[${parts.map((part) => quote(part.file)).join(', ')}]`;
      const size = await this.duck.runAndReadAll(
        `select sum(num_rows)::double, (select count(*) from (describe select * from read_parquet(${quote(parts[0]!.file)}))) from parquet_file_metadata(${files})`,
      );
      const [rows = 0, columns = 0] = (size.getRows()[0] ?? []).map(Number);
      if (rows * columns > MOST_KEPT_CELLS) continue;
      const selects = parts.map(
        (part) => `select *, date '${part.month}' as known_month from read_parquet(${quote(part.file)})`,
      );
      await this.duck.run(`create or replace temp table kept_${table} as ${selects.join(' union all ')}`);
      this.#kept.add(table);
    }
  }

  async openAt(asOf: string): Promise<void> {
    const from = addMonths(asOf, -LOOK_BACK_MONTHS);
    const known = this.all.filter((part) => part.month < asOf && part.month >= from);
    for (const table of DERIVED) {
      const files = known.filter((part) => part.table === table).map((part) => quote(part.file));
      // Without one earlier month there is nothing known: an empty reading of some other month's columns.
      const some = this.all.find((part) => part.table === table);
      const source = this.#kept.has(table)
        ? `select * from kept_${table} where known_month < date '${asOf}' and known_month >= date '${from}'`
        : files.length > 0
          ? `select * from read_parquet([${files.join(', ')}])`
          : some && `select * from read_parquet(${quote(some.file)}) where false`;
      if (source) await this.duck.run(`create or replace temp view ${IN_VIEW[table]} as ${source}`);
    }
  }
}
