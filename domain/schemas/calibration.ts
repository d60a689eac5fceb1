/** Platt scaling: probability = 1 / (1 + exp(-(a · score + b))). Never changes a ranking (a > 0). */
export interface Platt {
  readonly a: number;
  readonly b: number;
}

/** Isotonic regression: linear between the points of the blocks, constant beyond its ends. */
export interface Isotonic {
  /** Ascending. */
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/** From normal scores of a rank in the population, or from raw scores of the model. */
export const CALIBRATION_INPUTS = ['raw-score', 'population-rank'] as const;
export type CalibrationInput = (typeof CALIBRATION_INPUTS)[number];

/**
 * How a score becomes a probability. Lists are ranked by the raw score: the steps of isotonic regression would tie it.
 */
export type Calibrator = (({ readonly kind: 'platt' } & Platt) | ({ readonly kind: 'isotonic' } & Isotonic)) & {
  /** What it was fitted on, if not on raw scores. A version then carries the rank normalizer of its own model. */
  readonly calibrationInput?: 'population-rank' | undefined;
};

/** Piecewise linear map from raw scores of one model to normal scores of their rank in the population. */
export interface RankNormalizer {
  /** Ascending. */
  readonly scores: readonly number[];
  readonly normalScores: readonly number[];
}

/** The calibrator of a version; where it has a rank normalizer, raw scores pass through that first. */
export type StoredCalibrator = Calibrator & { readonly rankNormalizer?: RankNormalizer | undefined };
