import type { FamilyName } from '../../domain/families';
import type { RankNormalizer } from '../../domain/schemas/calibration';
import type { AmountModel } from '../amounts/amount-model';
import type { NamedTensor } from '../nn/network';
import type { TrainingRanges } from '../ood/training-ranges';
import type { EncoderState } from '../preprocessing/encoder';

/** A fitted model: plain data, no tensors. Its score is the mean of its members' logits. */
export interface FittedModel {
  readonly family: FamilyName;
  readonly encoder: EncoderState;
  /** Hyperparameters that the fit selected: penalty, epochs, pairs. */
  readonly selected: Readonly<Record<string, unknown>>;
  readonly members: readonly (readonly NamedTensor[])[];
  /** Mean encoded training row: contributions are differences from its score. */
  readonly attributionBaseline: readonly number[];
  /** Undefined where the experiment does not ask for amounts, or too few findings have one. */
  readonly amounts?: AmountModel | undefined;
  /** From scores to normal scores of their rank in the population, where the calibrator reads those. */
  readonly rankNormalizer?: RankNormalizer | undefined;
  /** For flagging providers that are out of distribution, where the experiment asks for it. */
  readonly trainingRanges?: TrainingRanges | undefined;
}
