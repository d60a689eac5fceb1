import { Rng } from '../rng';
import type { FamilySpec, SpecOf } from '../families';

/**
 * Settings to try, drawn at random within the ranges that the families' authors searched (TabM: Gorishniy et al. 2024,
 * appendix; random search: Bergstra and Bengio 2012). Trial 0 is what the experiment says, so a search never ends up with
 * worse than that by its own measure. The same experiment, seed and number give the same settings.
 */
export function trialSettings(given: FamilySpec, seed: number, trial: number): FamilySpec {
  if (trial === 0) return given;
  const rng = new Rng('search', given.family, seed, trial);
  switch (given.family) {
    case 'logistic':
      return logistic(given, rng);
    case 'mlp':
      return { ...given, ...training(rng), hidden: hidden(rng), embedding: embedding(rng) };
    case 'tabm-mini':
      return {
        ...given,
        ...training(rng),
        blocks: 1 + rng.below(3),
        width: 32 * (1 + rng.below(8)),
        embedding: embedding(rng),
      };
    case 'additive':
      return { ...given, ...training(rng), dropout: 0, units: rng.pick([8, 16, 32]), pairs: rng.pick([0, 2, 4, 8]) };
  }
}

/** Uniform in the logarithm, rounded to what a person would write. */
const logUniform = (rng: Rng, least: number, most: number): number =>
  Number((least * (most / least) ** rng.next()).toPrecision(2));

const training = (rng: Rng) => ({
  learningRate: logUniform(rng, 3e-4, 1e-2),
  weightDecay: rng.chance(0.25) ? 0 : logUniform(rng, 1e-4, 1e-1),
  dropout: rng.pick([0, 0.1, 0.2, 0.3]),
  batchSize: rng.pick([32, 64, 128, 256]),
});

/** The fit itself chooses among its penalties: three a decade apart around the one that is drawn. */
const logistic = (given: SpecOf<'logistic'>, rng: Rng): SpecOf<'logistic'> => {
  const middle = logUniform(rng, 1e-3, 1);
  return {
    ...given,
    l1Ratio: rng.pick([0, 0.1, 0.5, 0.9]),
    l2: [0.1, 1, 10].map((factor) => Number((middle * factor).toPrecision(2))),
  };
};

const hidden = (rng: Rng): number[] => {
  const first = rng.pick([16, 24, 32, 48, 64, 96, 128]);
  return rng.chance(0.5) ? [first] : [first, first / 2];
};

/** Widening helps some tables and harms others: most trials go without. */
function embedding(rng: Rng): SpecOf<'mlp'>['embedding'] {
  if (rng.chance(0.6)) return { kind: 'none' };
  if (rng.chance(0.5)) return { kind: 'piecewise-linear', bins: rng.pick([4, 8, 16]) };
  return { kind: 'periodic', frequencies: rng.pick([4, 8, 16]), sigma: logUniform(rng, 0.02, 0.5) };
}
