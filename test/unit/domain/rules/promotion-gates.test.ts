import { isHard } from '../../../../domain/rules/gate-policy';
import { evaluateGates, type GateInput } from '../../../../domain/rules/promotion-gates';

const estimate = (value: number) => ({ value, lo: value - 0.1, hi: value + 0.1, n: 100 });

test('every gate gives its reason, also where it passed', () => {
  const base = {
    usesNuisance: false,
    testRows: 100,
    testPositives: 30,
    averagePrecision: estimate(0.5),
    baselines: { size: estimate(0.4), random: estimate(0.3) },
    champion: undefined,
    leakage: { verdict: 'clean', tests: 400, reasons: 0 },
    paired: [],
    reliability: undefined,
    fairness: [],
    periods: [],
    undocumented: [],
  };
  expect(evaluateGates(base)).toMatchObject({
    passed: true,
    results: [
      { gate: 'enough-outcomes' },
      { gate: 'no-nuisance' },
      { gate: 'leakage-report' },
      { gate: 'better-than-random' },
      { gate: 'better-than-size' },
      { gate: 'documentation' },
    ],
  });
  expect(evaluateGates({ ...base, usesNuisance: true }).passed).toBe(false);
  // What a development run computed is refused, and nobody can waive it.
  expect(evaluateGates({ ...base, development: true }).results.filter((gate) => !gate.passed)).toMatchObject([
    { gate: 'no-development', reason: expect.stringContaining('train it again with a released build') as string },
  ]);
  expect(isHard('no-development')).toBe(true);
  expect(evaluateGates({ ...base, leakage: undefined }).passed).toBe(false);
  expect(evaluateGates({ ...base, leakage: { verdict: 'needs-reason', tests: 400, reasons: 1 } }).passed).toBe(false);
  expect(evaluateGates({ ...base, leakage: { verdict: 'needs-reason', tests: 400, reasons: 2 } }).passed).toBe(true);
  expect(evaluateGates({ ...base, leakage: { verdict: 'refused', tests: 400, reasons: 2 } }).passed).toBe(false);
  expect(evaluateGates({ ...base, testPositives: 9 }).passed).toBe(false);
  expect(evaluateGates({ ...base, baselines: { size: estimate(0.5) } }).passed).toBe(false);
  expect(evaluateGates({ ...base, champion: estimate(0.52) }).passed).toBe(true);
  expect(evaluateGates({ ...base, champion: estimate(0.6) }).passed).toBe(false);
  // Strong baselines: worse is forgiven while the paired interval holds zero.
  const paired = (hi: number) => [
    {
      family: 'mlp',
      against: 'peer-deviation',
      metric: 'average-precision',
      k: 0,
      value: hi - 0.1,
      lo: hi - 0.2,
      hi,
      n: 100,
    },
  ];
  expect(evaluateGates({ ...base, paired: paired(0.01) }).passed).toBe(true);
  expect(evaluateGates({ ...base, paired: paired(-0.01) }).results.find((r) => !r.passed)?.gate).toBe(
    'not-clearly-worse-than-peer-deviation',
  );
  const reliability = (meanProbability: number) => ({
    family: 'mlp',
    selected: 'platt' as const,
    logLoss: { platt: 1, isotonic: 1 },
    bins: [],
    top: [{ k: 20, meanProbability, findingRate: estimate(0.5) }],
  });
  expect(evaluateGates({ ...base, reliability: reliability(0.64) }).passed).toBe(true);
  expect(evaluateGates({ ...base, reliability: reliability(0.66) }).results.find((r) => !r.passed)?.gate).toBe(
    'calibration',
  );
  const group = (name: string, falseDiscoveryRate: number, lowSupport = false) => ({
    family: 'mlp',
    group: name,
    k: 20,
    rows: 50,
    lowSupport,
    shareOfRows: 0.5,
    shareOfList: estimate(0.5),
    falseDiscoveryRate: estimate(falseDiscoveryRate),
  });
  expect(evaluateGates({ ...base, fairness: [group('LE', 0.3), group('FY', 0.5)] }).passed).toBe(true);
  const unfairGroups = [group('LE', 0.1), group('TH', 0.1), group('FY', 0.8), group('OR', 0.9, true)];
  const unfair = evaluateGates({ ...base, fairness: unfairGroups });
  expect(unfair.results.find((r) => !r.passed)).toMatchObject({
    gate: 'fairness',
    reason: expect.stringMatching(/FY 0.800.*too few rows for a verdict: OR/) as string,
  });
  const period = (name: string, value: number) => ({ estimate: estimate(value), period: name });
  expect(evaluateGates({ ...base, periods: [period('a', 0.6), period('b', 0.35)] }).passed).toBe(true);
  expect(
    evaluateGates({ ...base, periods: [period('a', 0.6), period('b', 0.2)] }).results.find((r) => !r.passed)?.gate,
  ).toBe('no-decay');
  // A figure that is missing holds no gate.
  const refused = (over: Partial<GateInput>) =>
    evaluateGates({ ...base, ...over }).results.flatMap(({ gate, passed }) => (passed ? [] : [gate]));
  expect(refused({ averagePrecision: null })).toEqual(['better-than-random', 'better-than-size']);
  expect(refused({ champion: null })).toEqual(['not-worse-than-champion']);
  expect(refused({ periods: [period('a', 0.6), { period: 'b', estimate: null }] })).toEqual(['no-decay']);
  expect(refused({ reliability: { ...reliability(0.66), top: [] } })).toEqual(['calibration']);
  expect(evaluateGates({ ...base, undocumented: ['Limits'] }).passed).toBe(false);
  expect(evaluateGates({ ...base, revisedLabels: { changed: 0, rows: 90 } }).passed).toBe(true);
  expect(evaluateGates({ ...base, revisedLabels: { changed: 1, rows: 90 } }).results.find((r) => !r.passed)?.gate).toBe(
    'labels-stand',
  );
  // In both languages the same figures stand, in Norwegian with a decimal comma.
  const all = evaluateGates({
    ...base,
    champion: estimate(0.6),
    paired: paired(-0.01),
    reliability: reliability(0.66),
    fairness: unfairGroups,
    periods: [period('2024', 0.6), period('2025', 0.2)],
    revisedLabels: { changed: 1, rows: 90 },
  });
  expect(all.results).toHaveLength(12);
  for (const { reason, reasonNb } of all.results) {
    expect(reasonNb).not.toBe(reason);
    expect(reasonNb.replace(/(\d),(\d)/g, '$1.$2').match(/-?\d+(\.\d+)?/g)).toEqual(reason.match(/-?\d+(\.\d+)?/g));
  }
  expect(all.results.find(({ gate }) => gate === 'better-than-size')?.reasonNb).toMatch(
    /^gjennomsnittlig presisjon 0,500 \[.*; .*\], n \d+ mot største først 0,400/,
  );
});
