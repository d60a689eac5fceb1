/** All active providers at the start of one test part, and the labels of those with a control case in it. */
export interface PopulationPart {
  readonly fold: string;
  readonly asOf: string;
  readonly entities: readonly string[];
  /** Labeled cases opened in the part, by entity. `probability` is the stored chance of selection. */
  readonly cases: ReadonlyMap<string, { readonly label: number; readonly probability: number | undefined }>;
}

/** One ranking of the population of every part, in the order of `PopulationPart.entities`. */
export interface PopulationRanking {
  readonly family: string;
  readonly scores: readonly ArrayLike<number>[];
  /** Cases that calibrate the scores; undefined for a baseline. */
  readonly cases?: readonly LabeledCase[] | undefined;
}

/** A labeled provider of a test part, as one family scored it before its outcome was known. */
export interface LabeledCase {
  readonly fold: string;
  readonly entity: string;
  readonly score: number;
  readonly label: number;
  /** Upheld amount; undefined where the source has none. */
  readonly amountNok: number | undefined;
  /** Whether its case source says more than the columns. */
  readonly hasOffset?: boolean | undefined;
}
