import { invalid } from '../../domain/errors';
import { Rng } from '../../domain/rng';
import type { FamilySpec } from '../../domain/families';
import type { MatrixColumn, MatrixData } from '../../domain/schemas/matrix';
import type { Tf } from '../../models/backend';
import { fitFamily } from '../../models/training/fit';
import { scoreRows } from '../../models/scoring';

const PARTS = 5;
const DAYS = 28;

/**
 * Probabilities by a family that learns from outcomes of providers drawn at random, as many as asked for, outcomes that no payer
 * has: how far the columns and the family go when outcomes are not what is short. Each fifth of the providers is scored by what
 * outcomes among the others taught.
 * @param finding each provider's true chance of a finding, from which its outcome is drawn
 */
export function probabilityFromDrawn(
  tf: Tf,
  family: FamilySpec,
  population: MatrixData,
  columns: readonly MatrixColumn[],
  finding: readonly number[],
  outcomes: number,
  seed: number,
): Float64Array {
  const rng = new Rng('drawn-outcomes', seed, outcomes);
  const part = finding.map(() => rng.below(PARTS));
  const data: MatrixData = {
    ...population,
    label: Float64Array.from(finding, (chance) => (rng.chance(chance) ? 1 : 0)),
    labelKnownOn: finding.map(() => `2024-01-${String(1 + rng.below(DAYS)).padStart(2, '0')}`),
  };
  const found = new Float64Array(population.n);
  const rows = (wanted: (row: number) => boolean) =>
    Array.from({ length: population.n }, (_, row) => row).filter(wanted);
  for (let own = 0; own < PARTS; own++) {
    const known = rng.shuffle(rows((row) => part[row] !== own)).slice(0, outcomes);
    if (known.length !== outcomes)
      throw invalid(
        `${outcomes} outcomes are asked for, ${known.length} providers are there to draw them from`,
        'Ask for a whole number of fewer: four in five providers are drawn from.',
      );
    const scored = rows((row) => part[row] === own);
    const { model } = fitFamily(tf, family, data, columns, known, seed);
    scoreRows(tf, model, population, scored).forEach((score, i) => (found[scored[i]!] = 1 / (1 + Math.exp(-score))));
  }
  return found;
}
