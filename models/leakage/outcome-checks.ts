import type { MatrixColumn } from '../../domain/schemas/matrix';
import { agreement, MIN_ROWS, NEARLY_ALL, TOLERANCE } from './agreement';
import { labeledRows, type LeakageCheck, type LeakageContext, numericColumns, structural } from './types';

/** A column with more categories than this is taken for an identifier. */
const MAX_CATEGORIES = 30;

const caseworkerColumns: LeakageCheck = {
  id: 'caseworker-columns',
  looksFor: 'caseworker columns in a model meant for selection',
  run: ({ columns, nuisanceAllowed }) =>
    nuisanceAllowed
      ? []
      : columns
          .filter(({ role }) => role === 'nuisance')
          .map(({ name }) =>
            structural(
              'caseworker-columns',
              'the column identifies the caseworker, which explains findings and is not known at selection',
              name,
            ),
          ),
};

const outcomeCopies: LeakageCheck = {
  id: 'outcome-copies',
  looksFor: 'a number that equals the outcome, its opposite or its amount',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    const findings = rows.filter((row) => data.label[row] === 1);
    if (findings.length < MIN_ROWS || rows.length - findings.length < MIN_ROWS) return [];
    const targets: [string, (row: number) => number, readonly number[]][] = [
      ['the outcome', (row) => data.label[row]!, rows],
      ['the opposite of the outcome', (row) => 1 - data.label[row]!, rows],
      ['the amount found', (row) => data.amountOre[row]!, findings],
      ['the amount found in NOK', (row) => data.amountOre[row]! / 100, findings],
    ];
    return numericColumns(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      return targets.flatMap(([what, target, compared]) => {
        const share = agreement(compared, (row) => values[row]!, target);
        const isConstant = new Set(compared.map(target)).size < 2;
        if (isConstant || share < NEARLY_ALL) return [];
        const detail = `equals ${what} in ${(100 * share).toFixed(1)} % of ${compared.length} rows`;
        return [structural('outcome-copies', detail, name)];
      });
    });
  },
};

const outcomeCategories: LeakageCheck = {
  id: 'outcome-categories',
  looksFor: 'a categorical column that determines the outcome',
  run: (context) => {
    const rows = labeledRows(context);
    if (rows.length < 5 * MIN_ROWS) return [];
    return context.columns
      .filter(({ kind }) => kind === 'categorical')
      .filter((column) => determinesOutcome(context, column, rows))
      .map(({ name }) => {
        const categories = new Set(rows.map((row) => context.data.categorical.get(name)![row])).size;
        const detail = `each of its ${categories} values has one outcome only, over ${rows.length} rows`;
        return structural('outcome-categories', detail, name);
      });
  },
};

function determinesOutcome({ data }: LeakageContext, { name }: MatrixColumn, rows: readonly number[]): boolean {
  const labelsOf = new Map<string, Set<number>>();
  for (const row of rows) {
    const category = data.categorical.get(name)![row]!;
    labelsOf.set(category, (labelsOf.get(category) ?? new Set()).add(data.label[row]!));
  }
  const sets = [...labelsOf.values()];
  const isPure = sets.every((labels) => labels.size === 1);
  const hasBothClasses = new Set(sets.flatMap((labels) => [...labels])).size === 2;
  return isPure && hasBothClasses && labelsOf.size <= MAX_CATEGORIES;
}

interface LabelSum {
  readonly n: number;
  readonly sum: number;
}

function sumLabelsBy<Key>(rows: readonly number[], label: Float64Array, keyOf: (row: number) => Key) {
  const sums = new Map<Key, LabelSum>();
  for (const row of rows) {
    const { n, sum } = sums.get(keyOf(row)) ?? { n: 0, sum: 0 };
    sums.set(keyOf(row), { n: n + 1, sum: sum + label[row]! });
  }
  return sums;
}

const targetEncoding: LeakageCheck = {
  id: 'target-encoding',
  looksFor: 'a mean of outcomes over rows that include the row itself or rows of the test part',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    const groupings: [string, (row: number) => string][] = [
      ...[...data.categorical].map(([name, values]): [string, (row: number) => string] => [
        name,
        (row) => values[row]!,
      ]),
      ['the peer group', (row) => data.group[row]!],
      ['the entity', (row) => data.entity[row]!],
      ['the as-of date', (row) => data.asOf[row]!],
    ];
    const sums = groupings.map(([, keyOf]) => sumLabelsBy(rows, data.label, keyOf));
    return numericColumns(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const ownMeans = meansOfOwnValue(rows, values, data.label);
      if (ownMeans) return [structural('target-encoding', ownMeans, name)];
      return groupings.flatMap(([what, keyOf], g) => {
        const grouped = rows.filter((row) => sums[g]!.get(keyOf(row))!.n > 1);
        if (grouped.length < 3 * MIN_ROWS) return [];
        const meanOfOthers = (row: number) => {
          const { n, sum } = sums[g]!.get(keyOf(row))!;
          return (sum - data.label[row]!) / (n - 1);
        };
        const isConstant = new Set(grouped.map(meanOfOthers)).size <= 2;
        return !isConstant && agreement(grouped, (row) => values[row]!, meanOfOthers) >= NEARLY_ALL
          ? [structural('target-encoding', `is the mean outcome of the other rows of ${what}`, name)]
          : [];
      });
    });
  },
};

/** A column each of whose values equals the mean outcome of the rows with that value. */
function meansOfOwnValue(rows: readonly number[], values: Float64Array, label: Float64Array): string | undefined {
  const groups = [...sumLabelsBy(rows, label, (row) => values[row]!)].filter(([, { n }]) => n > 1);
  const covered = groups.reduce((sum, [, { n }]) => sum + n, 0);
  const fractions = groups.filter(([value]) => value > 0 && value < 1);
  const isExact = groups.every(([value, { n, sum }]) => Math.abs(sum / n - value) <= TOLERANCE);
  return isExact && fractions.length >= 2 && covered >= NEARLY_ALL * rows.length
    ? `equals the mean outcome of the rows that share its value, in all ${groups.length} values`
    : undefined;
}

export const OUTCOME_CHECKS: readonly LeakageCheck[] = [
  caseworkerColumns,
  outcomeCopies,
  outcomeCategories,
  targetEncoding,
];
