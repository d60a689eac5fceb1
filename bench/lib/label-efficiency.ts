import { invalid } from '../../domain/errors';
import { Rng } from '../../domain/rng';
import type { FamilySpec } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../../models/backend';
import { fitFamily } from '../../models/training/fit';
import { scoreRows } from '../../models/scoring';

const FOLDS = 5;
/** Labels become known on different days of one month. */
const DAYS = 28;

/**
 * One point of a learning curve: probabilities of a family fitted on labels of randomly sampled providers. No payer has
 * such labels; the curve shows what the features and the family allow when labels are not scarce. Cross-fitted: each
 * fifth of the providers is scored by a model of the others.
 * @param findingProbability each provider's true probability, from which its label is drawn
 * @param labels number of labeled providers in each fit
 */
export function probabilityFromRandomLabels(
  tf: Tf,
  family: FamilySpec,
  population: MatrixData,
  columns: readonly MatrixColumn[],
  findingProbability: readonly number[],
  labels: number,
  seed: number,
): Float64Array {
  const rng = new Rng('drawn-outcomes', seed, labels);
  const foldOf = findingProbability.map(() => rng.below(FOLDS));
  const data: MatrixData = {
    ...population,
    label: Float64Array.from(findingProbability, (chance) => (rng.chance(chance) ? 1 : 0)),
    labelKnownOn: findingProbability.map(() => `2024-01-${String(1 + rng.below(DAYS)).padStart(2, '0')}`),
  };
  const probability = new Float64Array(population.n);
  const rowsWhere = (isWanted: (row: number) => boolean) =>
    Array.from({ length: population.n }, (_, row) => row).filter(isWanted);
  for (let fold = 0; fold < FOLDS; fold++) {
    const labeled = rng.shuffle(rowsWhere((row) => foldOf[row] !== fold)).slice(0, labels);
    if (labeled.length !== labels)
      throw invalid(
        `${labels} labels are more than the ${labeled.length} providers of a fit`,
        'Ask for fewer labels: each fit has four fifths of the providers.',
      );
    const heldOut = rowsWhere((row) => foldOf[row] === fold);
    const { model } = fitFamily(tf, family, data, columns, labeled, seed);
    scoreRows(tf, model, population, heldOut).forEach((score, i) => {
      probability[heldOut[i]!] = 1 / (1 + Math.exp(-score));
    });
  }
  return probability;
}
