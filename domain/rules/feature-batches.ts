import type { CivilDate } from '../time/instant';
/**
 * Feature work split into batches that workers compute in parallel; repeating a batch finds its results in the
 * store.
 */
export interface FeaturePlan {
  /** Months of receipt whose rollups one batch builds. */
  readonly months: readonly (readonly string[])[];
  /** As-of dates whose features one batch computes, after all months are built. */
  readonly dates: readonly (readonly CivilDate[])[];
}

/**
 * Snapshots with more tariff lines get batches of one month or date, one batch per process: memory is the limit, not
 * cores.
 */
export const LARGE_SNAPSHOT_LINES = 20_000_000;
const MONTHS_PER_BATCH = 12;
const DATES_PER_BATCH = 10;

const batches = <T>(items: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

export const featureBatches = (
  months: readonly string[],
  dates: readonly CivilDate[],
  large: boolean,
): FeaturePlan => ({
  months: batches(months, large ? 1 : MONTHS_PER_BATCH),
  dates: batches(dates, large ? 1 : DATES_PER_BATCH),
});
