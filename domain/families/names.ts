import type { Language } from '../i18n';
import type { FamilyName } from './index';

type Names = Readonly<Record<Language, string>>;

const FAMILIES: Readonly<Record<FamilyName, Names>> = {
  logistic: { nb: 'logistisk regresjon', en: 'logistic regression' },
  mlp: { nb: 'nevralt nett', en: 'neural network' },
  'tabm-mini': { nb: 'ensemble (TabM-mini)', en: 'ensemble (TabM-mini)' },
  additive: { nb: 'additiv modell', en: 'additive model' },
};

/** Rankings without a model, shown next to every model. */
const BASELINES = {
  random: { nb: 'tilfeldig', en: 'random order' },
  size: { nb: 'største først', en: 'largest first' },
  'rule-hits': { nb: 'regeltreff', en: 'rule hits' },
  'peer-deviation': { nb: 'avviksregelen', en: 'outlier rule' },
  'nok-at-risk': { nb: 'størrelse ganger avvik', en: 'size times deviation' },
  'current-practice': { nb: 'dagens praksis', en: 'current practice' },
} as const satisfies Record<string, Names>;

export type BaselineName = keyof typeof BASELINES;

/** Suffix of a family whose list is ranked by expected amount: probability of a finding times its expected amount. */
export const BY_AMOUNT = '+amount';
const byAmount: Names = { nb: ', etter forventet beløp', en: ', by expected amount' };

const NAMES: ReadonlyMap<string, Names> = new Map(Object.entries({ ...FAMILIES, ...BASELINES }));

/**
 * Name of what an evaluation compares, for people: a family, a baseline, or a family ranked by expected amount.
 * @throws RangeError for an id that is none of them
 */
export function rankingName(id: string, language: Language): string {
  const ranked = id.endsWith(BY_AMOUNT);
  const names = NAMES.get(ranked ? id.slice(0, -BY_AMOUNT.length) : id);
  if (!names) throw new RangeError(`${id} is neither a model family nor a baseline`);
  return names[language] + (ranked ? byAmount[language] : '');
}
