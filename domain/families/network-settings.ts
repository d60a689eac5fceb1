import { z } from 'zod';
import type { Rng } from '../rng';

/** Settings that several network families share: loss, gradient training and embedding of numbers. */
const loss = z
  .strictObject({
    positiveWeight: z
      .number()
      .positive()
      .default(1)
      .describe('weight of a row with a finding; a row without one has 1'),
    focalGamma: z
      .number()
      .min(0)
      .max(5)
      .default(0)
      .describe('focusing parameter of the focal loss; 0 is log loss, larger values weigh well-predicted rows less'),
  })
  .default({ positiveWeight: 1, focalGamma: 0 });
export type LossSpec = z.infer<typeof loss>;

/** Settings of gradient training, with each family's own defaults. */
export const trainingSettings = (defaults: {
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
    .describe('early stopping: epochs without a better validation loss before training stops'),
  members: z.int().min(1).max(32).default(3).describe('networks with different seeds, averaged'),
  loss,
});

/**
 * What a training loop needs to know. `learningRate`, `weightDecay` and `dropout` are those of AdamW and of each layer.
 */
export interface TrainingSettings {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly dropout: number;
  readonly batchSize: number;
  readonly maxEpochs: number;
  readonly patience: number;
  readonly loss: LossSpec;
}

export const embeddingSchema = z
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
  .describe('embedding of numeric inputs before the first layer (Gorishniy et al. 2022)');
export type EmbeddingSpec = z.infer<typeof embeddingSchema>;

/** Uniform in the logarithm, rounded to two significant digits. */
export const logUniform = (rng: Rng, low: number, high: number): number =>
  Number((low * (high / low) ** rng.next()).toPrecision(2));

/** Settings of one trial, within the ranges that the TabM authors searched (Gorishniy et al. 2024, appendix). */
export const sampleTrainingSettings = (rng: Rng) => ({
  learningRate: logUniform(rng, 3e-4, 1e-2),
  weightDecay: rng.chance(0.25) ? 0 : logUniform(rng, 1e-4, 1e-1),
  dropout: rng.pick([0, 0.1, 0.2, 0.3]),
  batchSize: rng.pick([32, 64, 128, 256]),
});

/** Embeddings help on some tables and hurt on others: most trials use none. */
export function sampleEmbedding(rng: Rng): EmbeddingSpec {
  if (rng.chance(0.6)) return { kind: 'none' };
  if (rng.chance(0.5)) return { kind: 'piecewise-linear', bins: rng.pick([4, 8, 16]) };
  return { kind: 'periodic', frequencies: rng.pick([4, 8, 16]), sigma: logUniform(rng, 0.02, 0.5) };
}
