import { addDays, addMonths } from '../time/days';

/**
 * Time-based splits. A row may train a fold only if its outcome was known before the embargo that precedes the test
 * part; it tests the fold if its as-of date lies in the test part. All ranges are half-open: the last day is not
 * included.
 */
export type SplitSpec =
  | { kind: 'expanding'; firstTest: string; testMonths: number; folds: number; embargoDays: number }
  | { kind: 'rolling'; firstTest: string; testMonths: number; folds: number; embargoDays: number; trainMonths: number }
  | { kind: 'fixed'; trainUntil: string; testFrom: string; testUntil: string };

export interface Fold {
  readonly id: string;
  /** First as-of date of the training rows; undefined where there is no lower bound. */
  readonly trainFrom?: string;
  /** Training rows have an as-of date before this day and an outcome known before it. */
  readonly trainKnownBefore: string;
  readonly testFrom: string;
  readonly testUntil: string;
}

/** @throws RangeError naming both dates when a test part starts before its training part ends */
export function foldsOf(split: SplitSpec): Fold[] {
  if (split.kind === 'fixed') {
    if (split.testFrom < split.trainUntil) {
      throw new RangeError(
        `test dates overlap training: testFrom ${split.testFrom} is before trainUntil ${split.trainUntil}`,
      );
    }
    if (split.testUntil <= split.testFrom) {
      throw new RangeError(
        `the test part is empty: testUntil ${split.testUntil} is not after testFrom ${split.testFrom}`,
      );
    }
    return [{ id: 'fixed', trainKnownBefore: split.trainUntil, testFrom: split.testFrom, testUntil: split.testUntil }];
  }
  // Every boundary is counted from the first test day: one counted from a boundary that was cut to the end of a short
  // month would lie days before the next, and the cases between them would test no fold.
  const boundary = (months: number) => addMonths(split.firstTest, months);
  return Array.from({ length: split.folds }, (_, index) => {
    const months = index * split.testMonths;
    const testFrom = boundary(months);
    return {
      id: `fold-${index + 1}`,
      trainKnownBefore: addDays(testFrom, -split.embargoDays),
      testFrom,
      testUntil: boundary(months + split.testMonths),
      ...(split.kind === 'rolling' ? { trainFrom: boundary(months - split.trainMonths) } : {}),
    };
  });
}

export interface DatedRow {
  readonly asOf: string;
  /** Day the outcome became known to the payer; undefined while it is not. */
  readonly labelKnownOn: string | undefined;
}

export const trainsFold = (row: DatedRow, fold: Fold): boolean =>
  row.labelKnownOn !== undefined &&
  row.asOf >= (fold.trainFrom ?? '') &&
  row.asOf < fold.trainKnownBefore &&
  row.labelKnownOn < fold.trainKnownBefore;

export const testsFold = (row: DatedRow, fold: Fold): boolean =>
  row.labelKnownOn !== undefined && row.asOf >= fold.testFrom && row.asOf < fold.testUntil;
