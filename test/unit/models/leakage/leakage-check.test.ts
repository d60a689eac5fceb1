import { Rng } from '../../../../domain/rng';
import { trainsFold } from '../../../../domain/rules/training-splits';
import { checkEncoder, checkLeakage, LEAKAGE_CHECKS } from '../../../../models/leakage/leakage-check';
import type { LeakageContext } from '../../../../models/leakage/types';
import { fitEncoder } from '../../../../models/preprocessing/encoder';
import { always, cleanScenario, withColumn, withData, withWords } from '../../../support/leakage-scenarios';

const clean = cleanScenario(1);
const { data } = clean;
const label = (row: number) => data.label[row]!;
const groupMean = (row: number, key: (r: number) => string, self: boolean) => {
  const rows = Array.from({ length: data.n }, (_, r) => r).filter((r) => key(r) === key(row) && (self || r !== row));
  return rows.reduce((sum, r) => sum + label(r), 0) / rows.length;
};
const rng = new Rng('planted');
const sorted = Array.from({ length: data.n }, (_, row) => row).sort((a, b) => label(a) - label(b));
const ranks = new Map(sorted.map((row, rank) => [row, rank]));
const countOf = (row: number) => data.entity.filter((e) => e === data.entity[row]).length;
const newOutcomesOf = (row: number) =>
  data.entity.filter(
    (e, r) =>
      e === data.entity[row] && (data.asOf[r]! > data.asOf[row]! || (data.asOf[r] === data.asOf[row] && r > row)),
  ).length;
const delay = (row: number) => (Date.parse(data.labelKnownOn[row]!) - Date.parse(data.asOf[row]!)) / 86_400_000;

/** What is planted, the check that must find it, and the verdict. */
const PLANTED: [string, LeakageContext, string, 'refused' | 'needs-reason'][] = [
  ['the outcome itself', withColumn(clean, 'leak', label), 'outcome-copies', 'refused'],
  ['the opposite of the outcome', withColumn(clean, 'leak', (row) => 1 - label(row)), 'outcome-copies', 'refused'],
  ['the amount found', withColumn(clean, 'leak', (row) => data.amountOre[row]!), 'outcome-copies', 'refused'],
  [
    'the amount found in NOK',
    withColumn(clean, 'leak', (row) => data.amountOre[row]! / 100),
    'outcome-copies',
    'refused',
  ],
  [
    'the outcome in words',
    withWords(clean, 'leak', (row) => (label(row) ? 'reclaim' : row % 2 ? 'none' : 'guidance')),
    'outcome-categories',
    'refused',
  ],
  [
    'the result of the appeal',
    withWords(clean, 'leak', (row) => (label(row) ? (row % 2 ? 'upheld' : 'partly-upheld') : 'reversed')),
    'outcome-categories',
    'refused',
  ],
  [
    'the caseworker',
    withWords(clean, 'leak', (row) => data.categorical.get('caseworker')![row]!, 'nuisance'),
    'caseworker-columns',
    'refused',
  ],
  [
    'rows dated in the future',
    withData(clean, { asOf: data.asOf.map((day, row) => (row === 7 ? '2026-01-01' : day)) }),
    'future-rows',
    'refused',
  ],
  [
    'outcomes from after the cut',
    withData(clean, { labelKnownOn: data.labelKnownOn.map((day, row) => (row === 7 ? '2026-01-01' : day)) }),
    'future-labels',
    'refused',
  ],
  [
    'outcomes known before the features',
    withData(clean, { labelKnownOn: data.labelKnownOn.map((day, row) => (row === 7 ? '2019-01-01' : day)) }),
    'outcomes-before-features',
    'refused',
  ],
  [
    'target encoding of the practice type on all rows',
    withColumn(clean, 'leak', (row) => groupMean(row, (r) => data.group[r]!, true)),
    'target-encoding',
    'refused',
  ],
  [
    "neighbours' outcomes",
    withColumn(clean, 'leak', (row) => groupMean(row, (r) => data.group[r]!, false)),
    'target-encoding',
    'refused',
  ],
  [
    "the entity's other outcomes, later ones too",
    withColumn(clean, 'leak', (row) => groupMean(row, (r) => data.entity[r]!, false)),
    'target-encoding',
    'refused',
  ],
  [
    "the team's finding rate over all rows",
    withColumn(clean, 'leak', (row) => groupMean(row, (r) => data.categorical.get('caseworker')![r]!, false)),
    'target-encoding',
    'refused',
  ],
  ['number of rows of the entity in the whole panel', withColumn(clean, 'leak', countOf), 'panel-length', 'refused'],
  ['number of rows still to come', withColumn(clean, 'leak', newOutcomesOf), 'panel-length', 'refused'],
  ['test rows in training', { ...clean, trains: always }, 'fold-overlap', 'refused'],
  [
    'training rows known too late (no embargo)',
    { ...clean, trains: (row, fold) => row.asOf < fold.testFrom },
    'fold-overlap',
    'refused',
  ],
  [
    'a row that is there twice',
    withData(clean, { rowId: data.rowId.map((id, row) => (row === 9 ? data.rowId[8]! : id)) }),
    'duplicate-row-ids',
    'refused',
  ],
  ['an entity under two names', twinScenario(), 'duplicate-entities', 'refused'],
  [
    'the outcome with a little noise',
    withColumn(clean, 'leak', (row) => label(row) + 0.2 * rng.normal()),
    'suspicious-feature',
    'needs-reason',
  ],
  [
    'a value that is missing unless something was found',
    withColumn(clean, 'leak', (row) => (label(row) ? rng.next() : Number.NaN)),
    'informative-missingness',
    'needs-reason',
  ],
  [
    'row ids sorted by outcome',
    withData(clean, { rowId: data.rowId.map((_, row) => `R${String(ranks.get(row)).padStart(6, '0')}`) }),
    'row-order',
    'needs-reason',
  ],
  [
    'entity ids sorted by outcome',
    withData(clean, { entity: data.entity.map((_, row) => `E${ranks.get(row)}`) }),
    'entity-order',
    'needs-reason',
  ],
  ['days until the decision', withColumn(clean, 'leak', (row) => delay(row) * 24), 'decision-delay', 'needs-reason'],
  [
    'the logarithm of the amount',
    withColumn(clean, 'leak', (row) => (label(row) ? Math.log(data.amountOre[row]!) : 10 + rng.next())),
    'amount-correlation',
    'needs-reason',
  ],
];

function twinScenario(): LeakageContext {
  const numeric = new Map([...data.numeric].map(([name, values]) => [name, Float64Array.from(values)]));
  const [train, test] = [data.asOf.findIndex((d) => d < '2021-06-01'), data.asOf.findIndex((d) => d >= '2023-01-01')];
  for (let i = 0; i < 10; i++) for (const values of numeric.values()) values[test + i] = values[train + i]!;
  return withData(clean, { numeric });
}

test.each(PLANTED)('planted: %s', (_what, scenario, check, verdict) => {
  const report = checkLeakage(scenario);
  expect(report.findings.map((finding) => finding.check)).toContain(check);
  expect(report.verdict).toBe(verdict);
});

test('an encoder fitted on all rows differs from one fitted on the training rows', () => {
  const training = Array.from({ length: data.n }, (_, row) => row).filter((row) =>
    trainsFold({ asOf: data.asOf[row]!, labelKnownOn: data.labelKnownOn[row] }, clean.folds[0]!),
  );
  const all = Array.from({ length: data.n }, (_, row) => row);
  for (const encoding of ['quantile-normal', 'robust-soft-clip'] as const) {
    expect(checkEncoder(fitEncoder(data, clean.columns, training, encoding), data, clean.columns, training)).toEqual(
      [],
    );
    expect(checkEncoder(fitEncoder(data, clean.columns, all, encoding), data, clean.columns, training)).toMatchObject([
      { check: 'preprocessing', severity: 'structural' },
    ]);
  }
});

const CLEAN_RUNS = process.env['UTPLUKK_LONG'] === '1' ? 200 : 30;
test(`no alarm over ${CLEAN_RUNS} clean scenarios, some with a legitimately dominant feature`, () => {
  for (let seed = 0; seed < CLEAN_RUNS; seed++) {
    const scenario = cleanScenario(1000 + seed, {
      rows: 300 + (seed % 5) * 100,
      entities: 60 + (seed % 3) * 100,
      strength: seed % 5,
    });
    expect({ seed, findings: checkLeakage(scenario).findings }).toEqual({ seed, findings: [] });
  }
});

test('the report lists all checks', () => {
  const report = checkLeakage(clean, [{ id: 'future', looksFor: 'something else', findings: [] }]);
  expect(report).toMatchObject({ verdict: 'clean', rows: data.n, columns: clean.columns.length, findings: [] });
  expect(report.checks).toHaveLength(LEAKAGE_CHECKS.length + 1);
  expect(report.tests).toBe((LEAKAGE_CHECKS.length + 1) * clean.columns.length);
});

test('studies may use caseworker columns', () => {
  const scenario = withWords(clean, 'who', (row) => data.categorical.get('caseworker')![row]!, 'nuisance');
  expect(checkLeakage({ ...scenario, nuisanceAllowed: true }).verdict).toBe('clean');
});
