import type { EvaluationDocument, EvaluationRow } from '../../../../domain/schemas/evaluation';
import { evaluateRun } from '../../../../models/evaluation/evaluate';
import type { ScoredModel } from '../../../../models/evaluation/scored-model';

/**
 * Six controls, worked by hand. In the order of the model: findings at ranks 1, 3 and 6, of 50, 30 and 20 kroner. Group
 * A holds ranks 1, 2 and 4, group B the others. The baseline has the opposite order. Without draws an interval is its
 * value.
 */
const LABELS = [1, 0, 1, 0, 0, 1];
const GROUPS = ['A', 'A', 'B', 'A', 'B', 'B'];
const scored = (family: string, scores: readonly number[], isModel: boolean): ScoredModel => ({
  family,
  isModel,
  labeled: {
    scores,
    labels: LABELS,
    amountNok: [50, 0, 30, 0, 0, 20],
    entities: ['a', 'b', 'c', 'd', 'e', 'f'],
    rowIds: ['1', '2', '3', '4', '5', '6'],
  },
  groups: GROUPS,
  periods: LABELS.map(() => 'fold-1'),
});

/** Evaluated anew by every test: what a hook computes, mutation testing cannot ascribe to a test. */
function evaluated(): EvaluationDocument {
  const scoredModels = [scored('model', [6, 5, 4, 3, 2, 1], true), scored('size', [1, 2, 3, 4, 5, 6], false)];
  return evaluateRun(scoredModels, { ks: [2, 4], bootstrap: 0, seed: 1 }).document;
}

/** Precision, recall, lift and kroner at a length; 0 is the first half. */
const at = (k: number, n: number, [precision, recall, lift, amount]: readonly [number, number, number, number]) =>
  Object.entries({ precision, recall, lift, 'amount-upheld': amount }).map(([metric, value]) => ({
    metric: k === 0 ? `${metric}-in-first-half` : metric,
    k,
    value: expect.closeTo(value, 12) as number,
    lo: expect.closeTo(value, 12) as number,
    hi: expect.closeTo(value, 12) as number,
    n,
  }));
const averagePrecision = (value: number, n: number) => ({
  metric: 'average-precision',
  k: 0,
  value: expect.closeTo(value, 12) as number,
  lo: expect.closeTo(value, 12) as number,
  hi: expect.closeTo(value, 12) as number,
  n,
});
const rowsOf = (family: string, slice: string): EvaluationRow[] =>
  evaluated().rows.filter(
    (row) => row.family === family && row.slice === slice && !/calibration|brier|loss/.test(row.metric),
  );
const inSlice = (family: string, slice: string, findings: number, rows: ReturnType<typeof at>) =>
  rows.map((row) => ({
    family,
    slice,
    noValue: null,
    method: expect.stringMatching(
      `^naive .*entity bootstrap 0, 95 %; .*: ${row.n} rows with ${findings} findings$`,
    ) as string,
    ...row,
  }));

test('all rows: three findings of six', () => {
  const all = [
    ...at(2, 6, [1 / 2, 1 / 3, 1, 50]),
    ...at(0, 6, [2 / 3, 2 / 3, 4 / 3, 80]),
    ...at(4, 6, [1 / 2, 2 / 3, 1, 80]),
    averagePrecision((1 + 2 / 3 + 3 / 6) / 3, 6),
  ];
  expect(rowsOf('model', 'all')).toEqual(inSlice('model', 'all', 3, all));
  expect(rowsOf('model', 'period:fold-1')).toEqual(inSlice('model', 'period:fold-1', 3, all));
  expect(rowsOf('size', 'all')).toEqual(
    inSlice('size', 'all', 3, [
      ...at(2, 6, [1 / 2, 1 / 3, 1, 20]),
      ...at(0, 6, [1 / 3, 1 / 3, 2 / 3, 20]),
      ...at(4, 6, [1 / 2, 2 / 3, 1, 50]),
      averagePrecision((1 + 2 / 4 + 3 / 6) / 3, 6),
    ]),
  );
});

test('groups of three: half of one is one and a half rows, and four of three is no list', () => {
  expect(rowsOf('model', 'group:A')).toEqual(
    inSlice('model', 'group:A', 1, [
      ...at(0, 3, [2 / 3, 1, 2, 50]),
      ...at(2, 3, [1 / 2, 1, 3 / 2, 50]),
      averagePrecision(1, 3),
    ]),
  );
  expect(rowsOf('model', 'group:B')).toEqual(
    inSlice('model', 'group:B', 2, [
      ...at(0, 3, [2 / 3, 1 / 2, 1, 30]),
      ...at(2, 3, [1 / 2, 1 / 2, 3 / 4, 30]),
      averagePrecision((1 + 2 / 3) / 2, 3),
    ]),
  );
});

test('the curve has a point for every length', () => {
  const document = evaluated();
  const [curve] = document.curves;
  expect(document.curves.map(({ family }) => family)).toEqual(['model', 'size']);
  expect(curve!.points.map(({ k }) => k)).toEqual([1, 2, 3, 4, 5, 6]);
  const values = (of: 'precision' | 'recall' | 'amountNok') => curve!.points.map((point) => point[of]!.value);
  expect(values('precision')).toEqual(
    [1, 1 / 2, 2 / 3, 1 / 2, 2 / 5, 1 / 2].map((value) => expect.closeTo(value, 12) as number),
  );
  expect(values('recall')).toEqual([1, 1, 2, 2, 2, 3].map((hits) => expect.closeTo(hits / 3, 12) as number));
  expect(values('amountNok')).toEqual([50, 50, 80, 80, 80, 100]);
});

test('paired differences: the model less the baseline, and no baseline against anything', () => {
  const document = evaluated();
  expect(new Set(document.paired.map(({ family, against }) => `${family} ${against}`))).toEqual(
    new Set(['model size']),
  );
  const difference = (metric: string, k: number) => document.paired.find((row) => row.metric === metric && row.k === k);
  for (const [metric, k, value] of [
    ['precision', 2, 0],
    ['precision-in-first-half', 0, 1 / 3],
    ['recall', 4, 0],
    ['recall-in-first-half', 0, 1 / 3],
    ['amount-upheld', 2, 30],
    ['amount-upheld', 4, 30],
    ['amount-upheld-in-first-half', 0, 60],
    ['average-precision', 0, 1 / 18],
  ] as const) {
    const close = expect.closeTo(value, 12) as number;
    expect(difference(metric, k)).toMatchObject({ value: close, lo: close, hi: close, n: 6 });
  }
  expect(difference('lift', 2)).toBeUndefined(); // precision by another name
});

test('fairness: the share of a group on the list, and of those the share without a finding', () => {
  const figure = (value: number, n: number) => ({
    value: expect.closeTo(value, 12) as number,
    lo: expect.closeTo(value, 12) as number,
    hi: expect.closeTo(value, 12) as number,
    n,
  });
  const row = (group: string, k: number, share: number, falseDiscoveryRate: number, selected: number) => ({
    family: 'model',
    group,
    k,
    rows: 3,
    lowSupport: true,
    shareOfRows: 0.5,
    shareOfList: figure(share, k),
    falseDiscoveryRate: selected === 0 ? null : figure(falseDiscoveryRate, selected),
  });
  expect(evaluated().fairness).toEqual([
    row('A', 2, 1, 1 / 2, 2),
    row('B', 2, 0, 0, 0), // nobody of B is on the list
    row('A', 4, 3 / 4, 2 / 3, 3),
    row('B', 4, 1 / 4, 0, 1),
  ]);
});

test('what is estimated, and under which assumption, is said in words', () => {
  const { format, estimand, assumption, amounts, caseworkerEffects, population } = evaluated();
  expect(format).toBe(1);
  expect(estimand).toBe('share of findings among the first k, had the list been drawn from the labelled providers');
  expect(assumption).toBe(
    'naive: labelled providers stand for all. Control cases were not opened at random, so this says how well ' +
      'labelled providers are ranked, not how many findings a list of unlabelled ones would give',
  );
  expect([amounts, caseworkerEffects, population]).toEqual([undefined, undefined, undefined]); // other evaluations
});

/** The model as a frozen version: by its probabilities, in the order of the rows. */
const frozen = (more: Partial<ScoredModel> = {}, adjustFor: readonly string[] = []): EvaluationDocument =>
  evaluateRun(
    [
      {
        ...scored('model', [6, 5, 4, 3, 2, 1], true),
        predictedProbability: [0.8, 0.5, 0.5, 0.2, 0.2, 0.5],
        ...more,
      },
    ],
    { ks: [2, 4], bootstrap: 0, seed: 1, adjustFor },
  ).document;
const close = (value: number) => expect.closeTo(value, 12) as number;
const probabilityRows = ({ rows }: EvaluationDocument) =>
  rows.filter(({ metric }) => /calibration|brier|loss/.test(metric));

test('probabilities of a frozen version are evaluated as it predicted them', () => {
  const document = frozen();
  const row = (metric: string, value: number) => ({
    family: 'model',
    slice: 'all',
    metric,
    k: 0,
    value: close(value),
    lo: close(value),
    hi: close(value),
    n: 6,
    noValue: null,
    method: 'as the version predicted, entity bootstrap 0 with bias correction, 95 %; lower is better',
  });
  const logLoss = -(Math.log(0.8) + Math.log(0.5)) / 2; // three rows at 0.8 of being right, three at 0.5
  expect(probabilityRows(document)).toEqual([
    row('brier-score', (3 * 0.04 + 3 * 0.25) / 6),
    row('log-loss', logLoss),
    row('calibration-error', (3 * 0.2 + 3 * 0.5) / 6), // ten bins of six rows: one row each
  ]);
  const bin = (meanProbability: number, findingRate: number) => ({ rows: 1, meanProbability, findingRate });
  const rate = (value: number, k: number) => ({ value, lo: value, hi: value, n: k });
  const [report] = document.reliability;
  expect(report).toMatchObject({ family: 'model', predictedLogLoss: close(logLoss) });
  expect(report).not.toHaveProperty('calibrationInput');
  expect(report).not.toHaveProperty('caseSourceOffset');
  expect(report!.bins).toEqual([bin(0.2, 0), bin(0.2, 0), bin(0.5, 0), bin(0.5, 1), bin(0.5, 1), bin(0.8, 1)]);
  expect(report!.top).toEqual([
    { k: 2, meanProbability: close(0.65), findingRate: rate(1 / 2, 2) },
    { k: 4, meanProbability: close(0.5), findingRate: rate(1 / 2, 4) },
  ]);
});

test('rows with a case-source offset are left out of what a frozen version predicted', () => {
  const caseSources = ['rule', 'rule', 'rule', 'rule', 'rule', 'tip'];
  const document = frozen({ caseSources }, ['tip']);
  expect(probabilityRows(document).map(({ value, n }) => [value, n])).toEqual([
    [close((3 * 0.04 + 2 * 0.25) / 5), 5],
    [close(-(3 * Math.log(0.8) + 2 * Math.log(0.5)) / 5), 5],
    [close((3 * 0.2 + 2 * 0.5) / 5), 5],
  ]);
  const [report] = document.reliability;
  expect(report!.caseSourceOffset).toMatchObject({ caseSources: ['tip'], oddsRatio: { n: 1 } });
  expect(report!.bins.map(({ rows }) => rows)).toEqual([1, 1, 1, 1, 1]);
  expect(
    document.rows.filter(({ slice }) => slice.startsWith('case-source:')).map(({ slice, n }) => [slice, n]),
  ).toEqual(
    expect.arrayContaining([
      ['case-source:rule', 5],
      ['case-source:tip', 1],
    ]),
  );
});
