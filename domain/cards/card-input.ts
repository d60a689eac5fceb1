import type { EvaluationDocument } from '../schemas/evaluation';

/**
 * What a model card is made from. Nothing in it differs between two runs of the same recipe, such as ids and clocks:
 * equal recipes have equal cards.
 */
export interface CardInput {
  readonly slot: string;
  readonly family: string;
  readonly settings: unknown;
  /** Hyperparameters that the fit selected. */
  readonly selected: unknown;
  /** The hyperparameter search, where the experiment had one. */
  readonly search?: { readonly trials: number; readonly trial: number; readonly validationLoss: number } | undefined;
  readonly seed: number;
  readonly source: { readonly kind: 'register' | 'table'; readonly what: string; readonly asOf: string };
  readonly label: string;
  readonly split: unknown;
  readonly matrix: {
    readonly id: string;
    readonly rows: number;
    readonly labeled: number;
    readonly positives: number;
    readonly snapshotId: string | undefined;
  };
  readonly features: readonly string[];
  /** Columns about the caseworker are among the features. */
  readonly usesNuisance: boolean;
  /** Scoring matrix that unlabelled providers were sampled from, and how many for each finding. */
  readonly puBagging?: { readonly matrixId: string; readonly unlabeledPerPositive: number } | undefined;
  /** Scoring matrix on whose rule hits the networks were pretrained. */
  readonly pretrained?: { readonly matrixId: string } | undefined;
  /** What lists are ranked by, where it is not the score. */
  readonly ranking?: 'expected-amount' | undefined;
  readonly evaluation: EvaluationDocument;
  readonly leakage: { readonly verdict: string; readonly tests: number } | undefined;
  readonly code: string;
  readonly runtime: Readonly<Record<string, string>>;
}
