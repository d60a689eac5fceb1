/** Limits of one table; a file that exceeds one is refused with a sentence that names it. */
export const TABLE_LIMITS = {
  /** Columns of a table. Each costs memory in every step from reading to training. */
  columns: 2000,
  /** Bytes of one record, as DuckDB's reader has it. */
  recordBytes: 2_000_000,
  /** A compressed text that grows by more than this factor beyond `expandedBytes` is refused as a bomb. */
  expansion: 200,
  expandedBytes: 500_000_000,
  /** Unpacked bytes of a sheet of a workbook, or of its texts, which are kept in memory. */
  partBytes: 300_000_000,
} as const;
