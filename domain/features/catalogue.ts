import type { DeclarationRow } from './declare';
import { DECLARATION_ROWS, type FeatureName, NETWORK_ROWS } from './declarations';
import { NAMES_EN } from './names-en';
import { NAMES_NB } from './names-nb';
import { columnsOf, type Declaration, type Feature } from './types';

/**
 * Every feature of the register. To add one, add a row to declarations/ and its name to names-nb.ts and names-en.ts;
 * windows and peer comparisons become columns by themselves, in this order. Names of people, free text, nationality and
 * country of birth have no place here.
 */
const named = (row: DeclarationRow<FeatureName>): Declaration => ({
  ...row,
  nb: NAMES_NB[row.name],
  en: NAMES_EN[row.name],
});

/** Declarations in the order of the matrix. */
export const DECLARATIONS: readonly Declaration[] = DECLARATION_ROWS.map(named);
/** Features of the patient network; they follow the others in the matrix. */
export const NETWORK_DECLARATIONS: readonly Declaration[] = NETWORK_ROWS.map(named);

export const FEATURES: readonly Feature[] = [...DECLARATIONS, ...NETWORK_DECLARATIONS].flatMap(columnsOf);

const RULE_MEASURES = ['rule_hits', 'rejections', 'rejected_ore'];
const isOfRules = ({ declaration: { source, of } }: Feature): boolean =>
  source === 'rules' || ('measure' in of && RULE_MEASURES.includes(of.measure));

/** Columns that the baselines rank by, and all columns about what the rule engine stopped. */
export const BASELINE_FEATURES = {
  size: 'amount_12m',
  ruleHits: 'rule_hits_12m',
  ruleFeatures: FEATURES.filter(isOfRules).map(({ name }) => name),
  deviations: FEATURES.filter(({ peer }) => peer === 'z').map(({ name }) => name),
};
/** Text columns of the register matrix. */
export const CATEGORICAL_FEATURES = ['practice_type'] as const;
