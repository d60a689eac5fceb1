/** States of runs, requests and lists, as people say them. */
export const STATES = {
  nb: {
    running: 'kjører',
    finished: 'ferdig',
    failed: 'mislyktes',
    cancelled: 'stoppet',
    open: 'venter',
    approved: 'godkjent',
    refused: 'avslått',
    expired: 'utløpt',
    draft: 'utkast',
    live: 'i bruk',
  },
  en: {
    running: 'running',
    finished: 'finished',
    failed: 'failed',
    cancelled: 'stopped',
    open: 'waiting',
    approved: 'approved',
    refused: 'refused',
    expired: 'expired',
    draft: 'draft',
    live: 'live',
  },
};

/** Figures of an evaluation. */
export const METRICS: Readonly<Record<'nb' | 'en', Readonly<Record<string, string>>>> = {
  nb: {
    'average-precision': 'gjennomsnittlig presisjon',
    precision: 'presisjon',
    recall: 'andel av funnene',
    'recall-in-first-half': 'andel av funnene i første halvdel',
    lift: 'løft over tilfeldig',
    'amount-upheld': 'kroner opprettholdt',
    'log-loss': 'logaritmisk tap',
    auc: 'AUC',
  },
  en: {
    'average-precision': 'average precision',
    precision: 'precision',
    recall: 'recall',
    'recall-in-first-half': 'recall in the first half',
    lift: 'lift over random',
    'amount-upheld': 'NOK upheld',
    'log-loss': 'log loss',
    auc: 'AUC',
  },
};

/** What a control was opened on. */
export const BASES: Readonly<Record<'nb' | 'en', Readonly<Record<string, string>>>> = {
  nb: {
    tip: 'tips',
    rule: 'regeltreff',
    size: 'størrelse',
    ml: 'modellens liste',
    random: 'tilfeldig trekning',
    campaign: 'kampanje',
    other: 'annet',
  },
  en: {
    tip: 'a tip',
    rule: 'rule hits',
    size: 'size',
    ml: "the model's list",
    random: 'a random draw',
    campaign: 'a campaign',
    other: 'something else',
  },
};
