import type { CardInput } from './card-input';
import type { Document, Section } from './document';
import { calibration, caseworkerEffect, expectedAmount, fairness, quality, slices } from './evaluation-sections';
import { population } from './population-sections';

/**
 * Model card and technical file of one version: the headings of Mitchell et al. 2019 and of annex IV of the AI Act that
 * apply, made from what is stored.
 * @throws RangeError naming a mandatory section that would be empty
 */
export function modelCard(input: CardInput): Document {
  const sections: Section[] = [
    description(input),
    ...USE,
    dataSheet(input),
    quality(input),
    slices(input),
    calibration(input),
    fairness(input),
    ...expectedAmount(input),
    ...caseworkerEffect(input),
    ...population(input),
    leakage(input),
    limits(input),
    lineage(input),
  ];
  const empty = sections.find(
    ({ paragraphs = [], list = [], table }) => paragraphs.length + list.length + (table?.rows.length ?? 0) === 0,
  );
  if (empty) throw new RangeError(`the model card's section "${empty.title}" is empty: every section is mandatory`);
  return { title: `Model card: ${input.family} for ${input.slot}`, language: 'en', sections };
}

const description = ({ slot, family, settings, search, selected, seed }: CardInput): Section => ({
  title: 'What it is',
  list: [
    `slot: ${slot}`,
    `family: ${family}`,
    `settings: ${JSON.stringify(settings)}`,
    ...(search
      ? [
          `hyperparameter search: trial ${search.trial} of ${search.trials}, selected by the log loss on what was ` +
            `known before the first test part (${search.validationLoss.toFixed(4)})`,
        ]
      : []),
    `selected by the fit: ${JSON.stringify(selected)}`,
    `seed: ${seed}`,
  ],
});

const USE: readonly Section[] = [
  {
    title: 'Intended use',
    paragraphs: [
      'To rank health providers by how likely a control after payment is to end with an upheld finding, as one ' +
        'ground among others for choosing whom to control. A score opens an inquiry, never a decision: people decide ' +
        'outcomes.',
    ],
  },
  {
    title: 'Not for',
    list: [
      'deciding an outcome, a reclaim or a sanction',
      'saying that a provider is suspected of anything',
      'providers of groups with few training rows (see the table by group)',
      'purposes other than that of the slot',
    ],
  },
];

const dataSheet = ({
  source,
  label,
  matrix,
  features,
  split,
  puBagging,
  pretrained,
  ...input
}: CardInput): Section => ({
  title: 'Data sheet',
  list: [
    `source: ${source.kind}, ${source.what}`,
    `known as of: ${source.asOf}`,
    `label: ${label}`,
    `rows: ${matrix.rows}, labelled ${matrix.labeled}, findings ${matrix.positives}`,
    `feature columns: ${features.length}`,
    `splits by when outcomes became known: ${JSON.stringify(split)}`,
    ...(puBagging
      ? [
          `PU bagging: ${puBagging.unlabeledPerPositive} unlabelled providers for each finding are added to the ` +
            'training rows as negatives, a new sample for each member; a few of these labels are wrong, and nobody ' +
            'knows which',
        ]
      : []),
    ...(pretrained
      ? [
          'pretraining: the networks first learnt to tell the quarter of all active providers with the most rule ' +
            'hits for their size, from all columns but those about rule hits',
        ]
      : []),
    `columns about the caseworker: ${input.usesNuisance ? 'used; such a version cannot be promoted' : 'none used'}`,
  ],
});

const leakage = ({ leakage: report }: CardInput): Section => ({
  title: 'Target-leakage report',
  paragraphs: [report ? `${report.tests} tests: ${report.verdict}.` : 'There is none.'],
});

const limits = ({ matrix }: CardInput): Section => ({
  title: 'Limits',
  list: [
    'Past control cases were selected by tips, rules and size. Figures over labelled providers do not say what a ' +
      'list of unlabelled providers would give.',
    `All of this rests on ${matrix.positives} findings; the intervals show how uncertain it is.`,
    'A kind of error that no past control case looked for cannot be learnt from these labels.',
    'A finding that an appeal later reverses changes its label; versions trained on the old label set should be ' +
      'trained again.',
  ],
});

const lineage = ({ matrix, puBagging, pretrained, code, runtime }: CardInput): Section => ({
  title: 'Lineage',
  list: [
    `matrix: ${matrix.id}`,
    ...(puBagging ? [`unlabelled providers: from matrix ${puBagging.matrixId}`] : []),
    ...(pretrained ? [`pretraining: on matrix ${pretrained.matrixId}`] : []),
    `snapshot: ${matrix.snapshotId ?? 'none: a prepared table'}`,
    `code: ${code}`,
    ...Object.entries(runtime).map(([part, value]) => `${part}: ${value}`),
  ],
});
