import type { SpecOf } from '../../../domain/families';
import type { Tf } from '../../backend';
import { memberLogits } from '../../nn/predict';
import { trainNetwork } from '../../nn/train';
import { type EncoderState, inputColumns } from '../../preprocessing/encoder';
import { fitNetworks } from '../fit-networks';
import type { FitInput, FitResult, ModelFamily } from '../model-family';
import { explainTerms } from './explain';
import { additive } from './network';
import { selectPairs } from './select-pairs';

const network = additive();

/** Pairs of features, by name: the encoder of all rows may have other columns than that of the training rows. */
type FeaturePairs = readonly (readonly [string, string])[];

/** Fits the curves alone first, to see which pairs of features they leave unexplained. */
function selectFeaturePairs(
  tf: Tf,
  spec: SpecOf<'additive'>,
  { train, validation, encoder }: FitInput,
  seed: number,
): FeaturePairs {
  if (spec.pairs === 0) return [];
  const inputs = inputColumns(encoder);
  const schedule = { epochs: spec.maxEpochs, validation };
  const { tensors } = trainNetwork(tf, additive(spec), spec, train[0]!, inputs, schedule, seed, 'curves');
  const columns = selectPairs(train[0]!, inputs, memberLogits(tf, network, tensors, train[0]!), spec.pairs);
  return columns.map(([a, b]) => [inputs[a]!.feature, inputs[b]!.feature] as const);
}

function columnPairs(encoder: EncoderState, pairs: FeaturePairs): (readonly [number, number])[] {
  const inputs = inputColumns(encoder);
  const columnOf = (feature: string) =>
    inputs.findIndex((column) => column.feature === feature && column.kind === 'value');
  return pairs.map(([a, b]) => [columnOf(a), columnOf(b)] as const).filter(([a, b]) => a >= 0 && b >= 0);
}

function fit(tf: Tf, spec: SpecOf<'additive'>, input: FitInput, seed: number): FitResult {
  const pairs = selectFeaturePairs(tf, spec, input, seed);
  const fitted = fitNetworks(tf, spec, input, seed, (encoder) => additive(spec, columnPairs(encoder, pairs)));
  return { ...fitted, selected: { pairs, ...fitted.selected } };
}

export const additiveFamily: ModelFamily<SpecOf<'additive'>> = {
  numericEncoding: 'quantile-normal',
  explainsExactly: true,
  forward: (tf, tensors, x) => network.forward(tf, tensors, x),
  fit,
  explain: explainTerms,
};
