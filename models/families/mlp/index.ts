import type { SpecOf } from '../../../domain/families';
import { integratedGradients } from '../../nn/integrated-gradients';
import { fitNetworks } from '../fit-networks';
import type { ModelFamily } from '../model-family';
import { mlp } from './network';

const network = mlp();

export const mlpFamily: ModelFamily<SpecOf<'mlp'>> = {
  numericEncoding: 'quantile-normal',
  explainsExactly: false,
  forward: (tf, tensors, x) => network.forward(tf, tensors, x),
  fit: (tf, spec, input, seed) => fitNetworks(tf, spec, input, seed, () => mlp(spec)),
  explain: (tf, tensors, x, baseline) => integratedGradients(tf, { network, tensors }, x, baseline),
};
