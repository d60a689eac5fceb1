import { PATIENTS_AND_RULES } from './patients-and-rules';
import { PRESCRIBING_AND_DISPENSING } from './prescribing';
import { NETWORK, PROVIDER_FACTS } from './provider';
import { TARIFF_MIX } from './tariff-mix';
import { TIME_USE } from './time-use';
import { TRAJECTORY } from './trajectory';
import { VOLUME } from './volume';

/** All declarations in the order of the matrix, network features last. */
export const DECLARATION_ROWS = [
  ...VOLUME,
  ...TARIFF_MIX,
  ...TIME_USE,
  ...PATIENTS_AND_RULES,
  ...PRESCRIBING_AND_DISPENSING,
  ...TRAJECTORY,
  ...PROVIDER_FACTS,
];
export const NETWORK_ROWS = NETWORK;

/** Name of a declared feature, before its window and peer comparison are added. */
export type FeatureName = (typeof DECLARATION_ROWS)[number]['name'] | (typeof NETWORK_ROWS)[number]['name'];
