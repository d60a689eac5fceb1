import { type FamilySpec, sampleSettings } from '../families';
import { Rng } from '../rng';

/**
 * Settings of one trial of the hyperparameter search: random search (Bergstra and Bengio 2012) within each family's
 * ranges. Trial 0 has the settings of the experiment, so the search never ends with a worse validation loss than they
 * have. The same settings, seed and trial number give the same result.
 */
export const trialSettings = (given: FamilySpec, seed: number, trial: number): FamilySpec =>
  trial === 0 ? given : sampleSettings(given, new Rng('search', given.family, seed, trial));
