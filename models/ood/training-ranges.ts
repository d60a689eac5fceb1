import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';

/**
 * Per-feature training ranges for out-of-distribution detection. Flagged providers stay on the list; their score is an
 * extrapolation.
 */
export interface TrainingRanges {
  /** Lowest and highest training value of each numeric feature. */
  readonly ranges: readonly { readonly name: string; readonly min: number; readonly max: number }[];
  /** Provider groups with training rows. */
  readonly groups: readonly string[];
  /** Share of features outside their range above which a provider is flagged: about 1 in 100 training rows would be. */
  readonly limit: number;
}

export interface OutOfDistribution {
  /** Share of the provider's known features that lie outside the training range. */
  readonly share: number;
  /** True where the provider group had no training rows. */
  readonly groupUnseen: boolean;
  /** Names of those features, in the order of the columns. */
  readonly outside: readonly string[];
}

const PARTS = 5;
const IN_DISTRIBUTION_SHARE = 0.99;
const MIN_LIMIT = 0.05;

/**
 * Ranges of the given rows. The limit is cross-validated: each fifth, in the order of ids, by the ranges of the rest.
 */
export function fitTrainingRanges(
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
): TrainingRanges {
  const names = columns.filter(({ kind, role }) => kind === 'numeric' && role === 'feature').map(({ name }) => name);
  const order = [...rows].sort((a, b) => (data.rowId[a]! < data.rowId[b]! ? -1 : 1));
  const heldOutShares = Array.from({ length: PARTS }, (_, part) => {
    const ranges = rangesOf(
      data,
      names,
      order.filter((_row, i) => i % PARTS !== part),
    );
    return order.filter((_row, i) => i % PARTS === part).map((row) => featuresOutside(ranges, data, row).share);
  })
    .flat()
    .sort((a, b) => a - b);
  const quantile = heldOutShares[Math.floor(IN_DISTRIBUTION_SHARE * (heldOutShares.length - 1))] ?? 0;
  return {
    ranges: rangesOf(data, names, order),
    groups: [...new Set(order.map((row) => data.group[row]!))].sort(),
    limit: Math.max(MIN_LIMIT, quantile),
  };
}

/** Features without any value in the rows have no range. */
function rangesOf(data: MatrixData, names: readonly string[], rows: readonly number[]): TrainingRanges['ranges'] {
  return names.flatMap((name) => {
    const values = data.numeric.get(name)!;
    let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const row of rows) {
      if (Number.isNaN(values[row]!)) continue;
      min = Math.min(min, values[row]!);
      max = Math.max(max, values[row]!);
    }
    return min <= max ? [{ name, min, max }] : [];
  });
}

/** Undefined for a provider within the training ranges. */
export function detectOutOfDistribution(
  { ranges, groups, limit }: TrainingRanges,
  data: MatrixData,
  row: number,
): OutOfDistribution | undefined {
  const groupUnseen = !groups.includes(data.group[row]!);
  const { share, outside } = featuresOutside(ranges, data, row);
  return groupUnseen || share > limit ? { share, groupUnseen, outside } : undefined;
}

function featuresOutside(
  ranges: TrainingRanges['ranges'],
  data: MatrixData,
  row: number,
): { share: number; outside: string[] } {
  const outside: string[] = [];
  let known = 0;
  for (const { name, min, max } of ranges) {
    const value = data.numeric.get(name)?.[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    known++;
    if (value < min || value > max) outside.push(name);
  }
  return { share: known > 0 ? outside.length / known : 0, outside };
}
