import { z } from 'zod';
import type { FamilyDeclaration } from './declaration';
import { sampleTrainingSettings, trainingSettings } from './network-settings';

const schema = z.strictObject({
  family: z.literal('additive'),
  units: z.int().min(2).max(128).default(16).describe('hidden units of the curve of each feature'),
  pairs: z
    .int()
    .min(0)
    .max(50)
    .default(6)
    .describe('interaction terms: pairs of features, selected on the training rows'),
  ...trainingSettings({ learningRate: 0.005, weightDecay: 0.001, dropout: 0, batchSize: 256, patience: 10 }),
});

export const additive: FamilyDeclaration<typeof schema, z.infer<typeof schema>> = {
  schema,
  canPretrain: false,
  sampleSettings: (given, rng) => ({
    ...given,
    ...sampleTrainingSettings(rng),
    dropout: 0,
    units: rng.pick([8, 16, 32]),
    pairs: rng.pick([0, 2, 4, 8]),
  }),
};
