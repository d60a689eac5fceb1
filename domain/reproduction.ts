import type { StepId } from './steps';

/** What can be reproduced from its recipe; `live` is every version that is live now. */
export const REPRODUCIBLE_KINDS = ['snapshot', 'matrix', 'model', 'evaluation', 'scoring-run', 'list', 'live'] as const;
export type ReproducibleKind = (typeof REPRODUCIBLE_KINDS)[number];

/** Stages of a reproduction, in order of origin, and the step that made each the first time. */
export const STAGE_STEPS = {
  snapshot: 'extraction',
  matrix: 'features',
  folds: 'training',
  evaluation: 'evaluation',
  model: 'registration',
  'scoring-run': 'scoring',
  list: 'selection',
} as const satisfies Record<string, StepId>;
export type StageKind = keyof typeof STAGE_STEPS;

export interface ReproductionStage {
  readonly stage: StageKind;
  readonly id: string;
}

/** Each stage is reproduced from stored inputs, so a difference is that stage's own. */
export interface StageResult extends ReproductionStage {
  readonly same: boolean;
  /**
   * False if the TensorFlow runtime differs from the one that made it; then `detail` says how far apart results are.
   */
  readonly sameRuntime?: boolean;
  readonly detail?: string;
}
