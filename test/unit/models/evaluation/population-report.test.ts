import { Rng } from '../../../../domain/rng';
import type { Estimator, PopulationReport } from '../../../../domain/schemas/evaluation';
import type { LabeledCase, PopulationPart } from '../../../../models/evaluation/population-ranking';
import { evaluatePopulation } from '../../../../models/evaluation/population-report';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** A simulated population with known outcomes, cases opened on tips or by a random draw, and a useful score. */
function scenario(seed: number, { drawChance, bootstrap = 50 }: { drawChance?: number; bootstrap?: number }) {
  const rng = new Rng('population', seed);
  const parts: PopulationPart[] = [];
  const scores: Float64Array[] = [];
  const truth: number[][] = [];
  const cases: LabeledCase[] = [];
  for (let p = 0; p < 3; p++) {
    const entities = Array.from({ length: 600 }, (_, i) => `P${i}`);
    const score = Float64Array.from(entities, () => 1.2 * rng.normal());
    const outcomes = entities.map((_, i) => (rng.chance(sigmoid(score[i]! - 1.5)) ? 1 : 0));
    const own = new Map<string, { label: number; probability: number | undefined }>();
    entities.forEach((entity, i) => {
      // Tips: providers with findings are three times as likely to be labeled, whatever their score.
      if (rng.chance(outcomes[i] ? 0.15 : 0.05)) own.set(entity, { label: outcomes[i]!, probability: undefined });
      else if (drawChance !== undefined && rng.chance(drawChance))
        own.set(entity, { label: outcomes[i]!, probability: drawChance });
    });
    for (const [entity, { label }] of own)
      cases.push({
        fold: `fold-${p}`,
        entity,
        score: score[entities.indexOf(entity)]!,
        label,
        amountNok: label * 1000,
      });
    parts.push({ fold: `fold-${p}`, asOf: `2024-0${p + 1}-01`, entities, cases: own });
    scores.push(score);
    truth.push(outcomes);
  }
  const share = truth.flat().reduce((sum, y) => sum + y, 0) / truth.flat().length;
  const report = evaluatePopulation(
    parts,
    [
      { family: 'model', scores, cases },
      { family: 'size', scores: scores.map((s) => s.map((v) => -v)) },
    ],
    { ks: [20, 60, 5000], bootstrap, seed: 1 },
  );
  return { report, share, parts, scores, cases };
}

const estimateOf = (report: Omit<PopulationReport, 'groups'>, k: number, estimator: Estimator, family = 'model') =>
  report.lists.find((row) => row.k === k && row.estimator === estimator && row.family === family)!;

describe('lists drawn from the population', () => {
  test('worked by hand: bounds and the naive share of a list of two in one part', () => {
    const parts: PopulationPart[] = [
      {
        fold: 'f',
        asOf: '2024-01-01',
        entities: ['a', 'b', 'c', 'd'],
        cases: new Map([
          ['a', { label: 1, probability: undefined }],
          ['d', { label: 0, probability: undefined }],
        ]),
      },
    ];
    const report = evaluatePopulation(parts, [{ family: 'size', scores: [[4, 3, 2, 1]] }], {
      ks: [2, 9],
      bootstrap: 50,
      seed: 1,
    });
    expect(report.parts).toEqual([{ fold: 'f', asOf: '2024-01-01', providers: 4, labeled: 2, drawn: 0 }]);
    expect([...new Set(report.lists.map(({ k }) => k))]).toEqual([2, 0]); // a list of nine needs nine providers
    expect(estimateOf(report, 2, 'bounds', 'size').estimate).toMatchObject({ lo: 0.5, hi: 1, n: 1 });
    expect(estimateOf(report, 0, 'bounds', 'size').estimate).toMatchObject({ lo: 0.25, hi: 0.75, n: 2 });
    expect(estimateOf(report, 2, 'naive', 'size').estimate).toMatchObject({ value: 1, n: 1 });
    expect(estimateOf(report, 2, 'outcome-model', 'size')).toMatchObject({ estimate: null, missing: 'no-probability' });
    expect(report.swap).toEqual([]);
  });

  test('without a random draw only the bounds are estimated, and the others say why', () => {
    const { report, share } = scenario(1, {});
    for (const estimator of ['inverse-probability', 'doubly-robust', 'random-arm'] as const)
      expect(estimateOf(report, 20, estimator)).toMatchObject({ estimate: null, missing: 'no-draw' });
    expect(estimateOf(report, 20, 'contraction')).toMatchObject({ estimate: null, missing: 'no-caseload' });
    const { lo, hi } = estimateOf(report, 0, 'bounds').estimate!;
    expect(lo).toBeLessThanOrEqual(share);
    expect(hi).toBeGreaterThanOrEqual(share);
  });

  test('tips bias the naive estimate of the population; estimators with a random draw are unbiased', () => {
    const errors = { naive: 0, 'random-arm': 0, 'inverse-probability': 0, 'doubly-robust': 0 };
    let covered = 0;
    const scenarios = 25;
    for (let seed = 0; seed < scenarios; seed++) {
      // None of these four is bootstrapped.
      const { report, share } = scenario(seed, { drawChance: 0.15, bootstrap: 2 });
      for (const estimator of Object.keys(errors) as (keyof typeof errors)[])
        errors[estimator] += (estimateOf(report, 0, estimator).estimate!.value - share) / scenarios;
      const { lo, hi } = estimateOf(report, 0, 'random-arm').estimate!;
      if (lo <= share && share <= hi) covered++;
    }
    expect(errors.naive).toBeGreaterThan(0.05);
    for (const estimator of ['random-arm', 'inverse-probability', 'doubly-robust'] as const)
      expect(Math.abs(errors[estimator])).toBeLessThan(0.02);
    expect(covered).toBeGreaterThanOrEqual(21);
  });

  test('no estimate where stored chances differ', () => {
    const { parts, scores } = scenario(2, { drawChance: 0.1 });
    const uneven = parts.map((part, p) => ({
      ...part,
      cases: new Map(
        [...part.cases].map(([entity, control], i) => [
          entity,
          { ...control, probability: control.probability && (p + i) % 2 ? 0.2 : control.probability },
        ]),
      ),
    }));
    const report = evaluatePopulation(uneven, [{ family: 'size', scores }], { ks: [20], bootstrap: 50, seed: 1 });
    expect(estimateOf(report, 20, 'random-arm', 'size')).toMatchObject({ estimate: null, missing: 'unequal-draw' });
  });

  test('swap-set analysis replaces the lowest tenth, gains where the score helps, and stays within the bounds', () => {
    const { report, cases } = scenario(3, { drawChance: 0.2 });
    const [swap] = report.swap;
    expect(swap).toMatchObject({ family: 'model', replaced: Math.round(cases.length / 10) });
    expect(swap!.gain.findings.lo).toBeGreaterThan(0);
    expect(swap!.gain.findings.value).toBeLessThanOrEqual(swap!.bounds.hi);
    // Every finding is of NOK 1,000.
    expect(swap!.gain.amountNok!.value).toBeCloseTo(1000 * swap!.gain.findings.value, 6);
  });

  test('the same arguments give the same report', () => {
    expect(scenario(4, { drawChance: 0.1 }).report).toEqual(scenario(4, { drawChance: 0.1 }).report);
  });
});
