import type { EvaluationDocument, EvaluationRow, ReliabilityReport } from '../schemas/evaluation';
import type { Document, Section } from './document';

/** What a model card is made of. Nothing of one run's chance (ids, clocks): equal recipes have equal cards. */
export interface CardInput {
  readonly slot: string;
  readonly family: string;
  readonly settings: unknown;
  readonly chosen: unknown;
  /** Settings tried, where the experiment searched. */
  readonly search?: { readonly trials: number; readonly trial: number; readonly validationLoss: number } | undefined;
  readonly seed: number;
  readonly source: { readonly kind: 'register' | 'table'; readonly what: string; readonly asOf: string };
  readonly label: string;
  readonly split: unknown;
  readonly matrix: {
    readonly id: string;
    readonly rows: number;
    readonly labelled: number;
    readonly positives: number;
    readonly snapshotId: string | undefined;
  };
  readonly features: readonly string[];
  readonly usesNuisance: boolean;
  /** Never controlled providers that it was fitted beside: of everybody in a matrix, so many for each finding. */
  readonly puBagging?: { readonly matrixId: string; readonly unlabeledPerPositive: number } | undefined;
  /** Everybody in this matrix, on whose rule hits its networks were begun. */
  readonly pretrained?: { readonly matrixId: string } | undefined;
  /** What lists are ordered by, where it is not the score. */
  readonly ranking?: 'expected-amount' | undefined;
  readonly evaluation: EvaluationDocument;
  readonly leakage: { readonly verdict: string; readonly tests: number } | undefined;
  readonly code: string;
  readonly engine: Readonly<Record<string, string>>;
}

const estimate = (e: { value: number; lo: number; hi: number }) =>
  `${e.value.toFixed(3)} [${e.lo.toFixed(3)}, ${e.hi.toFixed(3)}]`;
const amountNok = (e: { value: number; lo: number; hi: number }) =>
  `${Math.round(e.value)} [${Math.round(e.lo)}, ${Math.round(e.hi)}]`;
/** Bounds say nothing of what lies between. */
const limits = ({ lo, hi }: { lo: number; hi: number }) => `${lo.toFixed(3)} to ${hi.toFixed(3)}`;
const at = (metric: string, k: number) => (k > 0 ? `${metric} @${k}` : metric);

/** Metrics that every card shows beside each other. */
const SHOWN = ['average-precision', 'recall-in-first-half', 'precision', 'amount-upheld'];

function quality({ evaluation }: CardInput): Section {
  const rows = evaluation.rows.filter(({ slice, metric }) => slice === 'all' && SHOWN.includes(metric));
  const columns = [...new Map(rows.map((row) => [at(row.metric, row.k), row])).keys()];
  const families = [...new Set(rows.map(({ family }) => family))];
  const find = (family: string, column: string) =>
    rows.find((row) => row.family === family && at(row.metric, row.k) === column);
  return {
    title: 'Quality beside the baselines',
    paragraphs: [
      `Estimand: ${evaluation.estimand}.`,
      `Assumption: ${evaluation.assumption}.`,
      `n ${rows[0]?.n ?? 0}; ${rows[0]?.method ?? ''}. Square brackets hold the interval.`,
    ],
    table: {
      head: ['', ...columns],
      rows: families.map((family) => [
        family,
        ...columns.map((column) => {
          const found = find(family, column);
          return found ? estimate(found) : 'none';
        }),
      ]),
    },
  };
}

function slices({ evaluation, family }: CardInput): Section {
  const own = evaluation.rows.filter(
    (row) => row.family === family && row.slice !== 'all' && row.metric === 'average-precision',
  );
  const row = (r: EvaluationRow) => [
    r.slice,
    String(r.n),
    estimate(r),
    r.method.includes('few rows') ? 'too few rows for a verdict' : '',
  ];
  const title = own.some(({ slice }) => slice.startsWith('basis:'))
    ? 'By provider group, period and what the control was opened on'
    : 'By provider group and period';
  return { title, table: { head: ['rows judged', 'n', 'average precision', 'note'], rows: own.map(row) } };
}

const caseSourceOffset = ({ caseSourceOffset: beyond }: ReliabilityReport): string[] =>
  beyond
    ? [
        `Controls opened on ${beyond.bases.join(', ')} (n ${beyond.oddsRatio.n}) had ${estimate(beyond.oddsRatio)} times the odds of a finding at the same score: they rest on more than the columns show. What was promised above counts it; probabilities on lists are those of providers without it.`,
      ]
    : [];

const FROM_STANDING =
  "A probability is read from where a score stands among the same model's scores of all active providers: the models of the folds and the version are fitted on different rows, so their raw scores spread differently.";

function calibration({ evaluation, family }: CardInput): Section {
  const report = evaluation.reliability.find((entry) => entry.family === family);
  if (!report) return { title: 'Calibration', paragraphs: [] };
  return {
    title: 'Calibration',
    paragraphs: [
      `${report.chosen} was chosen: cross-fitted log loss ${report.logLoss[report.chosen].toFixed(4)} (platt ${report.logLoss.platt.toFixed(4)}, isotonic ${report.logLoss.isotonic.toFixed(4)}). Lists are ordered by the raw score, which calibration never changes.`,
      ...(report.calibrationInput === 'population-rank' ? [FROM_STANDING] : []),
      ...report.top.map(
        (top) =>
          `Among the first ${top.k}: promised ${top.meanProbability.toFixed(3)}, found ${estimate(top.findingRate)}.`,
      ),
      ...caseSourceOffset(report),
    ],
    table: {
      head: ['rows', 'mean probability', 'share with a finding'],
      rows: report.bins.map((bin) => [String(bin.rows), bin.meanProbability.toFixed(3), bin.findingRate.toFixed(3)]),
    },
  };
}

function fairness({ evaluation, family }: CardInput): Section {
  const own = evaluation.fairness.filter((row) => row.family === family);
  return {
    title: 'Fairness between provider groups',
    paragraphs: [
      'Share of the list beside share of the rows judged, and controls in vain. Protected attributes of people are not in the training data; free text, names, nationality and country of birth cannot be declared as features.',
    ],
    table: {
      head: ['group', 'k', 'rows', 'share of rows', 'share of list', 'in vain', 'note'],
      rows: own.map((r) => [
        r.group,
        String(r.k),
        String(r.rows),
        r.shareOfRows.toFixed(3),
        estimate(r.shareOfList),
        r.falseDiscoveryRate.n > 0 ? estimate(r.falseDiscoveryRate) : 'none selected',
        r.few ? 'few rows' : '',
      ]),
    },
  };
}

function expectedAmount({ evaluation, family, ranking }: CardInput): Section[] {
  const report = evaluation.amounts?.find((row) => row.family === family);
  const order =
    ranking === 'expected-amount'
      ? 'Lists are ordered by expected kroner: probability times amount.'
      : 'Lists are ordered by the score; expected kroner stand beside it.';
  if (!report)
    return ranking
      ? [
          {
            title: 'Expected kroner',
            paragraphs: [order, 'Folds had too few findings with an amount to judge the amounts.'],
          },
        ]
      : [];
  const upheld = evaluation.rows.filter(
    ({ slice, metric, k }) => slice === 'all' && metric === 'amount-upheld' && k > 0,
  );
  const of = (name: string, k: number) => {
    const row = upheld.find((found) => found.family === name && found.k === k);
    return row ? amountNok(row) : 'none';
  };
  return [
    {
      title: 'Expected kroner',
      paragraphs: [
        order,
        `What a finding is worth is a ridge on the logarithm over size, deviation from peers, rule hits and provider group. Of ${report.ratio.n} findings of the test parts the median expected was ${Math.round(report.expectedAmountNok)} kroner, the median upheld ${Math.round(report.upheldNok)}; all that was upheld over all that was expected: ${estimate(report.ratio)}; rank correlation ${report.rankCorrelation.toFixed(2)}.`,
      ],
      table: {
        head: ['first', 'kroner upheld, by the score', 'by expected kroner'],
        rows: [...new Set(upheld.map(({ k }) => k))]
          .sort((a, b) => a - b)
          .map((k) => [String(k), of(family, k), of(report.orderedAs, k)]),
      },
    },
  ];
}

/** Of versions whose evaluation holds them only: a section without rows has no place on the card. */
function whoLooked({ evaluation, family, puBagging, pretrained }: CardInput): Section[] {
  const all = evaluation.nuisance ?? [];
  const own = all.filter((row) => row.family === family);
  const shown = own.length > 0 ? own : all;
  if (shown.length === 0) return [];
  return [
    {
      title: 'What the people who looked explain',
      paragraphs: [
        'The same family on the same folds, fitted a second time with the columns that say who looked. The difference is what of the outcomes is the caseworker and not the provider; the version itself never saw those columns.',
        ...(puBagging ? ['Both are fitted without never controlled providers, whom nobody looked at.'] : []),
        ...(pretrained ? ['Neither is begun on rule hits.'] : []),
      ],
      table: {
        head: ['family', 'metric', 'without', 'with', 'difference'],
        rows: shown.map((row) => [
          row.family,
          at(row.metric, row.k),
          estimate(row.without),
          estimate(row.withColumns),
          estimate(row.difference),
        ]),
      },
    },
  ];
}

function population({ evaluation, family }: CardInput): Section[] {
  const { population } = evaluation;
  if (!population) return [];
  const lists = population.lists.filter((row) => row.family === family && row.estimate);
  const swap = population.swap.find((row) => row.family === family);
  const thin = population.groups.filter((group) => group.thin);
  return [
    {
      title: 'Lists drawn from everybody',
      paragraphs: [
        `At the start of each test part all active providers were ranked: ${population.parts.map((part) => `${part.asOf}: ${part.providers} providers, ${part.controlled} of them controlled in the part, ${part.drawn} by a draw`).join('; ')}. The estimand is the share of the list that would have an upheld finding if controlled; the last row of each estimator is the share among all of them (class prior).`,
        ...(swap
          ? [
              `Replacing the worst tenth of the past controls (${swap.replaced}, with a finding in ${estimate(swap.observed.findings)}) by the first of those that nobody controlled: ${estimate(swap.gain.findings)} findings more a control if uncontrolled providers are like controlled ones of the same score; whatever is assumed, from ${limits(swap.bounds)}.`,
            ]
          : []),
      ],
      table: {
        head: ['first', 'estimator', 'share with a finding', 'controlled', 'right if'],
        rows: lists.map((row) => [
          row.k === 0 ? 'all' : String(row.k),
          row.estimator,
          row.estimator === 'bounds' ? limits(row.estimate!) : estimate(row.estimate!),
          String(row.estimate!.n),
          row.assumption,
        ]),
      },
    },
    {
      title: 'Groups that little was learnt from',
      paragraphs:
        thin.length > 0
          ? ['Scores of these groups borrow from the others and carry no verdict of their own.']
          : ['Every provider group has rows and findings enough for a verdict of its own.'],
      ...(thin.length > 0
        ? {
            table: {
              head: ['group', 'providers', 'training rows', 'findings'],
              rows: thin.map((g) => [g.group, String(g.providers), String(g.trainRows), String(g.trainFindings)]),
            },
          }
        : {}),
    },
  ];
}

/**
 * Model card and technical file of one version (the headings of Mitchell et al. 2019 and of annex IV of the AI action that
 * apply), made from what is stored.
 * @throws RangeError naming a mandatory section that would be empty
 */
export function modelCard(input: CardInput): Document {
  const { matrix, source } = input;
  const sections: Section[] = [
    {
      title: 'What it is',
      list: [
        `slot: ${input.slot}`,
        `family: ${input.family}`,
        `settings: ${JSON.stringify(input.settings)}`,
        ...(input.search
          ? [
              `settings chosen: number ${input.search.trial} of ${input.search.trials} tried on what was known before the first test part, by log loss (${input.search.validationLoss.toFixed(4)})`,
            ]
          : []),
        `chosen by the fit: ${JSON.stringify(input.chosen)}`,
        `seed: ${input.seed}`,
      ],
    },
    {
      title: 'Intended use',
      paragraphs: [
        'To order health providers by how likely a control after payment is to end with an upheld finding, as one ground among others for choosing whom to look at. A score opens an inquiry, never a decision: outcomes are decided by people.',
      ],
    },
    {
      title: 'Not for',
      list: [
        'deciding an outcome, a reclaim or a sanction',
        'saying that a provider is suspected of anything',
        'providers of groups that the training rows hardly know (see the table by group)',
        'other purposes than the slot names',
      ],
    },
    {
      title: 'Data sheet',
      list: [
        `source: ${source.kind}, ${source.what}`,
        `known as of: ${source.asOf}`,
        `label: ${input.label}`,
        `rows: ${matrix.rows}, with a known outcome ${matrix.labelled}, findings ${matrix.positives}`,
        `columns that entered: ${input.features.length}`,
        `splits in known time: ${JSON.stringify(input.split)}`,
        ...(input.puBagging
          ? [
              `never controlled providers: ${input.puBagging.unlabeledPerPositive} for each finding stand beside the controlled rows as without a finding, another draw for each member; of few of them is that wrong, and nobody knows of which`,
            ]
          : []),
        ...(input.pretrained
          ? [
              'begun on rule hits: its networks first learnt to tell the quarter of all active providers with the most rule hits for their size, from everything but the columns about rule hits',
            ]
          : []),
        `columns that say who looked: ${input.usesNuisance ? 'entered; such a version cannot be promoted' : 'none entered'}`,
      ],
    },
    quality(input),
    slices(input),
    calibration(input),
    fairness(input),
    ...expectedAmount(input),
    ...whoLooked(input),
    ...population(input),
    {
      title: 'Leak certificate',
      paragraphs: [
        input.leakage
          ? `${input.leakage.tests} tests: ${input.leakage.verdict}.`
          : 'none: the run began before target-leakage checks existed',
      ],
    },
    {
      title: 'Limits',
      list: [
        'Past controls were selected by tips, rules and size. Figures over controlled providers do not say what a list of uncontrolled providers would give.',
        `${matrix.positives} findings stand behind all of this; the intervals say how little that is.`,
        'What nobody ever looked for cannot be learnt here.',
        'A finding that an appeal later reverses is relabelled; versions trained on the old label set are to be trained again.',
      ],
    },
    {
      title: 'Lineage',
      list: [
        `matrix: ${matrix.id}`,
        ...(input.puBagging ? [`never controlled providers: of matrix ${input.puBagging.matrixId}`] : []),
        ...(input.pretrained ? [`providers it was begun on: of matrix ${input.pretrained.matrixId}`] : []),
        `snapshot: ${matrix.snapshotId ?? 'none: a prepared table'}`,
        `code: ${input.code}`,
        ...Object.entries(input.engine).map(([part, value]) => `${part}: ${value}`),
      ],
    },
  ];
  const empty = sections.find(
    ({ paragraphs = [], list = [], table }) => paragraphs.length + list.length + (table?.rows.length ?? 0) === 0,
  );
  if (empty) throw new RangeError(`the model card's section "${empty.title}" is empty: every section is mandatory`);
  return { title: `Model card: ${input.family} for ${input.slot}`, language: 'en', sections };
}
