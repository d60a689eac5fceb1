import { z } from 'zod';
import { addMonths } from '../rules/training-splits';
import { CALIBRATION_INPUTS } from './calibration';
import { CONTROL_BASES } from '../import/cases';
import { FAMILY_NAMES, familySchema } from '../families';

const day = z.iso.date();

/** Test parts that follow each other; what was known before each one trains it. */
const moving = {
  firstTest: day.describe('first day of the first test part'),
  testMonths: z.int().min(1).max(36).default(6),
  folds: z.int().min(1).max(24).default(3),
  embargoDays: z
    .int()
    .min(0)
    .max(730)
    .default(0)
    .describe('days before the test part whose newly known outcomes may not train'),
};

const split = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('expanding'), ...moving }),
    z.strictObject({
      kind: z.literal('rolling'),
      ...moving,
      trainMonths: z.int().min(3).max(120).describe('as-of dates of so many months before the test part train'),
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
        message: `the test part is empty: ${value.testUntil} is not after testFrom ${value.testFrom}`,
      });
    }
  });

/** How many never controlled providers stand beside the controlled ones in a fit. */
export const puBaggingSchema = z.strictObject({
  unlabeledPerPositive: z.number().min(0.1).max(20).default(5).describe('how many of them for each finding'),
  bags: z
    .int()
    .min(1)
    .max(50)
    .default(10)
    .describe('fits of a family without members, each with another draw; of a network, every member has its own'),
});

const fields = z.strictObject({
  version: z.literal(1),
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{1,60}$/, 'expected lower-case letters, digits and hyphens'),
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
      asOf: z.iso.datetime({ offset: true }).describe('what was known at this instant, and nothing later'),
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
        .describe('a finding counts from this amount; appeals that reverse it take it away'),
    })
    .default({ minAmountNok: 0 }),
  split,
  features: z
    .strictObject({
      include: z.array(z.string()).optional().describe('only these; all that the source has when left out'),
      exclude: z.array(z.string()).default([]),
      nuisance: z
        .enum(['exclude', 'include'])
        .default('exclude')
        .describe('include only to measure what caseworkers explain; such a model cannot be promoted'),
    })
    .default({ exclude: [], nuisance: 'exclude' }),
  families: z.array(familySchema).min(1).max(8),
  tuning: z
    .strictObject({
      trials: z.int().min(2).max(500).describe('settings tried for each family; the first is the one given above'),
      minutes: z
        .int()
        .min(1)
        .max(7 * 24 * 60)
        .optional()
        .describe('no trial starts after so many minutes; those that did are kept and count'),
    })
    .optional()
    .describe(
      'random search over hyperparameters: every family tries random settings on the rows known before the first test part, with the same population inputs as the fits, and keeps its best',
    ),
  expectedAmount: z
    .enum(['off', 'report', 'rank'])
    .default('report')
    .describe(
      'expected upheld amount (probability of a finding times its amount): not computed, reported beside the probability, or what lists are ranked by',
    ),
  flagOutOfDistribution: z
    .boolean()
    .default(true)
    .describe(
      'flag listed providers whose features lie outside the training ranges, or whose provider group had no training rows',
    ),
  puBagging: puBaggingSchema
    .optional()
    .describe(
      'fits never controlled providers beside the controlled ones, as without a finding; a register source with `evaluation.population` only',
    ),
  pretrain: z
    .enum(['rule-hits'])
    .optional()
    .describe(
      'begins networks (mlp, tabm-mini) on what the rule engine stopped of all active providers; a register source with `evaluation.population` only',
    ),
  calibration: z
    .strictObject({
      input: z
        .enum(CALIBRATION_INPUTS)
        .default('population-rank')
        .describe(
          'what the calibrator reads: the raw score, or its rank among all active providers, which means the same in every fold and in the version (a register source with `evaluation.population`; elsewhere the raw score)',
        ),
      adjustFor: z
        .array(z.enum(CONTROL_BASES))
        .default(['tip'])
        .describe(
          'case sources that say more of a provider than any feature does: probabilities are those of a case without them',
        ),
    })
    .default({ input: 'population-rank', adjustFor: ['tip'] })
    .describe('how scores become probabilities'),
  selectFamily: z
    .union([z.literal('by-validation-loss'), z.enum(FAMILY_NAMES)])
    .default('by-validation-loss')
    .describe(
      'which family becomes the candidate version; "by-validation-loss" takes the best inner-validation log loss, never the test part',
    ),
  evaluation: z
    .strictObject({
      k: z.array(z.int().min(1)).min(1).default([20, 50, 100]),
      bootstrap: z.int().min(50).max(10_000).default(400),
      caseworkerEffect: z
        .array(z.enum(FAMILY_NAMES))
        .default(['logistic'])
        .describe(
          'families that are fitted a second time with the nuisance columns (caseworker), to measure their effect',
        ),
      population: z
        .boolean()
        .default(true)
        .describe('also judge lists drawn from all active providers, controlled or not; a register source only'),
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
          'all active providers are known of a register source with `evaluation.population: true` only; leave this out',
      });
});
export type Experiment = z.infer<typeof experimentSchema>;
/** What networks can be begun on. */
export type Pretrain = NonNullable<Experiment['pretrain']>;

/** First day no fold tests any more; a register snapshot must be as of this day or later to hold the outcomes. */
export const testEnd = (experiment: Experiment): string =>
  experiment.split.kind === 'fixed'
    ? experiment.split.testUntil
    : addMonths(experiment.split.firstTest, experiment.split.testMonths * experiment.split.folds);
