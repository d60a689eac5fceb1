import type { CardInput } from '../../../../domain/cards/card-input';
import { toHtml, toMarkdown } from '../../../../domain/cards/document';
import { modelCard } from '../../../../domain/cards/model-card';
import type { EvaluationDocument } from '../../../../domain/schemas/evaluation';

const row = {
  family: 'logistic',
  metric: 'average-precision',
  k: 0,
  value: 0.5,
  lo: 0.4,
  hi: 0.6,
  n: 90,
  method: 'naive',
};
const share = { value: 0.5, lo: 0.4, hi: 0.6, n: 20 };
const input: CardInput = {
  slot: 'post-payment-control/all',
  family: 'logistic',
  settings: { l2: [0.1] },
  selected: { penalty: 0.1 },
  seed: 1,
  source: { kind: 'table', what: 'a | b.csv', asOf: 'each row' },
  label: 'outcome',
  split: { kind: 'fixed' },
  matrix: { id: 'm', rows: 200, labeled: 100, positives: 30, snapshotId: undefined },
  features: ['x'],
  usesNuisance: false,
  evaluation: {
    format: 1,
    estimand: 'e',
    assumption: 'a',
    rows: [
      { ...row, noValue: null, slice: 'all' },
      { ...row, noValue: null, slice: 'group:<GP>', n: 5, method: 'naive; low support: 5 rows with 1 findings' },
    ],
    curves: [],
    paired: [],
    fairness: [
      {
        family: 'logistic',
        group: 'GP',
        k: 20,
        rows: 90,
        lowSupport: false,
        shareOfRows: 1,
        shareOfList: share,
        falseDiscoveryRate: share,
      },
    ],
    reliability: [
      {
        family: 'logistic',
        selected: 'platt',
        logLoss: { platt: 0.5, isotonic: 0.6 },
        bins: [{ rows: 9, meanProbability: 0.4, findingRate: 0.5 }],
        top: [{ k: 20, meanProbability: 0.6, findingRate: share }],
      },
    ],
  },
  leakage: { verdict: 'clean', tests: 27 },
  code: 'c',
  runtime: { backend: 'tensorflow' },
};

test('holds every mandatory section, in Markdown and in HTML, escaped', () => {
  const document = modelCard(input);
  const [markdown, html] = [toMarkdown(document), toHtml(document)];
  for (const { title } of document.sections) expect(markdown).toContain(`## ${title}`);
  expect(markdown).toContain('0.500 [0.400, 0.600]');
  expect(markdown).toContain('low support: no verdict');
  expect(html).toContain('group:&lt;GP&gt;');
  expect(html).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(markdown).not.toMatch(/fraud/i);
});
test('is refused where a mandatory section would be empty, by its name', () => {
  expect(() => modelCard({ ...input, evaluation: { ...input.evaluation, reliability: [] } })).toThrow(
    /section "Calibration" is empty/,
  );
});

const bounds = { value: 0.5, lo: 0.2, hi: 0.8, n: 12 };
const whole: EvaluationDocument = {
  ...input.evaluation,
  caseworkerEffects: [
    { family: 'logistic', metric: 'precision', k: 50, without: share, withColumns: share, difference: share },
  ],
  population: {
    parts: [{ fold: 'f', asOf: '2024-01-01', providers: 600, labeled: 60, drawn: 20 }],
    lists: [
      {
        family: 'logistic',
        k: 20,
        estimator: 'bounds',
        estimate: bounds,
        missing: null,
        assumption: 'nothing: those not controlled may all have a finding, or none',
      },
    ],
    swap: [
      {
        family: 'logistic',
        replaced: 6,
        observed: { findings: share, amountNok: null },
        gain: { findings: share, amountNok: null },
        bounds: { lo: -0.2, hi: 0.7 },
      },
    ],
    groups: [
      { group: 'FA', providers: 12, trainRows: 3, trainFindings: 0, lowSupport: true },
      { group: 'LE', providers: 500, trainRows: 300, trainFindings: 80, lowSupport: false },
    ],
  },
};

test('shows caseworker effect, population estimates and low support; without them no such section', () => {
  const markdown = toMarkdown(modelCard({ ...input, evaluation: whole }));
  expect(markdown).toMatch(/## Caseworker effect[\s\S]*## Population estimates[\s\S]*lowest-scored tenth/);
  expect(markdown).toMatch(/lowest-scored tenth[\s\S]*nothing: those not controlled/);
  expect(markdown).toContain('| 20 | bounds | 0.200 to 0.800 | 12 |');
  expect(markdown).toMatch(/## Groups with low support[\s\S]*FA\s*\|\s*12\s*\|\s*3\s*\|\s*0/);
  expect(toMarkdown(modelCard(input))).not.toMatch(/Population estimates|Caseworker effect/);
});
