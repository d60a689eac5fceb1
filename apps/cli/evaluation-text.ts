import { rowText } from '../../domain/cards/format';
import type { EvaluationDocument } from '../../domain/schemas/evaluation';
import { evaluationTable } from './evaluation-table';
import { interval, limits, table } from './output';

type Section = readonly [title: string, head: readonly string[], rows: Parameters<typeof table>[1]];
const section = ([title, head, rows]: Section): string => `${title}\n${table(head, rows)}`;

/** An evaluation as text: one table for each part of the document. */
export function evaluationText(document: EvaluationDocument): string {
  const { estimand, assumption, rows, amounts, caseworkerEffects, population } = document;
  return [
    `Estimand: ${estimand}\nAssumption: ${assumption}`,
    `Overall\n${evaluationTable(rows)}`,
    section(slices(document)),
    section(pairs(document)),
    section(calibration(document)),
    ...(amounts ? [section(expectedAmounts(amounts))] : []),
    ...(caseworkerEffects ? [section(caseworkerEffect(caseworkerEffects))] : []),
    ...(population ? populationText(population) : []),
  ].join('\n\n');
}

const slices = ({ rows }: EvaluationDocument): Section => [
  'Average precision by slice',
  ['family', 'slice', 'n', 'value'],
  rows
    .filter((row) => row.slice !== 'all' && row.metric === 'average-precision')
    .map((row) => [
      row.family,
      row.slice,
      row.n,
      `${rowText(row)}${row.method.includes('low support') ? ' (low support)' : ''}`,
    ]),
];

const pairs = ({ paired }: EvaluationDocument): Section => [
  'Paired differences in average precision',
  ['family', 'against', 'difference'],
  paired.filter(({ metric }) => metric === 'average-precision').map((row) => [row.family, row.against, interval(row)]),
];

const calibration = ({ reliability }: EvaluationDocument): Section => [
  'Calibration',
  [
    'family',
    'selected',
    'log loss platt',
    'log loss isotonic',
    'log loss of the frozen calibrator',
    'case-source odds',
  ],
  reliability.map((row) => [
    row.family,
    row.selected,
    row.logLoss.platt.toFixed(4),
    row.logLoss.isotonic.toFixed(4),
    row.predictedLogLoss?.toFixed(4) ?? '',
    row.caseSourceOffset
      ? `${row.caseSourceOffset.caseSources.join(', ')}: ${interval(row.caseSourceOffset.oddsRatio)}, ` +
        `n ${row.caseSourceOffset.oddsRatio.n}`
      : '',
  ]),
];

const expectedAmounts = (amounts: NonNullable<EvaluationDocument['amounts']>): Section => [
  'Amounts of findings (median expected NOK, median upheld NOK, total upheld over total expected)',
  ['family', 'expected', 'upheld', 'upheld / expected', 'rank correlation'],
  amounts.map((row) => [
    row.family,
    Math.round(row.expectedAmountNok),
    Math.round(row.upheldNok),
    interval(row.ratio),
    row.rankCorrelation.toFixed(2),
  ]),
];

const caseworkerEffect = (effects: NonNullable<EvaluationDocument['caseworkerEffects']>): Section => [
  'Caseworker effect: without and with the nuisance columns',
  ['family', 'metric', 'without', 'with', 'difference'],
  effects.map((row) => [
    row.family,
    row.k > 0 ? `${row.metric} @${row.k}` : row.metric,
    interval(row.without),
    interval(row.withColumns),
    interval(row.difference),
  ]),
];

type Population = NonNullable<EvaluationDocument['population']>;

/** Estimates for lists drawn from all active providers, each with the assumption under which it is right. */
function populationText({ parts, lists, swap, groups }: Population): string[] {
  const models = new Set(swap.map(({ family }) => family));
  const ofModels = lists.filter(({ family }) => models.has(family));
  const missing = new Map(
    ofModels.filter(({ estimate }) => !estimate).map((row) => [row.estimator, row.assumption] as const),
  );
  const populations = parts.map((part) => `${part.asOf}: ${part.providers}, ${part.labeled} labeled`).join('; ');
  return [
    section([
      `Lists drawn from all active providers (${populations}): share that would have a finding`,
      ['family', 'first', 'estimator', 'share', 'labeled', 'assumes'],
      ofModels.flatMap(({ estimate, ...row }) =>
        estimate
          ? [
              [
                row.family,
                row.k || 'all',
                row.estimator,
                row.estimator === 'bounds' ? limits(estimate) : interval(estimate),
                estimate.n,
                row.assumption,
              ],
            ]
          : [],
      ),
    ]),
    ...(missing.size > 0 ? [[...missing].map(([estimator, why]) => `${estimator}: ${why}`).join('\n')] : []),
    section([
      'Swap set: the worst tenth of past control cases replaced by the first unlabelled providers',
      ['family', 'replaced', 'findings a case', 'findings gained', 'NOK gained', 'bounds without assumptions'],
      swap.map((row) => [
        row.family,
        row.replaced,
        interval(row.observed.findings),
        interval(row.gain.findings),
        row.gain.amountNok ? Math.round(row.gain.amountNok.value) : '',
        limits(row.bounds),
      ]),
    ]),
    lowSupport(groups.filter((group) => group.lowSupport)),
  ];
}

const lowSupport = (groups: Population['groups']): string =>
  groups.length > 0
    ? section([
        'Provider groups with low support in training',
        ['group', 'providers', 'training rows', 'findings'],
        groups.map((g) => [g.group, g.providers, g.trainRows, g.trainFindings]),
      ])
    : 'Every provider group has enough training rows.';
