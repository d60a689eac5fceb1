import { Rng } from '../../../../domain/rng';
import { evaluateRun } from '../../../../models/evaluation/evaluate';
import { rankByExpectedAmount } from '../../../../models/evaluation/expected-amount';
import type { ScoredModel } from '../../../../models/evaluation/scored-model';

describe('the evaluation document', () => {
  const rng = new Rng(11);
  const n = 300;
  const truth = Float64Array.from({ length: n }, () => rng.normal());
  const labels = Float64Array.from(truth, (value) => (rng.chance(1 / (1 + Math.exp(-2 * value))) ? 1 : 0));
  const scoredModel = (family: string, scores: Float64Array, isModel = true): ScoredModel => ({
    family,
    isModel,
    labeled: {
      scores,
      labels,
      amountNok: Float64Array.from(labels, (label) => 100 * label),
      entities: labels.map((_, i) => i % 250).reduce<string[]>((all, e) => [...all, `e${e}`], []),
      rowIds: Array.from(labels, (_, i) => `r${i}`),
    },
    groups: Array.from(labels, (_, i) => (i < 8 ? 'rare' : 'common')),
    periods: Array.from(labels, (_, i) => (i % 2 ? 'fold-1' : 'fold-2')),
  });
  const noise = Float64Array.from({ length: n }, () => rng.normal());
  const settings = { ks: [20, 50], bootstrap: 100, seed: 3 };
  let document: ReturnType<typeof evaluateRun>['document'];
  let calibrators: ReturnType<typeof evaluateRun>['calibrators'];
  beforeAll(() => {
    ({ document, calibrators } = evaluateRun(
      [scoredModel('good', truth), scoredModel('noise', noise), scoredModel('random', noise, false)],
      settings,
    ));
  });

  test('slices by case source, and reports the case-source offset where sources are adjusted for', () => {
    const caseSources = Array.from(labels, (_, i) => (i % 3 ? 'rule' : 'tip'));
    const adjusted = evaluateRun([{ ...scoredModel('good', truth), caseSources }], { ...settings, adjustFor: ['tip'] });
    expect(
      adjusted.document.rows
        .filter((row) => row.slice === 'case-source:tip' && row.metric === 'average-precision')
        .map(({ n: rows }) => rows),
    ).toEqual([100]);
    expect(adjusted.document.reliability[0]?.caseSourceOffset).toMatchObject({
      caseSources: ['tip'],
      oddsRatio: { n: 100 },
    });
    const { oddsRatio } = adjusted.document.reliability[0]!.caseSourceOffset!;
    expect(oddsRatio.lo).toBeLessThanOrEqual(oddsRatio.value);
    expect(oddsRatio.hi).toBeGreaterThanOrEqual(oddsRatio.value);
    const unadjusted = evaluateRun([{ ...scoredModel('good', truth), caseSources }], settings);
    expect(unadjusted.document.reliability[0]).not.toHaveProperty('caseSourceOffset');
    expect(unadjusted.calibrators).toEqual({ good: calibrators['good'] });
  });
  test('probabilities of a frozen version are evaluated as they are, on rows without a case-source offset', () => {
    const caseSources = Array.from(labels, (_, i) => (i % 3 ? 'rule' : 'tip'));
    const predictedProbability = Float64Array.from({ length: n }, () => 0.9);
    const { document: later } = evaluateRun([{ ...scoredModel('good', truth), caseSources, predictedProbability }], {
      ...settings,
      adjustFor: ['tip'],
    });
    const [report] = later.reliability;
    expect(report!.top[0]!.meanProbability).toBeCloseTo(0.9, 12);
    const withoutOffset = Array.from(labels).filter((_, i) => i % 3);
    const loss =
      withoutOffset.reduce((sum, label) => sum - Math.log(label === 1 ? 0.9 : 0.1), 0) / withoutOffset.length;
    expect(report!.predictedLogLoss).toBeCloseTo(loss, 12);
    expect(report!.logLoss[report!.selected]).toBeLessThan(loss); // of a new calibrator
    expect(later.rows.find(({ metric }) => metric === 'calibration-error')).toMatchObject({
      n: 200,
      method: expect.stringMatching(/^as the version predicted/) as string,
    });
    // A list ranked by expected amount uses the frozen probabilities, not those of a new calibrator.
    const rising = Float64Array.from({ length: n }, (_, i) => (i + 1) / (n + 1));
    const ordered = rankByExpectedAmount(
      { ...scoredModel('good', truth), predictedProbability: rising },
      Array<number>(n).fill(1000),
      settings,
    );
    expect(Array.from(ordered.scoredModel.labeled.scores)).toEqual(Array.from(rising, (p) => p * 1000));
    const allOffset = evaluateRun(
      [{ ...scoredModel('good', truth), caseSources: caseSources.map(() => 'tip'), predictedProbability }],
      {
        ...settings,
        adjustFor: ['tip'],
      },
    );
    expect(allOffset.document.reliability).toEqual([]);
  });
  test('evaluates all rows, every group and every period, and marks low support', () => {
    expect(new Set(document.rows.map((row) => row.slice))).toEqual(
      new Set(['all', 'group:common', 'group:rare', 'period:fold-1', 'period:fold-2']),
    );
    const rare = document.rows.find((row) => row.slice === 'group:rare' && row.metric === 'average-precision')!;
    expect(rare.n).toBe(8);
    expect(rare.method).toMatch(/low support: 8 rows with/);
    expect(document.rows.find((row) => row.slice === 'all' && row.metric === 'average-precision')!.method).not.toMatch(
      /low support/,
    );
  });
  test('upheld amounts follow the findings', () => {
    const of = (metric: string) =>
      document.rows.find(
        (row) => row.family === 'good' && row.slice === 'all' && row.metric === metric && row.k === 50,
      )!.value!;
    expect(of('amount-upheld')).toBeCloseTo(of('precision') * 50 * 100, 6);
  });
  test('a paired difference is narrower than the two intervals, and has the sign of the better ranking', () => {
    const ap = document.paired.find(
      (d) => d.family === 'good' && d.against === 'random' && d.metric === 'average-precision',
    )!;
    expect(ap.lo).toBeGreaterThan(0);
    const same = document.paired.find(
      (d) => d.family === 'noise' && d.against === 'random' && d.metric === 'average-precision',
    )!;
    expect([same.value, same.lo, same.hi]).toEqual([0, 0, 0]); // the same scores: no difference in any draw
  });
  test('fairness has every group, the rare one with low support; shares of the list add up to one', () => {
    const at20 = document.fairness.filter((row) => row.family === 'good' && row.k === 20);
    expect(at20.map((row) => [row.group, row.lowSupport])).toEqual([
      ['common', false],
      ['rare', true],
    ]);
    expect(at20.reduce((sum, row) => sum + row.shareOfList.value, 0)).toBeCloseTo(1, 12);
  });
  test('models are calibrated, baselines are not; the same arguments give the same document', () => {
    expect(Object.keys(calibrators).sort()).toEqual(['good', 'noise']);
    expect(document.reliability.map((report) => report.family)).toEqual(['good', 'noise']);
    const again = evaluateRun(
      [scoredModel('good', truth), scoredModel('noise', noise), scoredModel('random', noise, false)],
      settings,
    );
    expect(again.document).toEqual(document);
  });
});
