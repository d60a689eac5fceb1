import { labeledRows, type LeakageCheck, type LeakageContext, type LeakageFinding } from './types';

/** Leaks that are facts, not likelihoods: each refuses the run. */

const MIN_EACH = 10;
const NEARLY_ALL = 0.99;
const TOLERANCE = 1e-9;

const found = (check: string, detail: string, column?: string): LeakageFinding => ({
  check,
  severity: 'structural',
  detail,
  ...(column === undefined ? {} : { column }),
});
const numericUsed = ({ columns }: LeakageContext) => columns.filter((column) => column.kind === 'numeric');
const first = <T>(items: readonly T[], describe: (item: T) => string) =>
  `${items.length}, the first: ${describe(items[0]!)}`;

/** Share of rows where two columns agree; NaN agrees with nothing. */
const agreement = (rows: readonly number[], a: (row: number) => number, b: (row: number) => number) =>
  rows.filter((row) => Math.abs(a(row) - b(row)) <= TOLERANCE).length / rows.length;

const futureRows: LeakageCheck = {
  id: 'future-rows',
  looksFor: 'rows as of a day after the data were known',
  run: ({ data, knownUntil }) => {
    if (!knownUntil) return [];
    const late = data.asOf.flatMap((day, row) => (day > knownUntil ? [row] : []));
    return late.length > 0
      ? [
          found(
            'future-rows',
            `rows after ${knownUntil}: ${first(late, (row) => `${data.rowId[row]} as of ${data.asOf[row]}`)}`,
          ),
        ]
      : [];
  },
};

const futureLabels: LeakageCheck = {
  id: 'future-labels',
  looksFor: 'outcomes known after the data were cut',
  run: ({ data, knownUntil }) => {
    if (!knownUntil) return [];
    const late = data.labelKnownOn.flatMap((day, row) => (day !== undefined && day > knownUntil ? [row] : []));
    return late.length > 0
      ? [
          found(
            'future-labels',
            `outcomes known after ${knownUntil}: ${first(late, (row) => `${data.rowId[row]} on ${data.labelKnownOn[row]}`)}`,
          ),
        ]
      : [];
  },
};

const knownOutcomes: LeakageCheck = {
  id: 'known-outcomes',
  looksFor: 'outcomes that were known before the day the features are as of',
  run: (context) => {
    const { data } = context;
    const early = labeledRows(context).filter((row) => (data.labelKnownOn[row] ?? data.asOf[row]!) < data.asOf[row]!);
    return early.length > 0
      ? [
          found(
            'known-outcomes',
            `outcomes known before their row's day: ${first(early, (row) => `${data.rowId[row]} on ${data.labelKnownOn[row]}, as of ${data.asOf[row]}`)}`,
          ),
        ]
      : [];
  },
};

const whoLooked: LeakageCheck = {
  id: 'who-looked',
  looksFor: 'columns that say who looked, in a model meant for selection',
  run: ({ columns, nuisanceAllowed }) =>
    nuisanceAllowed
      ? []
      : columns
          .filter((c) => c.role === 'nuisance')
          .map((c) =>
            found(
              'who-looked',
              'the column says who looked, which explains findings and is not known at selection',
              c.name,
            ),
          ),
};

const outcomeCopies: LeakageCheck = {
  id: 'outcome-copies',
  looksFor: 'a number that is the outcome, its opposite or its amount',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    const positives = rows.filter((row) => data.label[row] === 1);
    if (positives.length < MIN_EACH || rows.length - positives.length < MIN_EACH) return [];
    const targets: [string, (row: number) => number, readonly number[]][] = [
      ['the outcome', (row) => data.label[row]!, rows],
      ['the opposite of the outcome', (row) => 1 - data.label[row]!, rows],
      ['the amount found', (row) => data.amountOre[row]!, positives],
      ['the amount found in kroner', (row) => data.amountOre[row]! / 100, positives],
    ];
    return numericUsed(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      return targets.flatMap(([what, target, on]) => {
        const share = agreement(on, (row) => values[row]!, target);
        const varied = new Set(on.map(target)).size > 1;
        return varied && share >= NEARLY_ALL
          ? [found('outcome-copies', `equals ${what} in ${(100 * share).toFixed(1)} % of ${on.length} rows`, name)]
          : [];
      });
    });
  },
};

const MOST_WORDS = 30;
const outcomeWords: LeakageCheck = {
  id: 'outcome-words',
  looksFor: 'a word that settles the outcome',
  run: (context) => {
    const { data, columns } = context;
    const rows = labeledRows(context);
    if (rows.length < 5 * MIN_EACH) return [];
    return columns
      .filter((c) => c.kind === 'categorical')
      .flatMap(({ name }) => {
        const words = new Map<string, Set<number>>();
        for (const row of rows) {
          const word = data.categorical.get(name)![row]!;
          words.set(word, (words.get(word) ?? new Set()).add(data.label[row]!));
        }
        const pure = [...words.values()].every((labels) => labels.size === 1);
        const both = new Set([...words.values()].flatMap((labels) => [...labels])).size === 2;
        return pure && both && words.size <= MOST_WORDS
          ? [
              found(
                'outcome-words',
                `each of its ${words.size} values has one outcome only, over ${rows.length} rows`,
                name,
              ),
            ]
          : [];
      });
  },
};

/** Means of labels by some grouping, of all rows and of all others: what target encoding leaves behind. */
const encodedOutcomes: LeakageCheck = {
  id: 'encoded-outcomes',
  looksFor:
    'a mean of outcomes over rows that include the row itself or its neighbours (target encoding before the split)',
  run: (context) => {
    const { data } = context;
    const rows = labeledRows(context);
    const groupings: [string, (row: number) => string][] = [
      ...[...data.categorical.keys()].map((name): [string, (row: number) => string] => [
        name,
        (row) => data.categorical.get(name)![row]!,
      ]),
      ['the peer group', (row) => data.group[row]!],
      ['the entity', (row) => data.entity[row]!],
      ['the as-of day', (row) => data.asOf[row]!],
    ];
    const sums = groupings.map(([, key]) => {
      const by = new Map<string, { n: number; sum: number }>();
      for (const row of rows) {
        const entry = by.get(key(row)) ?? { n: 0, sum: 0 };
        by.set(key(row), { n: entry.n + 1, sum: entry.sum + data.label[row]! });
      }
      return by;
    });
    return numericUsed(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const own = selfMeans(rows, values, data.label);
      if (own) return [found('encoded-outcomes', own, name)];
      return groupings.flatMap(([what, key], g) => {
        const shared = rows.filter((row) => sums[g]!.get(key(row))!.n > 1);
        if (shared.length < 3 * MIN_EACH) return [];
        const others = (row: number) => {
          const { n, sum } = sums[g]!.get(key(row))!;
          return (sum - data.label[row]!) / (n - 1);
        };
        const varied = new Set(shared.map(others)).size > 2;
        return varied && agreement(shared, (row) => values[row]!, others) >= NEARLY_ALL
          ? [found('encoded-outcomes', `is the mean outcome of the other rows of ${what}`, name)]
          : [];
      });
    });
  },
};

/** A column that equals, for each of its values, the mean outcome of the rows that have it. */
function selfMeans(rows: readonly number[], values: Float64Array, label: Float64Array): string | undefined {
  const by = new Map<number, { n: number; sum: number }>();
  for (const row of rows) {
    const entry = by.get(values[row]!) ?? { n: 0, sum: 0 };
    by.set(values[row]!, { n: entry.n + 1, sum: entry.sum + label[row]! });
  }
  const groups = [...by].filter(([, { n }]) => n > 1);
  const covered = groups.reduce((sum, [, { n }]) => sum + n, 0);
  const inner = groups.filter(([value]) => value > 0 && value < 1);
  const exact = groups.every(([value, { n, sum }]) => Math.abs(sum / n - value) <= TOLERANCE);
  return exact && inner.length >= 2 && covered >= NEARLY_ALL * rows.length
    ? `equals the mean outcome of the rows that share its value, in all ${groups.length} values`
    : undefined;
}

const panelPlaces: LeakageCheck = {
  id: 'panel-places',
  looksFor: 'how many rows an entity has, or how many are still to come: both known only when the panel ends',
  run: (context) => {
    const { data } = context;
    const rows = Array.from({ length: data.n }, (_, i) => i);
    const order = [...rows].sort((a, b) =>
      data.asOf[a]! < data.asOf[b]! ? -1 : data.asOf[a]! > data.asOf[b]! ? 1 : a - b,
    );
    const length = new Map<string, number>();
    for (const row of rows) length.set(data.entity[row]!, (length.get(data.entity[row]!) ?? 0) + 1);
    if (Math.max(...length.values()) < 3) return [];
    const seen = new Map<string, number>();
    const left = new Float64Array(data.n);
    for (const row of order) {
      const nth = (seen.get(data.entity[row]!) ?? 0) + 1;
      seen.set(data.entity[row]!, nth);
      left[row] = length.get(data.entity[row]!)! - nth;
    }
    const several = rows.filter((row) => length.get(data.entity[row]!)! > 1);
    if (several.length < 3 * MIN_EACH) return [];
    return numericUsed(context).flatMap(({ name }) => {
      const values = data.numeric.get(name)!;
      const is = (what: string, target: (row: number) => number) =>
        agreement(several, (row) => values[row]!, target) >= NEARLY_ALL
          ? [found('panel-places', `is ${what} of the entity in the whole panel`, name)]
          : [];
      return [
        ...is('the number of rows', (row) => length.get(data.entity[row]!)!),
        ...is('the number of rows still to come', (row) => left[row]!),
        ...is('the number of rows still to come, itself counted,', (row) => left[row]! + 1),
      ];
    });
  },
};

const foldRows: LeakageCheck = {
  id: 'fold-rows',
  looksFor: 'rows that train and test the same fold, or train it though known too late',
  run: ({ data, folds, trains, tests }) =>
    folds.flatMap((fold) => {
      const dated = (row: number) => ({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] });
      const rows = Array.from({ length: data.n }, (_, i) => i);
      const training = rows.filter((row) => trains(dated(row), fold));
      const both = training.filter((row) => tests(dated(row), fold));
      const late = training.filter(
        (row) => (data.labelKnownOn[row] ?? '9999') >= fold.trainKnownBefore || data.asOf[row]! >= fold.testFrom,
      );
      const testIds = new Set(rows.filter((row) => tests(dated(row), fold)).map((row) => data.rowId[row]));
      const twice = training.filter((row) => testIds.has(data.rowId[row]));
      return [
        ...(both.length > 0 || twice.length > 0
          ? [
              found(
                'fold-rows',
                `${fold.id}: rows that train and test: ${first(both.length > 0 ? both : twice, (row) => data.rowId[row]!)}`,
              ),
            ]
          : []),
        ...(late.length > 0
          ? [
              found(
                'fold-rows',
                `${fold.id}: training rows known on or after ${fold.trainKnownBefore}: ${first(late, (row) => `${data.rowId[row]} on ${data.labelKnownOn[row]}`)}`,
              ),
            ]
          : []),
      ];
    }),
};

const rowNames: LeakageCheck = {
  id: 'row-names',
  looksFor: 'a row that stands in the matrix twice',
  run: ({ data }) => {
    const seen = new Set<string>();
    const twice = data.rowId.filter((id) => seen.size === seen.add(id).size);
    return twice.length > 0
      ? [found('row-names', `row ids that occur more than once: ${first(twice, (id) => id)}`)]
      : [];
  },
};

/** Numbers that differ between most rows: only these make two rows recognisably the same. */
const MIN_TELLING_COLUMNS = 3;
const TELLING = 0.5;
const TWIN_SHARE = 0.02;

const twins: LeakageCheck = {
  id: 'twins',
  looksFor: 'an entity that stands under two names, once in training and once in test',
  run: (context) => {
    const { data, folds, trains, tests } = context;
    const rows = labeledRows(context);
    const telling = numericUsed(context).filter(
      ({ name }) => new Set(rows.map((row) => data.numeric.get(name)![row])).size > TELLING * rows.length,
    );
    if (telling.length < MIN_TELLING_COLUMNS) return [];
    const print = (row: number) => telling.map(({ name }) => data.numeric.get(name)![row]).join(' ');
    return folds.flatMap((fold) => {
      const dated = (row: number) => ({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] });
      const training = new Map(rows.filter((row) => trains(dated(row), fold)).map((row) => [print(row), row]));
      const testing = rows.filter((row) => tests(dated(row), fold));
      const pairs = testing.filter((row) => training.has(print(row)));
      return pairs.length >= 3 && pairs.length >= TWIN_SHARE * testing.length
        ? [
            found(
              'twins',
              `${fold.id}: ${pairs.length} of ${testing.length} test rows have the same ${telling.length} numbers as a training row, such as ${data.rowId[pairs[0]!]} and ${data.rowId[training.get(print(pairs[0]!))!]}`,
            ),
          ]
        : [];
    });
  },
};

export const STRUCTURAL_CHECKS: readonly LeakageCheck[] = [
  futureRows,
  futureLabels,
  knownOutcomes,
  whoLooked,
  outcomeCopies,
  outcomeWords,
  encodedOutcomes,
  panelPlaces,
  foldRows,
  rowNames,
  twins,
];
