import type { Fold } from '../../domain/rules/training-splits';
import {
  countWithExample,
  labeledRows,
  type LeakageCheck,
  type LeakageContext,
  numericColumns,
  structural,
} from './types';

/** Which of the rows train a fold, and which test it. */
function rowsOfFold({ data, trains, tests }: LeakageContext, fold: Fold, rows: readonly number[]) {
  const dated = (row: number) => ({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] });
  return {
    training: rows.filter((row) => trains(dated(row), fold)),
    test: rows.filter((row) => tests(dated(row), fold)),
  };
}

const foldOverlap: LeakageCheck = {
  id: 'fold-overlap',
  looksFor: 'rows that train and test the same fold, or train it though their outcome was known too late',
  run: (context) => {
    const { data } = context;
    const rows = Array.from({ length: data.n }, (_, row) => row);
    return context.folds.flatMap((fold) => {
      const { training, test } = rowsOfFold(context, fold, rows);
      const testIds = new Set(test.map((row) => data.rowId[row]));
      const overlapping = training.filter((row) => testIds.has(data.rowId[row]));
      const late = training.filter(
        (row) => (data.labelKnownOn[row] ?? '9999') >= fold.trainKnownBefore || data.asOf[row]! >= fold.testFrom,
      );
      const inBoth = () => countWithExample(overlapping, (row) => data.rowId[row]!);
      const tooLate = () => countWithExample(late, (row) => `${data.rowId[row]} on ${data.labelKnownOn[row]}`);
      return [
        ...(overlapping.length > 0
          ? [structural('fold-overlap', `${fold.id}: rows that train and test: ${inBoth()}`)]
          : []),
        ...(late.length > 0
          ? [
              structural(
                'fold-overlap',
                `${fold.id}: training rows known on or after ${fold.trainKnownBefore}: ${tooLate()}`,
              ),
            ]
          : []),
      ];
    });
  },
};

const duplicateRowIds: LeakageCheck = {
  id: 'duplicate-row-ids',
  looksFor: 'a row that is in the matrix twice',
  run: ({ data }) => {
    const ids = new Set<string>();
    const repeated = data.rowId.filter((id) => ids.size === ids.add(id).size);
    return repeated.length > 0
      ? [
          structural(
            'duplicate-row-ids',
            `row ids that occur more than once: ${countWithExample(repeated, (id) => id)}`,
          ),
        ]
      : [];
  },
};

/** Columns with distinct values in most rows: only these identify a row by its numbers. */
const MIN_IDENTIFYING_COLUMNS = 3;
const MIN_DISTINCT_SHARE = 0.5;
const MIN_DUPLICATES = 3;
const MIN_DUPLICATE_SHARE = 0.02;

const duplicateEntities: LeakageCheck = {
  id: 'duplicate-entities',
  looksFor: 'an entity under two names, one in training and one in test',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    const identifying = numericColumns(context)
      .map(({ name }) => data.numeric.get(name)!)
      .filter((values) => new Set(rows.map((row) => values[row])).size > MIN_DISTINCT_SHARE * rows.length);
    if (identifying.length < MIN_IDENTIFYING_COLUMNS) return [];
    const fingerprint = (row: number) => identifying.map((values) => values[row]).join(' ');
    return context.folds.flatMap((fold) => {
      const { training, test } = rowsOfFold(context, fold, rows);
      const trainingRow = new Map(training.map((row) => [fingerprint(row), row]));
      const duplicates = test.filter((row) => trainingRow.has(fingerprint(row)));
      if (duplicates.length < MIN_DUPLICATES || duplicates.length < MIN_DUPLICATE_SHARE * test.length) return [];
      const example = duplicates[0]!;
      const detail =
        `${fold.id}: ${duplicates.length} of ${test.length} test rows have the same ${identifying.length} numbers as ` +
        `a training row, for example ${data.rowId[example]} and ${data.rowId[trainingRow.get(fingerprint(example))!]}`;
      return [structural('duplicate-entities', detail)];
    });
  },
};

export const FOLD_CHECKS: readonly LeakageCheck[] = [foldOverlap, duplicateRowIds, duplicateEntities];
