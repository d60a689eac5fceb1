import { z } from 'zod';

/** Model families and their settings. Every setting has a default that works untuned; `utplukk train --schema` prints them. */
const loss = z
  .strictObject({
    positiveWeight: z
      .number()
      .positive()
      .default(1)
      .describe('how many times a finding counts against a row without one'),
    focalGamma: z
      .number()
      .min(0)
      .max(5)
      .default(0)
      .describe('0 is log loss; above, rows that are right already count less'),
  })
  .default({ positiveWeight: 1, focalGamma: 0 });
export type LossSpec = z.infer<typeof loss>;

/** Settings of gradient training, with each family's own defaults. */
const training = (defaults: {
  learningRate: number;
  weightDecay: number;
  dropout: number;
  batchSize: number;
  patience: number;
}) => ({
  learningRate: z.number().positive().default(defaults.learningRate),
  weightDecay: z.number().min(0).default(defaults.weightDecay),
  dropout: z.number().min(0).max(0.8).default(defaults.dropout),
  batchSize: z.int().min(8).default(defaults.batchSize),
  maxEpochs: z.int().min(1).max(500).default(60),
  patience: z
    .int()
    .min(1)
    .default(defaults.patience)
    .describe('epochs without a better validation loss before training stops'),
  members: z.int().min(1).max(32).default(3).describe('networks with different seeds, averaged'),
  loss,
});
export type TrainingSettings = Pick<
  z.infer<typeof mlp>,
  'learningRate' | 'weightDecay' | 'dropout' | 'batchSize' | 'maxEpochs' | 'patience' | 'loss'
>;

const embedding = z
  .discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('none') }),
    z.strictObject({ kind: z.literal('piecewise-linear'), bins: z.int().min(2).max(64).default(16) }),
    z.strictObject({
      kind: z.literal('periodic'),
      frequencies: z.int().min(1).max(64).default(8),
      sigma: z.number().positive().default(0.1),
    }),
  ])
  .default({ kind: 'none' })
  .describe('how numbers are widened before the first layer (Gorishniy et al. 2022)');
export type EmbeddingSpec = z.infer<typeof embedding>;

const logistic = z.strictObject({
  family: z.literal('logistic'),
  l2: z
    .array(z.number().positive())
    .min(1)
    .default([0.00003, 0.0003, 0.003, 0.03, 0.3])
    .describe('penalties to choose from, on the inner validation part'),
  l1Ratio: z
    .number()
    .min(0)
    .max(0.99)
    .default(0)
    .describe('share of the penalty on absolute values (elastic net); 0 is ridge'),
});
const mlp = z.strictObject({
  family: z.literal('mlp'),
  hidden: z.array(z.int().min(2).max(1024)).min(1).max(4).default([48, 24]),
  embedding,
  ...training({ learningRate: 0.002, weightDecay: 0.001, dropout: 0, batchSize: 128, patience: 8 }),
});
const tabmMini = z.strictObject({
  family: z.literal('tabm-mini'),
  submodels: z
    .int()
    .min(2)
    .max(64)
    .default(8)
    .describe('submodels that share all weights but their first scaling and their head'),
  width: z.int().min(8).max(1024).default(128),
  blocks: z.int().min(1).max(5).default(2),
  embedding,
  ...training({ learningRate: 0.002, weightDecay: 0.0003, dropout: 0.1, batchSize: 256, patience: 10 }),
});
const additive = z.strictObject({
  family: z.literal('additive'),
  units: z.int().min(2).max(128).default(16).describe("hidden units of each feature's own curve"),
  pairs: z
    .int()
    .min(0)
    .max(50)
    .default(6)
    .describe('pairs of features with a surface of their own, chosen on the training rows'),
  ...training({ learningRate: 0.005, weightDecay: 0.001, dropout: 0, batchSize: 256, patience: 10 }),
});

export const familySchema = z.discriminatedUnion('family', [logistic, mlp, tabmMini, additive]);
export type FamilySpec = z.infer<typeof familySchema>;
export type FamilyName = FamilySpec['family'];
/** Families that are trained by gradients. */
export type NetworkSpec = Exclude<FamilySpec, { family: 'logistic' }>;
export type SpecOf<F extends FamilyName> = Extract<FamilySpec, { family: F }>;
export const FAMILY_NAMES = familySchema.options.map((option) => option.shape.family.value);
