/** States of runs, requests and lists, as people say them. */
export const STATES = {
  nb: { running: 'kjører', finished: 'ferdig', failed: 'mislyktes', cancelled: 'stoppet', open: 'venter', approved: 'godkjent', refused: 'avslått', expired: 'utløpt', draft: 'utkast', sealed: 'forseglet', live: 'i bruk' },
  en: { running: 'running', finished: 'finished', failed: 'failed', cancelled: 'stopped', open: 'waiting', approved: 'approved', refused: 'refused', expired: 'expired', draft: 'draft', sealed: 'sealed', live: 'live' },
}; // prettier-ignore

/** Families of models and baselines. */
export const FAMILIES: Readonly<Record<'nb' | 'en', Readonly<Record<string, string>>>> = {
  nb: { logistic: 'logistisk regresjon', mlp: 'nevralt nett', 'tabm-mini': 'ensemble (TabM-mini)', additive: 'additiv modell', random: 'tilfeldig', size: 'størrelse', 'rule-hits': 'regeltreff', 'peer-deviation': 'avvik fra like', 'nok-at-risk': 'kroner på spill', 'current-practice': 'dagens praksis', 'logistic-nok': 'logistisk, etter forventet beløp', 'mlp-nok': 'nevralt nett, etter forventet beløp', 'tabm-mini-nok': 'ensemble, etter forventet beløp', 'additive-nok': 'additiv, etter forventet beløp' },
  en: { logistic: 'logistic regression', mlp: 'neural network', 'tabm-mini': 'ensemble (TabM-mini)', additive: 'additive model', random: 'random', size: 'size', 'rule-hits': 'rule hits', 'peer-deviation': 'peer deviation', 'nok-at-risk': 'NOK at risk', 'current-practice': 'current practice', 'logistic-nok': 'logistic, by expected NOK', 'mlp-nok': 'neural network, by expected NOK', 'tabm-mini-nok': 'ensemble, by expected NOK', 'additive-nok': 'additive, by expected NOK' },
}; // prettier-ignore

/** Figures of an evaluation. */
export const METRICS: Readonly<Record<'nb' | 'en', Readonly<Record<string, string>>>> = {
  nb: { 'average-precision': 'gjennomsnittlig presisjon', precision: 'presisjon', recall: 'andel av funnene', 'recall-in-first-half': 'andel av funnene i første halvdel', lift: 'løft over tilfeldig', kroner: 'kroner opprettholdt', 'log-loss': 'logaritmisk tap', auc: 'AUC' },
  en: { 'average-precision': 'average precision', precision: 'precision', recall: 'recall', 'recall-in-first-half': 'recall in the first half', lift: 'lift over random', kroner: 'NOK upheld', 'log-loss': 'log loss', auc: 'AUC' },
}; // prettier-ignore
