/** Languages that people read the product in: Norwegian bokmål and English. */
export type Language = 'nb' | 'en';

/** Families of models, and the baselines that stand beside them. */
export const FAMILIES: Readonly<Record<Language, Readonly<Record<string, string>>>> = {
  nb: {
    logistic: 'logistisk regresjon',
    mlp: 'nevralt nett',
    'tabm-mini': 'ensemble (TabM-mini)',
    additive: 'additiv modell',
    random: 'tilfeldig',
    size: 'størrelse',
    'rule-hits': 'regeltreff',
    'peer-deviation': 'avvik fra like',
    'nok-at-risk': 'kroner på spill',
    'current-practice': 'dagens praksis',
    'logistic-nok': 'logistisk, etter forventet beløp',
    'mlp-nok': 'nevralt nett, etter forventet beløp',
    'tabm-mini-nok': 'ensemble, etter forventet beløp',
    'additive-nok': 'additiv, etter forventet beløp',
  },
  en: {
    logistic: 'logistic regression',
    mlp: 'neural network',
    'tabm-mini': 'ensemble (TabM-mini)',
    additive: 'additive model',
    random: 'random',
    size: 'size',
    'rule-hits': 'rule hits',
    'peer-deviation': 'peer deviation',
    'nok-at-risk': 'NOK at risk',
    'current-practice': 'current practice',
    'logistic-nok': 'logistic, by expected NOK',
    'mlp-nok': 'neural network, by expected NOK',
    'tabm-mini-nok': 'ensemble, by expected NOK',
    'additive-nok': 'additive, by expected NOK',
  },
};
