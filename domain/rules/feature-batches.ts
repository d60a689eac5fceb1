/** Work on features cut into lots that workers take side by side; each is found again by content when done twice. */
export interface FeaturePlan {
  /** Months of receipt whose derived tables one lot makes. */
  readonly months: readonly (readonly string[])[];
  /** As-of dates whose features one lot makes, once every month is there. */
  readonly dates: readonly (readonly string[])[];
}

/** Above this a lot holds one month or date, and a process works on one lot at a time: memory, not cores, is what binds. */
export const LARGE_SNAPSHOT_LINES = 20_000_000;
const MONTHS_A_LOT = 12;
const DATES_A_LOT = 10;

const lots = (items: readonly string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));

export const featureLots = (months: readonly string[], dates: readonly string[], large: boolean): FeaturePlan => ({
  months: lots(months, large ? 1 : MONTHS_A_LOT),
  dates: lots(dates, large ? 1 : DATES_A_LOT),
});
