import { civilTime, parseInstant } from '../../domain/time/civil-time';
import { isNationalId, isOrganisationNumber, isSyntheticNationalId } from '../../domain/identifiers';
import { parseOre } from '../../domain/money';
import { fourEyesProblem } from '../../domain/rules/four-eyes';
import { decisionProblem } from '../../domain/rules/lifecycle';
import { judge } from '../../domain/rules/promotion-gates';
import { exploitList } from '../../domain/rules/selection';
import { PERMISSIONS, mayDo } from '../../domain/rules/roles';
import { addMonths, foldsOf, testsFold, trainsFold } from '../../domain/rules/time-splits';
import { Rng } from '../../domain/rng';

describe('identifiers', () => {
  test.each(['974589109', '983544622'])('%s is an organisation number', (text) =>
    expect(isOrganisationNumber(text)).toBe(true),
  );
  test.each(['974589108', '12345678', 'abcdefghi', ''])('%s is none', (text) =>
    expect(isOrganisationNumber(text)).toBe(false),
  );
  test('the public API’s synthetic ids pass, a changed digit does not', () => {
    expect(isNationalId('47908702367')).toBe(true);
    expect(isSyntheticNationalId('47908500667')).toBe(true);
    expect(isNationalId('47908702368')).toBe(false);
  });
});

describe('money', () => {
  test('decimal text becomes øre without a float', () => {
    expect(parseOre('175.00')).toBe(17500);
    expect(parseOre('0.1')).toBe(10);
    expect(parseOre('-12.34')).toBe(-1234);
    expect(parseOre('90071992547.99')).toBe(9007199254799);
  });
  test.each(['1.005', '1,50', '', '1e3', 'NaN'])('%s is refused with its value', (text) =>
    expect(() => parseOre(text)).toThrow(`"${text}"`),
  );
});

describe('civil time in Norway', () => {
  test.each([
    ['2024-01-01T00:30:00', '2023-12-31T23:30:00.000Z'], // winter: UTC+1, across New Year
    ['2024-07-01T00:30:00', '2024-06-30T22:30:00.000Z'], // summer: UTC+2
    ['2024-10-27T02:30:00', '2024-10-27T00:30:00.000Z'], // the hour that comes twice: first reading
    ['2024-03-31T02:30:00', '2024-03-31T01:30:00.000Z'], // the hour that is skipped: the clock runs on
    ['2024-03-01T10:15:00+05:30', '2024-03-01T04:45:00.000Z'],
  ])('%s is %s', (text, utc) => expect(new Date(parseInstant(text)!).toISOString()).toBe(utc));
  test('the civil day turns at midnight in Oslo', () => {
    expect(civilTime(Date.parse('2023-12-31T23:30:00Z'))).toEqual({ day: '2024-01-01', minuteOfDay: 30 });
    expect(civilTime(Date.parse('2024-06-30T21:59:00Z'))).toEqual({ day: '2024-06-30', minuteOfDay: 1439 });
  });
  test.each(['2023-02-29T10:00:00', '2023-02-30T10:00:00', '2023-13-01T10:00:00', '2023-01-01T24:00:00', 'yesterday'])(
    '%s does not exist',
    (text) => expect(parseInstant(text)).toBeUndefined(),
  );
});

describe('folds in known time', () => {
  test('months are added to the end of the month', () => {
    expect(addMonths('2024-01-31', 1)).toBe('2024-02-29');
    expect(addMonths('2023-11-15', 3)).toBe('2024-02-15');
  });
  test('a row whose outcome is known too late trains no earlier fold; an embargo cuts more', () => {
    const [fold] = foldsOf({ kind: 'expanding', firstTest: '2023-01-01', testMonths: 6, folds: 2, embargoDays: 30 });
    expect(fold).toEqual({
      id: 'fold-1',
      trainKnownBefore: '2022-12-02',
      testFrom: '2023-01-01',
      testUntil: '2023-07-01',
    });
    expect(trainsFold({ asOf: '2022-05-01', labelKnownOn: '2022-12-01' }, fold!)).toBe(true);
    expect(trainsFold({ asOf: '2022-05-01', labelKnownOn: '2022-12-02' }, fold!)).toBe(false);
    expect(trainsFold({ asOf: '2022-05-01', labelKnownOn: undefined }, fold!)).toBe(false);
    expect(testsFold({ asOf: '2023-01-01', labelKnownOn: '2023-12-01' }, fold!)).toBe(true);
    expect(testsFold({ asOf: '2023-07-01', labelKnownOn: '2023-12-01' }, fold!)).toBe(false);
  });
  test('test dates that overlap training are refused with both dates', () => {
    const rolling = foldsOf({
      kind: 'rolling',
      firstTest: '2023-01-01',
      testMonths: 6,
      folds: 2,
      embargoDays: 0,
      trainMonths: 12,
    });
    expect(rolling.map(({ trainFrom }) => trainFrom)).toEqual(['2022-01-01', '2022-07-01']);
    const row = { asOf: '2022-06-30', labelKnownOn: '2022-12-01' };
    expect(rolling.map((part) => trainsFold(row, part))).toEqual([true, false]);
    expect(() =>
      foldsOf({ kind: 'fixed', trainUntil: '2024-02-01', testFrom: '2024-01-01', testUntil: '2024-03-01' }),
    ).toThrow(/2024-01-01.*2024-02-01/);
  });
});

describe('decisions', () => {
  test('neither the one who asked nor the one who trained approves', () => {
    expect(fourEyesProblem('promotion.approve', { requester: 'a', trainer: 'b', decider: 'a' })).toMatch(/asks/);
    expect(fourEyesProblem('promotion.approve', { requester: 'a', trainer: 'b', decider: 'b' })).toMatch(/trained/);
    expect(fourEyesProblem('promotion.approve', { requester: 'a', trainer: 'a', decider: 'c' })).toBeUndefined();
  });
  test('a closed request stays closed', () => {
    expect(decisionProblem('open')).toBeUndefined();
    for (const state of ['approved', 'refused', 'expired'] as const) expect(decisionProblem(state)).toContain(state);
  });
  test('the administrator may do nothing that decides', () => {
    for (const permission of Object.keys(PERMISSIONS) as (keyof typeof PERMISSIONS)[])
      expect(mayDo(['admin'], permission)).toBeUndefined();
  });
  const estimate = (value: number) => ({ value, lo: value - 0.1, hi: value + 0.1, n: 100 });
  test('gates keep every reason, also those that passed', () => {
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
    expect(judge(base)).toMatchObject({
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
    expect(judge({ ...base, usesNuisance: true }).passed).toBe(false);
    expect(judge({ ...base, leakage: undefined }).passed).toBe(false);
    expect(judge({ ...base, leakage: { verdict: 'needs-reason', tests: 400, reasons: 1 } }).passed).toBe(false);
    expect(judge({ ...base, leakage: { verdict: 'needs-reason', tests: 400, reasons: 2 } }).passed).toBe(true);
    expect(judge({ ...base, leakage: { verdict: 'refused', tests: 400, reasons: 2 } }).passed).toBe(false);
    expect(judge({ ...base, testPositives: 9 }).passed).toBe(false);
    expect(judge({ ...base, baselines: { size: estimate(0.5) } }).passed).toBe(false);
    expect(judge({ ...base, champion: estimate(0.52) }).passed).toBe(true);
    expect(judge({ ...base, champion: estimate(0.6) }).passed).toBe(false);
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
    expect(judge({ ...base, paired: paired(0.01) }).passed).toBe(true);
    expect(judge({ ...base, paired: paired(-0.01) }).results.find((r) => !r.passed)?.gate).toBe(
      'not-clearly-worse-than-peer-deviation',
    );
    const reliability = (meanProbability: number) => ({
      family: 'mlp',
      chosen: 'platt' as const,
      logLoss: { platt: 1, isotonic: 1 },
      bins: [],
      top: [{ k: 20, meanProbability, findingRate: estimate(0.5) }],
    });
    expect(judge({ ...base, reliability: reliability(0.64) }).passed).toBe(true);
    expect(judge({ ...base, reliability: reliability(0.66) }).results.find((r) => !r.passed)?.gate).toBe('calibration');
    const group = (name: string, falseDiscoveryRate: number, few = false) => ({
      family: 'mlp',
      group: name,
      k: 20,
      rows: 50,
      few,
      shareOfRows: 0.5,
      shareOfList: estimate(0.5),
      falseDiscoveryRate: estimate(falseDiscoveryRate),
    });
    expect(judge({ ...base, fairness: [group('LE', 0.3), group('FY', 0.5)] }).passed).toBe(true);
    const unfairGroups = [group('LE', 0.1), group('TH', 0.1), group('FY', 0.8), group('OR', 0.9, true)];
    const unfair = judge({ ...base, fairness: unfairGroups });
    expect(unfair.results.find((r) => !r.passed)).toMatchObject({
      gate: 'fairness',
      reason: expect.stringMatching(/FY 0.800.*too few rows for a verdict: OR/) as string,
    });
    const period = (name: string, value: number) => ({ ...estimate(value), period: name });
    expect(judge({ ...base, periods: [period('a', 0.6), period('b', 0.35)] }).passed).toBe(true);
    expect(judge({ ...base, periods: [period('a', 0.6), period('b', 0.2)] }).results.find((r) => !r.passed)?.gate).toBe(
      'no-decay',
    );
    expect(judge({ ...base, undocumented: ['Limits'] }).passed).toBe(false);
    expect(judge({ ...base, revisedLabels: { changed: 0, rows: 90 } }).passed).toBe(true);
    expect(judge({ ...base, revisedLabels: { changed: 1, rows: 90 } }).results.find((r) => !r.passed)?.gate).toBe(
      'labels-stand',
    );
    // In both languages the same figures stand, in Norwegian with a decimal comma.
    const all = judge({
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
      /^gjennomsnittlig presisjon 0,500 \[.*; .*\], n \d+ mot størrelse 0,400/,
    );
  });
});

describe('the list', () => {
  test('ties are broken by the seeded key, and every candidate keeps its line', () => {
    const rows = [
      { entity: 'A', score: 1, tieKey: 'b' },
      { entity: 'B', score: 2, tieKey: 'z' },
      { entity: 'C', score: 1, tieKey: 'a' },
    ];
    const lines = exploitList(rows, 2);
    expect(lines.map((line) => line.row.entity)).toEqual(['B', 'C', 'A']);
    expect(lines.map((line) => [line.selected, line.inclusionProbability])).toEqual([
      [true, 1],
      [true, 1],
      [false, 0],
    ]);
  });
});

describe('seeded random numbers', () => {
  test('the same key gives the same numbers, another key others', () => {
    const draw = (...key: (string | number)[]) =>
      Array.from(
        { length: 5 },
        (
          (rng) => () =>
            rng.uint32()
        )(new Rng(...key)),
      );
    expect(draw(1, 'a')).toEqual(draw(1, 'a'));
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'));
    expect(draw(11, 'a')).not.toEqual(draw(1, '1a'));
  });
  test('means and spreads are what they should be', () => {
    const rng = new Rng(5);
    const n = 40_000;
    const mean = (f: () => number) => Array.from({ length: n }, f).reduce((a, b) => a + b, 0) / n;
    expect(mean(() => rng.next())).toBeCloseTo(0.5, 2);
    expect(mean(() => rng.normal() ** 2)).toBeCloseTo(1, 1);
    expect(mean(() => rng.poisson(4))).toBeCloseTo(4, 1);
  });
});
