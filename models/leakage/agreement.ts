/** Rows of each class that a comparison needs. */
export const MIN_ROWS = 10;
/** Share of rows that must agree for two columns to count as the same. */
export const NEARLY_ALL = 0.99;
export const TOLERANCE = 1e-9;

/** Share of rows where two columns agree; NaN agrees with nothing. */
export const agreement = (rows: readonly number[], a: (row: number) => number, b: (row: number) => number): number =>
  rows.filter((row) => Math.abs(a(row) - b(row)) <= TOLERANCE).length / rows.length;
