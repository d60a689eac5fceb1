import type { FamilyName, SpecOf } from '../../domain/families';
import { additiveFamily } from './additive';
import { logisticFamily } from './logistic';
import { mlpFamily } from './mlp';
import type { ModelFamily } from './model-family';
import { tabmMiniFamily } from './tabm-mini';

/** One entry for each family that `domain/families` declares; the compiler refuses a missing one. */
const FAMILIES: { readonly [F in FamilyName]: ModelFamily<SpecOf<F>> } = {
  logistic: logisticFamily,
  mlp: mlpFamily,
  'tabm-mini': tabmMiniFamily,
  additive: additiveFamily,
};

export const modelFamily = (name: FamilyName): ModelFamily => FAMILIES[name];
