import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';

/**
 * What training saw of each figure, so that a provider unlike all of it is marked: a model says something of such a provider
 * too, but nothing stands behind it. Nobody is taken off a list by this; the mark says to look with other eyes.
 */
export interface TrainingRanges {
  /** Least and greatest of each numeric column that entered. */
  readonly ranges: readonly { readonly name: string; readonly least: number; readonly greatest: number }[];
  /** Provider groups with training rows. */
  readonly groups: readonly string[];
  /** Share of figures outside their ranges above which a provider counts as unlike: one training row in a hundred would. */
  readonly limit: number;
}

export interface OutOfDistribution {
  /** Share of the provider's known figures that lie outside what training saw. */
  readonly share: number;
  readonly groupUnseen: boolean;
  /** The figures, in the order of their columns. */
  readonly outside: readonly string[];
}

const PARTS = 5;
const COMMON = 0.99;
const LEAST_LIMIT = 0.05;

/** Ranges of the rows; the limit is measured on rows left out of the ranges, a fifth at a time, in the order of their ids. */
export function fitTrainingRanges(
  data: MatrixData,
  columns: readonly MatrixColumn[],
  rows: readonly number[],
): TrainingRanges {
  const names = columns.filter(({ kind, role }) => kind === 'numeric' && role === 'feature').map(({ name }) => name);
  const order = [...rows].sort((a, b) => (data.rowId[a]! < data.rowId[b]! ? -1 : 1));
  const rangesOf = (part: readonly number[]) =>
    names.flatMap((name) => {
      const values = data.numeric.get(name)!;
      let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (const row of part) {
        if (Number.isNaN(values[row]!)) continue;
        least = Math.min(least, values[row]!);
        greatest = Math.max(greatest, values[row]!);
      }
      return least <= greatest ? [{ name, least, greatest }] : [];
    });
  const leftOut = Array.from({ length: PARTS }, (_, part) => {
    const ranges = rangesOf(order.filter((_row, i) => i % PARTS !== part));
    return order.filter((_row, i) => i % PARTS === part).map((row) => figuresOutside(ranges, data, row).share);
  })
    .flat()
    .sort((a, b) => a - b);
  const limit = Math.max(LEAST_LIMIT, leftOut[Math.floor(COMMON * (leftOut.length - 1))] ?? 0);
  return { ranges: rangesOf(order), groups: [...new Set(order.map((row) => data.group[row]!))].sort(), limit };
}

/** Undefined for a provider like others that training saw. */
export function detectOutOfDistribution(
  seen: TrainingRanges,
  data: MatrixData,
  row: number,
): OutOfDistribution | undefined {
  const groupUnseen = !seen.groups.includes(data.group[row]!);
  const { share, outside } = figuresOutside(seen.ranges, data, row);
  return groupUnseen || share > seen.limit ? { share, groupUnseen, outside } : undefined;
}

function figuresOutside(
  ranges: TrainingRanges['ranges'],
  data: MatrixData,
  row: number,
): { share: number; outside: string[] } {
  const outside: string[] = [];
  let known = 0;
  for (const { name, least, greatest } of ranges) {
    const value = data.numeric.get(name)?.[row] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    known++;
    if (value < least || value > greatest) outside.push(name);
  }
  return { share: known > 0 ? outside.length / known : 0, outside };
}
