/** A dataset of a snapshot: its columns with DuckDB types, and the PostgreSQL query that yields them. */
export interface Dataset {
  readonly name: string;
  /**
   * `single`: one partition; `month`: one per month of receipt; `month-shard`: one per month and shard of providers.
   */
  readonly partitioning: 'single' | 'month' | 'month-shard';
  /** Kinds of load batches that add rows to it; empty for `single` datasets, which are small and always read whole. */
  readonly loadedFrom: readonly string[];
  readonly columns: readonly (readonly [name: string, type: string])[];
  readonly select: string;
  readonly from: string;
  /** Condition on one month of receipt, `$month` standing for its first day. */
  readonly inMonth?: string;
  /** SQL expression for the provider id whose hash decides the shard. */
  readonly shardBy?: string;
  readonly order: string;
}

/** The session is set to UTC and ISO dates, so PostgreSQL itself prints text such as 2024-03-01 10:15:00.5. */
export const utc = (column: string) => `${column} at time zone 'UTC'`;
export const ofMonth = "t.received_month = '$month'";
/** Instant at which a civil day starts in Norway. */
const dayStart = (day: string) => `(${day})::timestamp at time zone 'Europe/Oslo'`;
export const knownInMonth = `t.known_from >= ${dayStart("'$month'::date")}
  and t.known_from < ${dayStart("'$month'::date + interval '1 month'")}`;
