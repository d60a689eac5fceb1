import type { Tensor } from '@tensorflow/tfjs';
import type { FamilySpec, NetworkSpec } from '../../domain/families';
import type { Tf } from '../backend';
import type { DenseRows, NamedTensor, Network, RowContributions } from '../nn/network';
import type { EncoderState, NumericEncoding } from '../preprocessing/encoder';

/** Encoded rows of one fit. Training rows are a list: one entry for each PU bag, or a single one for all members. */
export interface FitInput {
  readonly encoder: EncoderState;
  readonly train: readonly DenseRows[];
  /** Later rows that select the hyperparameters. */
  readonly validation: DenseRows;
  /** All rows, for the refit with the selected hyperparameters; without them the first fit is kept. */
  readonly all?: { readonly rows: readonly DenseRows[]; readonly encoder: EncoderState } | undefined;
  /** Pretrains a network, where the experiment asks for it. @returns weights for each member */
  readonly pretrain?:
    ((network: Network, spec: NetworkSpec, encoder: EncoderState) => readonly (readonly NamedTensor[])[]) | undefined;
}

/** Fitted members, and what the fit selected. */
export interface FitResult {
  readonly members: readonly (readonly NamedTensor[])[];
  /** Selected hyperparameters: penalty, epochs, pairs. */
  readonly selected: Readonly<Record<string, unknown>>;
  /** Mean log loss on the validation rows, before the refit. */
  readonly validationLoss: number;
}

/** What the pipeline needs to know of a model family. */
export interface ModelFamily<Spec extends FamilySpec = FamilySpec> {
  /** How numeric columns become inputs. */
  readonly numericEncoding: NumericEncoding;
  /** Whether its contributions add up to the score to rounding; integrated gradients only approximate it. */
  readonly explainsExactly: boolean;
  /** Logits from stored tensors alone. */
  forward: Network['forward'];
  /** Selects hyperparameters on the validation rows and fits all members. */
  fit(tf: Tf, spec: Spec, input: FitInput, seed: number): FitResult;
  /**
   * Contributions of one member's inputs to the scores of encoded rows (rows × width).
   * @param baseline mean encoded training row
   */
  explain(tf: Tf, tensors: Record<string, Tensor>, x: Float32Array, baseline: Float32Array): RowContributions;
}
