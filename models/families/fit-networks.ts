import type { NetworkSpec } from '../../domain/families';
import type { Tf } from '../backend';
import { logLossOfLogits } from '../nn/loss';
import type { DenseRows, Network } from '../nn/network';
import { meanLogits } from '../nn/predict';
import { trainNetwork } from '../nn/train';
import { type EncoderState, inputColumns } from '../preprocessing/encoder';
import type { FitInput, FitResult } from './model-family';

/**
 * Fits the members of a network family: early stopping on the validation rows selects the epochs of each member, then
 * all rows are fitted for as many epochs.
 * @param networkFor the network for an encoder: the encoder of all rows may have other columns than the first one
 */
export function fitNetworks(
  tf: Tf,
  spec: NetworkSpec,
  { train, validation, encoder, all, pretrain }: FitInput,
  seed: number,
  networkFor: (encoder: EncoderState) => Network,
): FitResult {
  const pretrainedWeights = (state: EncoderState) => pretrain?.(networkFor(state), spec, state) ?? [];
  const [forTrain, forAll] = [pretrainedWeights(encoder), all ? pretrainedWeights(all.encoder) : []];
  const ofMember = (rows: readonly DenseRows[], member: number) => rows[member % rows.length]!;
  const stopped = Array.from({ length: spec.members }, (_, member) => {
    const schedule = { epochs: spec.maxEpochs, validation, pretrainedWeights: forTrain[member] };
    const rows = ofMember(train, member);
    return trainNetwork(tf, networkFor(encoder), spec, rows, inputColumns(encoder), schedule, seed, member);
  });
  const epochs = stopped.map((fit) => fit.epochs);
  const stoppedMembers = stopped.map(({ tensors }) => tensors);
  const refit = (rows: readonly DenseRows[], state: EncoderState) =>
    epochs.map((count, member) => {
      const schedule = { epochs: count, pretrainedWeights: forAll[member] };
      const own = ofMember(rows, member);
      return trainNetwork(tf, networkFor(state), spec, own, inputColumns(state), schedule, seed, member).tensors;
    });
  return {
    members: all ? refit(all.rows, all.encoder) : stoppedMembers,
    selected: { epochs, ...(forTrain.length > 0 ? { pretrainedOn: 'rule-hits' } : {}) },
    validationLoss: logLossOfLogits(meanLogits(tf, networkFor(encoder), stoppedMembers, validation), validation.y),
  };
}
