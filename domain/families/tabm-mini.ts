import { z } from 'zod';
import type { FamilyDeclaration } from './declaration';
import { embeddingSchema, sampleEmbedding, sampleTrainingSettings, trainingSettings } from './network-settings';

const schema = z.strictObject({
  family: z.literal('tabm-mini'),
  submodels: z
    .int()
    .min(2)
    .max(64)
    .default(8)
    .describe('submodels that share all weights except the scaling of their inputs and their head'),
  width: z.int().min(8).max(1024).default(128).describe('units of each hidden layer'),
  blocks: z.int().min(1).max(5).default(2).describe('hidden layers'),
  embedding: embeddingSchema,
  ...trainingSettings({ learningRate: 0.002, weightDecay: 0.0003, dropout: 0.1, batchSize: 256, patience: 10 }),
});

export const tabmMini: FamilyDeclaration<typeof schema, z.infer<typeof schema>> = {
  schema,
  canPretrain: true,
  sampleSettings: (given, rng) => ({
    ...given,
    ...sampleTrainingSettings(rng),
    blocks: 1 + rng.below(3),
    width: 32 * (1 + rng.below(8)),
    embedding: sampleEmbedding(rng),
  }),
};
