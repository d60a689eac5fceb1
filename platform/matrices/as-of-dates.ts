import { type CivilDate, toCivilDate } from '../../domain/time/instant';
import type { DuckDBConnection } from '@duckdb/node-api';
import { quote } from '../duckdb/duckdb';

/** The as-of dates of a matrix file, in order. */
export async function asOfDates(duck: DuckDBConnection, matrixFile: string): Promise<CivilDate[]> {
  const reader = await duck.runAndReadAll(
    `select cast(as_of as varchar) from read_parquet(${quote(matrixFile)}) group by 1 order by 1`,
  );
  return reader.getRows().map(([day]) => toCivilDate(String(day), 'as_of of the matrix'));
}
