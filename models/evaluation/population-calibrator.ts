import type { Platt } from '../../domain/schemas/calibration';
import { shiftByCaseSourceOffset } from '../calibration/case-source-offset';
import { fitPlatt, plattProbability } from '../calibration/platt';
import { bootstrapWeights, resample } from '../metrics/ranking-metrics';
import type { LabeledCase } from './population-ranking';

/** Bootstrap draws of the calibration; more would change no shown digit. */
const MAX_DRAWS = 200;
const FOLDS = 5;

/**
 * Probabilities of scores in the population, without a case-source offset: of unlabeled providers from all labeled
 * cases, of a labeled one from those of other entities only.
 */
export class PopulationCalibrator {
  readonly #all: Platt;
  readonly #withoutEntity: ReadonlyMap<string, Platt>;
  /** Calibrations of bootstrap samples, and how often each case was drawn. */
  readonly draws: readonly { readonly platt: Platt; readonly weights: Float64Array }[];

  constructor(
    readonly cases: readonly LabeledCase[],
    { bootstrap, seed }: { readonly bootstrap: number; readonly seed: number },
  ) {
    const rows = [...cases.keys()];
    this.#all = fitOn(cases, rows);
    const entities = cases.map(({ entity }) => entity);
    const distinct = [...new Set(entities)].sort();
    const foldOf = new Map(distinct.map((entity, i) => [entity, i % FOLDS]));
    const byFold = Array.from({ length: FOLDS }, (_, fold) =>
      fitOn(
        cases,
        rows.filter((row) => foldOf.get(entities[row]!) !== fold),
      ),
    );
    this.#withoutEntity = new Map(distinct.map((entity) => [entity, byFold[foldOf.get(entity)!]!]));
    this.draws = [...bootstrapWeights(entities, Math.min(bootstrap, MAX_DRAWS), seed)].map((weights) => ({
      weights,
      platt: fitOn(cases, resample(weights)),
    }));
  }

  /** Cross-fitted probability of a provider, labeled or not. */
  predicted(entity: string, score: number): number {
    return plattProbability(this.#withoutEntity.get(entity) ?? this.#all, score);
  }

  /** Probability of an unlabeled provider. */
  probability(score: number, platt: Platt = this.#all): number {
    return plattProbability(platt, score);
  }
}

function fitOn(cases: readonly LabeledCase[], rows: readonly number[]): Platt {
  const labels = Float64Array.from(rows, (row) => cases[row]!.label);
  const { shifted } = shiftByCaseSourceOffset(
    rows.map((row) => cases[row]!.score),
    labels,
    rows.map((row) => cases[row]!.hasOffset === true),
  );
  return fitPlatt(shifted, labels);
}
