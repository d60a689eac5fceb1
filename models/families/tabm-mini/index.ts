import type { SpecOf } from '../../../domain/families';
import { integratedGradients } from '../../nn/integrated-gradients';
import { fitNetworks } from '../fit-networks';
import type { ModelFamily } from '../model-family';
import { tabmMini } from './network';

const network = tabmMini();

export const tabmMiniFamily: ModelFamily<SpecOf<'tabm-mini'>> = {
  numericEncoding: 'quantile+raw',
  explainsExactly: false,
  forward: (tf, tensors, x) => network.forward(tf, tensors, x),
  fit: (tf, spec, input, seed) => fitNetworks(tf, spec, input, seed, () => tabmMini(spec)),
  explain: (tf, tensors, x, baseline) => integratedGradients(tf, { network, tensors }, x, baseline),
};
