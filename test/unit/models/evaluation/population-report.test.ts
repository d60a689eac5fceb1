import { modelCard } from '../../../../domain/cards/model-card';
import { toMarkdown } from '../../../../domain/cards/document';
import { Rng } from '../../../../domain/rng';
import type { Estimator, PopulationReport } from '../../../../domain/schemas/evaluation';
import { evaluateRun } from '../../../../models/evaluation/evaluate';
import { caseworkerEffects } from '../../../../models/evaluation/caseworker-effect';
import { evaluatePopulation, type PastControl, type PopulationPart } from '../../../../models/evaluation/population-report';
import type { LabeledScores } from '../../../../models/metrics/ranking-metrics';

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** A world whose truth is known: everybody's outcome, a policy that controls by tips or by a draw, a score that helps. */
function scenario(seed: number, { drawChance, bootstrap = 50 }: { drawChance?: number; bootstrap?: number }) {
  const rng = new Rng('population', seed);
  const parts: PopulationPart[] = [];
  const scores: Float64Array[] = [];
  const truth: number[][] = [];
  const controls: PastControl[] = [];
  for (let p = 0; p < 3; p++) {
    const entities = Array.from({ length: 600 }, (_, i) => `P${i}`);
    const score = Float64Array.from(entities, () => 1.2 * rng.normal());
    const outcomes = entities.map((_, i) => (rng.chance(sigmoid(score[i]! - 1.5)) ? 1 : 0));
    const own = new Map<string, { label: number; probability: number | undefined }>();
    entities.forEach((entity, i) => {
      // Tips: those with findings are seen three times as often, whatever their score.
      if (rng.chance(outcomes[i] ? 0.15 : 0.05)) own.set(entity, { label: outcomes[i]!, probability: undefined });
      else if (drawChance !== undefined && rng.chance(drawChance))
        own.set(entity, { label: outcomes[i]!, probability: drawChance });
    });
    for (const [entity, { label }] of own)
      controls.push({
        fold: `fold-${p}`,
        entity,
        score: score[entities.indexOf(entity)]!,
        label,
        amountNok: label * 1000,
      });
    parts.push({ fold: `fold-${p}`, asOf: `2024-0${p + 1}-01`, entities, controls: own });
    scores.push(score);
    truth.push(outcomes);
  }
  const share = truth.flat().reduce((sum, y) => sum + y, 0) / truth.flat().length;
  const report = evaluatePopulation(
    parts,
    [
      { family: 'model', scores, controls },
      { family: 'size', scores: scores.map((s) => s.map((v) => -v)) },
    ],
    { ks: [20, 60, 5000], bootstrap, seed: 1 },
  );
  return { report, share, parts, scores, controls };
}

const estimateOf = (report: Omit<PopulationReport, 'groups'>, k: number, estimator: Estimator, family = 'model') =>
  report.lists.find((row) => row.k === k && row.estimator === estimator && row.family === family)!;

describe('lists drawn from everybody', () => {
  test('worked by hand: bounds and the naive share of a list of two in one part', () => {
    const parts: PopulationPart[] = [
      {
        fold: 'f',
        asOf: '2024-01-01',
        entities: ['a', 'b', 'c', 'd'],
        controls: new Map([
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
    expect(report.parts).toEqual([{ fold: 'f', asOf: '2024-01-01', providers: 4, controlled: 2, drawn: 0 }]);
    expect([...new Set(report.lists.map(({ k }) => k))]).toEqual([2, 0]); // nine of four are no list
    expect(estimateOf(report, 2, 'bounds', 'size').estimate).toMatchObject({ lo: 0.5, hi: 1, n: 1 });
    expect(estimateOf(report, 0, 'bounds', 'size').estimate).toMatchObject({ lo: 0.25, hi: 0.75, n: 2 });
    expect(estimateOf(report, 2, 'naive', 'size').estimate).toMatchObject({ value: 1, n: 1 });
    expect(estimateOf(report, 2, 'score-matched', 'size')).toMatchObject({ estimate: null, missing: 'no-probability' });
    expect(report.swap).toEqual([]);
  });

  test('without a draw nothing claims to know the uncontrolled but the bounds, and each says why', () => {
    const { report, share } = scenario(1, {});
    for (const estimator of ['inverse-probability', 'doubly-robust', 'random-arm'] as const)
      expect(estimateOf(report, 20, estimator)).toMatchObject({ estimate: null, missing: 'no-draw' });
    expect(estimateOf(report, 20, 'contraction')).toMatchObject({ estimate: null, missing: 'no-caseload' });
    const { lo, hi } = estimateOf(report, 0, 'bounds').estimate!;
    expect(lo).toBeLessThanOrEqual(share);
    expect(hi).toBeGreaterThanOrEqual(share);
  });

  test('tips make the naive share of everybody wrong; the draw puts it right', () => {
    const errors = { naive: 0, 'random-arm': 0, 'inverse-probability': 0, 'doubly-robust': 0 };
    let covered = 0;
    const scenarios = 25;
    for (let seed = 0; seed < scenarios; seed++) {
      const { report, share } = scenario(seed, { drawChance: 0.15, bootstrap: 2 }); // none of these four is bootstrapped
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

  test('chances that differ are not guessed for those that were not drawn', () => {
    const { parts, scores } = scenario(2, { drawChance: 0.1 });
    const uneven = parts.map((part, p) => ({
      ...part,
      controls: new Map(
        [...part.controls].map(([entity, control], i) => [
          entity,
          { ...control, probability: control.probability && (p + i) % 2 ? 0.2 : control.probability },
        ]),
      ),
    }));
    const report = evaluatePopulation(uneven, [{ family: 'size', scores }], { ks: [20], bootstrap: 50, seed: 1 });
    expect(estimateOf(report, 20, 'random-arm', 'size')).toMatchObject({ estimate: null, missing: 'unequal-draw' });
  });

  test('a swap replaces the lowest tenth, gains where the score helps, and stays within what is possible', () => {
    const { report, controls } = scenario(3, { drawChance: 0.2 });
    const [swap] = report.swap;
    expect(swap).toMatchObject({ family: 'model', replaced: Math.round(controls.length / 10) });
    expect(swap!.gain.findings.lo).toBeGreaterThan(0);
    expect(swap!.gain.findings.value).toBeLessThanOrEqual(swap!.bounds.hi);
    expect(swap!.gain.amountNok!.value).toBeCloseTo(1000 * swap!.gain.findings.value, 6); // every finding is of a thousand
  });

  test('the same arguments give the same report', () => {
    expect(scenario(4, { drawChance: 0.1 }).report).toEqual(scenario(4, { drawChance: 0.1 }).report);
  });
});

describe('what the people who looked explain', () => {
  const rng = new Rng('nuisance');
  const n = 400;
  const strict = Array.from({ length: n }, () => (rng.chance(0.5) ? 2 : 0));
  const own = Array.from({ length: n }, () => rng.normal());
  const labels = own.map((value, i) => (rng.chance(sigmoid(value + strict[i]! - 1)) ? 1 : 0));
  const labeled = (scores: readonly number[]): LabeledScores => ({
    scores,
    labels,
    entities: labels.map((_, i) => `e${i}`),
    rowIds: labels.map((_, i) => `r${i}`),
  });
  const settings = { ks: [50], bootstrap: 200, seed: 1 };
  test('a strict caseworker is worth what the difference says, clear of zero; one who changes nothing is worth nothing', () => {
    const effects = caseworkerEffects(
      'logistic',
      { without: labeled(own), withColumns: labeled(own.map((v, i) => v + strict[i]!)) },
      settings,
    );
    expect(effects.map(({ metric }) => metric).sort()).toEqual([
      'average-precision',
      'precision',
      'recall-in-first-half',
    ]);
    const ap = effects.find(({ metric }) => metric === 'average-precision')!;
    expect(ap.difference.value).toBeCloseTo(ap.withColumns.value - ap.without.value, 12);
    expect(ap.difference.lo).toBeGreaterThan(0);
    const same = caseworkerEffects('logistic', { without: labeled(own), withColumns: labeled(own) }, settings);
    expect(same.every(({ difference: { value, lo, hi } }) => value === 0 && lo === 0 && hi === 0)).toBe(true);
  });

  test('the card tells of both, and of groups that little was learnt from; without them it has no such section', () => {
    const { document } = evaluateRun(
      [
        {
          family: 'logistic',
          isModel: true,
          labeled: labeled(own),
          groups: labels.map(() => 'LE'),
          periods: labels.map(() => 'fold-1'),
        },
      ],
      settings,
    );
    const { report } = scenario(5, {});
    const nuisance = caseworkerEffects('logistic', { without: labeled(own), withColumns: labeled(own) }, settings);
    const card = (evaluation: typeof document) =>
      toMarkdown(
        modelCard({
          slot: 's',
          family: 'logistic',
          settings: {},
          chosen: {},
          seed: 1,
          source: { kind: 'register', what: 'x', asOf: 'y' },
          label: 'l',
          split: {},
          matrix: { id: 'm', rows: 1, labelled: 1, positives: 1, snapshotId: undefined },
          features: ['a'],
          usesNuisance: false,
          evaluation,
          leakage: undefined,
          code: 'c',
          engine: { node: '20' },
        }),
      );
    const rename = <T extends { family: string }>(rows: readonly T[]) =>
      rows.map((row) => ({ ...row, family: row.family === 'model' ? 'logistic' : row.family }));
    const groups = [
      { group: 'FA', providers: 12, trainRows: 3, trainFindings: 0, thin: true },
      { group: 'LE', providers: 500, trainRows: 300, trainFindings: 80, thin: false },
    ];
    const told = card({
      ...document,
      nuisance,
      population: { ...report, lists: rename(report.lists), swap: rename(report.swap), groups },
    });
    expect(told).toMatch(
      /## What the people who looked explain[\s\S]*## Lists drawn from everybody[\s\S]*Replacing the worst tenth[\s\S]*nothing: those not controlled/,
    );
    expect(told).toMatch(/## Groups that little was learnt from[\s\S]*FA\s*\|\s*12\s*\|\s*3\s*\|\s*0/);
    expect(card(document)).not.toMatch(/Lists drawn from everybody|who looked explain/);
  });
});
