import { toInstant } from '../time/instant';
import { z } from 'zod';
import { addMonths } from '../time/days';
import { CALIBRATION_INPUTS } from './calibration';
import { CONTROL_BASES } from '../import/cases';
import { canPretrain, FAMILY_NAMES, familySchema } from '../families';

const day = z.iso.date();

/** An instant in any spelling; equal instants are read as the same text. */
const instantField = z.iso.datetime({ offset: true }).transform((text, context) => {
  try {
    return toInstant(text, 'the instant');
  } catch (error) {
    context.addIssue({ code: 'custom', message: error instanceof Error ? error.message : String(error) });
    return z.NEVER;
  }
});

/** Consecutive test periods; each is tested by a model trained on what was known before it. */
const moving = {
  firstTest: day.describe('first day of the first test period'),
  testMonths: z.int().min(1).max(36).default(6),
  folds: z.int().min(1).max(24).default(3),
  embargoDays: z
    .int()
    .min(0)
    .max(730)
    .default(0)
    .describe('days before the test period in which outcomes that become known are not trained on'),
};

const split = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('expanding'), ...moving }),
    z.strictObject({
      kind: z.literal('rolling'),
      ...moving,
      trainMonths: z.int().min(3).max(120).describe('months before the test period whose as-of dates are trained on'),
    }),
    z.strictObject({ kind: z.literal('fixed'), trainUntil: day, testFrom: day, testUntil: day }),
  ])
  .superRefine((value, context) => {
    if (value.kind !== 'fixed') return;
    if (value.testFrom < value.trainUntil) {
      context.addIssue({
        code: 'custom',
        path: ['testFrom'],
        message: `test dates overlap training: testFrom ${value.testFrom} is before trainUntil ${value.trainUntil}`,
      });
    }
    if (value.testUntil <= value.testFrom) {
      context.addIssue({
        code: 'custom',
        path: ['testUntil'],
        message: `the test period is empty: ${value.testUntil} is not after testFrom ${value.testFrom}`,
      });
    }
  });

/** PU bagging: how many unlabelled providers each fit gets, and in how many bags. */
export const puBaggingSchema = z.strictObject({
  unlabeledPerPositive: z.number().min(0.1).max(20).default(5).describe('unlabeled providers for each finding'),
  bags: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('fits to average for families without members; of a network, every member has its own sample'),
});

const fields = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,60}$/, 'expected 2 to 61 lower-case letters, digits and hyphens'),
  slot: z
    .strictObject({ purpose: z.string().regex(/^[a-z0-9-]+$/), segment: z.string().regex(/^[a-z0-9-]+$/) })
    .default({ purpose: 'post-payment-control', segment: 'all' }),
  seed: z
    .int()
    .min(0)
    .max(2 ** 31 - 1),
  source: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('register'),
      asOf: instantField.describe('what was known at this instant, and nothing later'),
    }),
    z.strictObject({
      kind: z.literal('table'),
      file: z.string(),
      mapping: z.string().describe('mapping file (YAML), relative to the experiment'),
    }),
  ]),
  label: z
    .strictObject({
      minAmountNok: z
        .int()
        .min(0)
        .default(0)
        .describe('smallest upheld amount that counts as a finding; an appeal can reverse it'),
    })
    .default({ minAmountNok: 0 }),
  split,
  features: z
    .strictObject({
      include: z.array(z.string()).optional().describe('features to use; all features of the source when left out'),
      exclude: z.array(z.string()).default([]),
      nuisance: z
        .enum(['exclude', 'include'])
        .default('exclude')
        .describe(
          'columns about the caseworker: include them only to study their effect; such a model cannot be promoted',
        ),
    })
    .default({ exclude: [], nuisance: 'exclude' }),
  families: z.array(familySchema).min(1).max(8),
  tuning: z
    .strictObject({
      trials: z
        .int()
        .min(2)
        .max(500)
        .describe('trials for each family; the first uses the hyperparameters given above'),
      minutes: z
        .int()
        .min(1)
        .max(7 * 24 * 60)
        .optional()
        .describe('no trial starts after so many minutes; trials that have started are completed and count'),
    })
    .optional()
    .describe(
      'random search: each family tries random hyperparameters on the rows known before the first test period, ' +
        'with the same population inputs as the fits, and keeps the best',
    ),
  expectedAmount: z
    .enum(['off', 'report', 'rank'])
    .default('report')
    .describe(
      'expected upheld amount (probability of a finding times its amount): not computed, reported with the ' +
        'probability, or used to rank lists',
    ),
  flagOutOfDistribution: z
    .boolean()
    .default(true)
    .describe(
      'flags providers whose features lie outside the training ranges, or whose provider group had no training rows',
    ),
  puBagging: puBaggingSchema
    .optional()
    .describe(
      'PU bagging: adds samples of unlabelled providers to each fit, as if without a finding; ' +
        'needs a register source and `evaluation.population`',
    ),
  pretrain: z
    .enum(['rule-hits'])
    .optional()
    .describe(
      `pretrains networks (${FAMILY_NAMES.filter(canPretrain).join(', ')}) on the rule hits of all active providers; ` +
        'needs a register source and `evaluation.population`',
    ),
  calibration: z
    .strictObject({
      input: z
        .enum(CALIBRATION_INPUTS)
        .default('population-rank')
        .describe(
          'what the calibrator reads: the raw score, or its rank among all active providers, which means the same in ' +
            'every fold and in the version (needs a register source and `evaluation.population`, else the raw score)',
        ),
      adjustFor: z
        .array(z.enum(CONTROL_BASES))
        .default(['tip'])
        .describe(
          'case sources that know more of a provider than any feature: probabilities are those of a case without them',
        ),
    })
    .default({ input: 'population-rank', adjustFor: ['tip'] })
    .describe('how scores become probabilities'),
  selectFamily: z
    .union([z.literal('by-validation-loss'), z.enum(FAMILY_NAMES)])
    .default('by-validation-loss')
    .describe(
      'which family becomes the candidate version; "by-validation-loss" takes the lowest log loss of the inner ' +
        'validation, never of a test period',
    ),
  evaluation: z
    .strictObject({
      k: z.array(z.int().min(1)).min(1).default([20, 50, 100]),
      bootstrap: z.int().min(50).max(10_000).default(400),
      caseworkerEffect: z
        .array(z.enum(FAMILY_NAMES))
        .default(['logistic'])
        .describe(
          'families to fit a second time with the columns about the caseworker, to measure the caseworker effect',
        ),
      population: z
        .boolean()
        .default(true)
        .describe('also estimate lists drawn from all active providers, labelled or not; needs a register source'),
    })
    .default({ k: [20, 50, 100], bootstrap: 400, caseworkerEffect: ['logistic'], population: true }),
});

export const experimentSchema = fields.superRefine((experiment, context) => {
  if (experiment.source.kind === 'register' && experiment.evaluation.population) return;
  for (const field of ['puBagging', 'pretrain'] as const)
    if (experiment[field])
      context.addIssue({
        code: 'custom',
        path: [field],
        message:
          'needs all active providers: a register source with `evaluation.population: true`; leave this out otherwise',
      });
});
export type Experiment = z.infer<typeof experimentSchema>;
/** What networks can be pretrained on. */
export type Pretrain = NonNullable<Experiment['pretrain']>;

/** Day after the last test period; a register snapshot must be as of this day or later to hold the outcomes. */
export const testEnd = (experiment: Experiment): string =>
  experiment.split.kind === 'fixed'
    ? experiment.split.testUntil
    : addMonths(experiment.split.firstTest, experiment.split.testMonths * experiment.split.folds);
