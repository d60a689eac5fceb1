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
export type Calibrator = ({ readonly kind: 'platt' } & Platt) | ({ readonly kind: 'isotonic' } & Isotonic);

/** Versions frozen before there was a choice carry a Platt scaling without a kind. */
export type StoredCalibrator = Calibrator | Platt;
