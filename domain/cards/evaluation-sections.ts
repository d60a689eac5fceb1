import type { EvaluationRow, ReliabilityReport } from '../schemas/evaluation';
import type { CardInput } from './card-input';
import type { Section } from './document';
import { amountText, estimateText, metricText, rowText } from './format';

/** Metrics of the first table. */
const SHOWN = ['average-precision', 'recall-in-first-half', 'precision', 'amount-upheld'];

export function quality({ evaluation }: CardInput): Section {
  const rows = evaluation.rows.filter(({ slice, metric }) => slice === 'all' && SHOWN.includes(metric));
  const columns = [...new Set(rows.map((row) => metricText(row.metric, row.k)))];
  const families = [...new Set(rows.map(({ family }) => family))];
  const cell = (family: string, column: string) => {
    const found = rows.find((row) => row.family === family && metricText(row.metric, row.k) === column);
    return found ? rowText(found) : 'none';
  };
  return {
    title: 'Quality compared with the baselines',
    paragraphs: [
      `Estimand: ${evaluation.estimand}.`,
      `Assumption: ${evaluation.assumption}.`,
      `n ${rows[0]?.n ?? 0}; ${rows[0]?.method ?? ''}. Square brackets hold the interval.`,
    ],
    table: {
      head: ['', ...columns],
      rows: families.map((family) => [family, ...columns.map((column) => cell(family, column))]),
    },
  };
}

export function slices({ evaluation, family }: CardInput): Section {
  const own = evaluation.rows.filter(
    (row) => row.family === family && row.slice !== 'all' && row.metric === 'average-precision',
  );
  const note = ({ method }: EvaluationRow) => (method.includes('low support') ? 'low support: no verdict' : '');
  const byCaseSource = own.some(({ slice }) => slice.startsWith('case-source:'));
  return {
    title: byCaseSource ? 'By provider group, period and case source' : 'By provider group and period',
    table: {
      head: ['slice', 'n', 'average precision', 'note'],
      rows: own.map((row) => [row.slice, String(row.n), rowText(row), note(row)]),
    },
  };
}

const RANK_INPUT = [
  "A probability is read from the rank of a score among the same model's scores of all active providers:",
  'the models of the folds and the version are fitted on different rows, so their raw scores are not on one scale.',
].join(' ');

export function calibration({ evaluation, family }: CardInput): Section {
  const report = evaluation.reliability.find((entry) => entry.family === family);
  if (!report) return { title: 'Calibration', paragraphs: [] };
  const { selected, logLoss } = report;
  const losses = `platt ${logLoss.platt.toFixed(4)}, isotonic ${logLoss.isotonic.toFixed(4)}`;
  return {
    title: 'Calibration',
    paragraphs: [
      `Calibrator: ${selected}, with the lowest cross-fitted log loss, ${logLoss[selected].toFixed(4)} (${losses}). ` +
        'Lists are ranked by the raw score, which calibration never changes.',
      ...(report.calibrationInput === 'population-rank' ? [RANK_INPUT] : []),
      ...report.top.map(
        ({ k, meanProbability, findingRate }) =>
          `Among the first ${k}: predicted ${meanProbability.toFixed(3)}, found ${estimateText(findingRate)}.`,
      ),
      ...caseSourceOffset(report),
    ],
    table: {
      head: ['rows', 'mean predicted probability', 'share with a finding'],
      rows: report.bins.map((bin) => [String(bin.rows), bin.meanProbability.toFixed(3), bin.findingRate.toFixed(3)]),
    },
  };
}

const caseSourceOffset = ({ caseSourceOffset: offset }: ReliabilityReport): string[] =>
  offset
    ? [
        `Control cases opened on ${offset.caseSources.join(', ')} (n ${offset.oddsRatio.n}) had ` +
          `${estimateText(offset.oddsRatio)} times the odds of a finding at the same score: the case source holds ` +
          'information that no column does. The predictions above include this offset; probabilities on lists are ' +
          'those of providers without such a case.',
      ]
    : [];

export function fairness({ evaluation, family }: CardInput): Section {
  const own = evaluation.fairness.filter((row) => row.family === family);
  return {
    title: 'Fairness between provider groups',
    paragraphs: [
      "Each group's share of the list and of the evaluated rows, and its false discovery rate. Protected attributes " +
        'of people are not in the training data; free text, names, nationality and country of birth cannot be ' +
        'declared as features.',
    ],
    table: {
      head: ['group', 'k', 'rows', 'share of rows', 'share of list', 'false discovery rate', 'note'],
      rows: own.map((row) => [
        row.group,
        String(row.k),
        String(row.rows),
        row.shareOfRows.toFixed(3),
        estimateText(row.shareOfList),
        row.falseDiscoveryRate ? estimateText(row.falseDiscoveryRate) : 'none selected',
        row.lowSupport ? 'low support' : '',
      ]),
    },
  };
}

/** For versions with an amount model, and for lists that are ranked by expected amount. */
export function expectedAmount({ evaluation, family, ranking }: CardInput): Section[] {
  const report = evaluation.amounts?.find((row) => row.family === family);
  if (!report && !ranking) return [];
  const title = 'Expected upheld amount';
  const order = ranking
    ? 'Lists are ranked by the expected upheld amount: probability of a finding times its expected amount.'
    : 'Lists are ranked by the score; the expected upheld amount is shown for information.';
  if (!report)
    return [
      { title, paragraphs: [order, 'Some folds had too few findings with an amount to evaluate the amount model.'] },
    ];
  const upheld = evaluation.rows.filter(
    ({ slice, metric, k }) => slice === 'all' && metric === 'amount-upheld' && k > 0,
  );
  const cell = (name: string, k: number) => {
    const row = upheld.find((found) => found.family === name && found.k === k);
    return row ? rowText(row, amountText) : 'none';
  };
  return [
    {
      title,
      paragraphs: [
        order,
        'The amount model is a ridge regression of the logarithm of the amount on size, deviation from peers, rule ' +
          `hits and provider group. Of ${report.ratio.n} findings of the test parts the median expected amount was ` +
          `${Math.round(report.expectedAmountNok)} kroner, the median upheld ${Math.round(report.upheldNok)}; sum ` +
          `upheld over sum expected: ${estimateText(report.ratio)}; rank correlation ` +
          `${report.rankCorrelation.toFixed(2)}.`,
      ],
      table: {
        head: ['first', 'kroner upheld, ranked by score', 'ranked by expected amount'],
        rows: [...new Set(upheld.map(({ k }) => k))]
          .sort((a, b) => a - b)
          .map((k) => [String(k), cell(family, k), cell(report.rankedAs, k)]),
      },
    },
  ];
}

/** For evaluations that fitted the families with caseworker columns too. */
export function caseworkerEffect({ evaluation, family, puBagging, pretrained }: CardInput): Section[] {
  const all = evaluation.caseworkerEffects ?? [];
  const own = all.filter((row) => row.family === family);
  const shown = own.length > 0 ? own : all;
  if (shown.length === 0) return [];
  return [
    {
      title: 'Caseworker effect',
      paragraphs: [
        'The same family on the same folds, fitted a second time with the columns about the caseworker. The ' +
          'difference is the part of the outcomes that the caseworker explains and the provider does not; the ' +
          'version itself never saw these columns.',
        ...(puBagging ? ['Both are fitted without unlabelled providers, which no caseworker has controlled.'] : []),
        ...(pretrained ? ['Neither is pretrained on rule hits.'] : []),
      ],
      table: {
        head: ['family', 'metric', 'without', 'with', 'difference'],
        rows: shown.map((row) => [
          row.family,
          metricText(row.metric, row.k),
          estimateText(row.without),
          estimateText(row.withColumns),
          estimateText(row.difference),
        ]),
      },
    },
  ];
}
