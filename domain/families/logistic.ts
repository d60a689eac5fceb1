import { z } from 'zod';
import type { FamilyDeclaration } from './declaration';
import { logUniform } from './network-settings';

const schema = z.strictObject({
  family: z.literal('logistic'),
  l2: z
    .array(z.number().positive())
    .min(1)
    .default([0.00003, 0.0003, 0.003, 0.03, 0.3])
    .describe('penalties to select from by the inner validation loss'),
  l1Ratio: z.number().min(0).max(0.99).default(0).describe('share of the L1 penalty (elastic net); 0 is ridge'),
});

export const logistic: FamilyDeclaration<typeof schema, z.infer<typeof schema>> = {
  schema,
  canPretrain: false,
  /** Each trial draws one penalty; its fit selects among that one, a tenth and ten times of it. */
  sampleSettings(given, rng) {
    const center = logUniform(rng, 1e-3, 1);
    return {
      ...given,
      l1Ratio: rng.pick([0, 0.1, 0.5, 0.9]),
      l2: [0.1, 1, 10].map((factor) => Number((center * factor).toPrecision(2))),
    };
  },
};
