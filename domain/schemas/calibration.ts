/** Platt scaling: probability = 1 / (1 + exp(-(a · score + b))). Never changes the order of a list (a > 0). */
export interface Platt {
  readonly a: number;
  readonly b: number;
}

/** A rising line through the block means of the labels, held level beyond its ends. */
export interface Isotonic {
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/** How a raw score becomes a probability. Lists are always ordered by the raw score: isotonic steps would tie it. */
export type Calibrator = (({ readonly kind: 'platt' } & Platt) | ({ readonly kind: 'isotonic' } & Isotonic)) & {
  /** Fitted on standings: a version needs its own model's standing beside it. Raw scores where it says nothing. */
  readonly calibrationInput?: 'population-rank' | undefined;
};

/** A rising line from raw scores of one model to normal scores of where they stand among all active providers. */
export interface RankNormalizer {
  readonly scores: readonly number[];
  readonly at: readonly number[];
}

/** What probabilities are read from: a model's raw score, or where it stands among everybody's scores by the same model. */
export const CALIBRATION_INPUTS = ['raw-score', 'population-rank'] as const;
export type CalibrationInput = (typeof CALIBRATION_INPUTS)[number];

/**
 * A version's: with a standing, its raw scores go through that first. Versions frozen before there was a choice carry a
 * Platt scaling without a kind.
 */
export type StoredCalibrator = (Calibrator | Platt) & { readonly rankNormalizer?: RankNormalizer | undefined };
