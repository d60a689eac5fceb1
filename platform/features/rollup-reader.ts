import type { CivilDate } from '../../domain/time/instant';
import type { DuckDBConnection } from '@duckdb/node-api';
import { addMonths } from '../../domain/time/days';
import { quote } from '../duckdb/duckdb';
import type { RollupPartition } from './monthly-rollups';
import { type RollupName, ROLLUPS } from './monthly-rollups-sql';

/** The widest feature window: nothing received earlier affects the features of a date. */
export const LOOK_BACK_MONTHS = 24;

/**
 * Rollups with at most this many cells are read once and cached; larger ones are read from their files at each date.
 */
const MAX_CACHED_CELLS = 10_000_000;

/** Creates the views `known_<rollup>` over the rollups that were known at an as-of date. */
export class RollupReader {
  readonly #cached = new Set<RollupName>();
  constructor(
    readonly duck: DuckDBConnection,
    readonly rollups: readonly RollupPartition[],
  ) {}

  /** Reads small rollups into memory, which pays off when there are several dates. */
  async cacheSmall(): Promise<void> {
    for (const table of ROLLUPS) {
      const partitions = this.rollups.filter((rollup) => rollup.table === table);
      if (partitions.length === 0) continue;
      const files = `[${partitions.map(({ file }) => quote(file)).join(', ')}]`;
      const size = await this.duck.runAndReadAll(
        `select sum(num_rows)::double,
           (select count(*) from (describe select * from read_parquet(${quote(partitions[0]!.file)})))
         from parquet_file_metadata(${files})`,
      );
      const [rows = 0, columns = 0] = (size.getRows()[0] ?? []).map(Number);
      if (rows * columns > MAX_CACHED_CELLS) continue;
      const selects = partitions.map(
        ({ month, file }) => `select *, date '${month}' as known_month from read_parquet(${quote(file)})`,
      );
      await this.duck.run(`create or replace temp table cached_${table} as ${selects.join(' union all ')}`);
      this.#cached.add(table);
    }
  }

  /** @param asOf first day of a month; only months of receipt that ended before it are visible */
  async createViewsAt(asOf: CivilDate): Promise<void> {
    const from = addMonths(asOf, -LOOK_BACK_MONTHS);
    const known = this.rollups.filter(({ month }) => month < asOf && month >= from);
    for (const table of ROLLUPS) {
      const files = known.filter((rollup) => rollup.table === table).map(({ file }) => quote(file));
      // Without an earlier month nothing is known: an empty view with the columns of any other month.
      const anyMonth = this.rollups.find((rollup) => rollup.table === table);
      const source = this.#cached.has(table)
        ? `select * from cached_${table} where known_month < date '${asOf}' and known_month >= date '${from}'`
        : files.length > 0
          ? `select * from read_parquet([${files.join(', ')}])`
          : anyMonth && `select * from read_parquet(${quote(anyMonth.file)}) where false`;
      if (source) await this.duck.run(`create or replace temp view known_${table} as ${source}`);
    }
  }
}
