import { z } from 'zod';
import type { Rng } from '../rng';
import type { FamilyDeclaration } from './declaration';
import { embeddingSchema, sampleEmbedding, sampleTrainingSettings, trainingSettings } from './network-settings';

const schema = z.strictObject({
  family: z.literal('mlp'),
  hidden: z.array(z.int().min(2).max(1024)).min(1).max(4).default([48, 24]).describe('units of each hidden layer'),
  embedding: embeddingSchema,
  ...trainingSettings({ learningRate: 0.002, weightDecay: 0.001, dropout: 0, batchSize: 128, patience: 8 }),
});

const sampleHidden = (rng: Rng): number[] => {
  const units = rng.pick([16, 24, 32, 48, 64, 96, 128]);
  return rng.chance(0.5) ? [units] : [units, units / 2];
};

export const mlp: FamilyDeclaration<typeof schema, z.infer<typeof schema>> = {
  schema,
  canPretrain: true,
  sampleSettings: (given, rng) => ({
    ...given,
    ...sampleTrainingSettings(rng),
    hidden: sampleHidden(rng),
    embedding: sampleEmbedding(rng),
  }),
};
