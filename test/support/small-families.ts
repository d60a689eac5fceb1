import type { z } from 'zod';
import { FAMILY_NAMES, type FamilyName, type familySchema } from '../../domain/families';

type Settings = z.input<typeof familySchema>;

const FEW = { learningRate: 0.05, maxEpochs: 3, batchSize: 32 };
const PIECEWISE = { kind: 'piecewise-linear', bins: 4 } as const;
const PERIODIC = { kind: 'periodic', frequencies: 4 } as const;

/**
 * Small settings of every family, one entry for each kind of model that it makes. The compiler asks for those of a new
 * family; its fits must then repeat their bytes and its contributions add up.
 */
export const SMALL_FAMILIES: { readonly [F in FamilyName]: readonly Extract<Settings, { family: F }>[] } = {
  logistic: [
    { family: 'logistic', l2: [0.01, 0.1] },
    { family: 'logistic', l2: [0.01, 0.1], l1Ratio: 0.5 },
  ],
  mlp: [
    { family: 'mlp', hidden: [8], weightDecay: 0.01, patience: 5, members: 2, ...FEW },
    { family: 'mlp', hidden: [8], embedding: PIECEWISE, members: 1, ...FEW },
    { family: 'mlp', hidden: [8], embedding: PERIODIC, members: 1, ...FEW },
  ],
  'tabm-mini': [
    { family: 'tabm-mini', submodels: 4, width: 16, members: 2, ...FEW },
    { family: 'tabm-mini', submodels: 4, width: 16, embedding: PIECEWISE, members: 1, ...FEW },
    { family: 'tabm-mini', submodels: 4, width: 16, embedding: PERIODIC, members: 1, ...FEW },
  ],
  additive: [
    { family: 'additive', units: 4, pairs: 1, members: 1, loss: { positiveWeight: 2, focalGamma: 1 }, ...FEW },
  ],
};

/** The small settings of all families, one after the other. */
export const ALL_SMALL: readonly Settings[] = FAMILY_NAMES.flatMap((name): readonly Settings[] => SMALL_FAMILIES[name]);
