import type { CodeTexts } from './code-texts';

type Metric =
  | 'average-precision'
  | 'precision'
  | 'recall'
  | 'recall-in-first-half'
  | 'lift'
  | 'amount-upheld'
  | 'amount-upheld-in-first-half'
  | 'log-loss'
  | 'auc';

/** Metrics of an evaluation. */
export const METRICS: CodeTexts<Metric> = {
  nb: {
    'average-precision': 'gjennomsnittlig presisjon',
    precision: 'presisjon',
    recall: 'andel av funnene',
    'recall-in-first-half': 'andel av funnene i første halvdel',
    lift: 'løft over tilfeldig',
    'amount-upheld': 'beløp som sto seg',
    'amount-upheld-in-first-half': 'beløp som sto seg, i første halvdel',
    'log-loss': 'logaritmisk tap',
    auc: 'areal under ROC-kurven (AUC)',
  },
  en: {
    'average-precision': 'average precision',
    precision: 'precision',
    recall: 'recall',
    'recall-in-first-half': 'recall in the first half',
    lift: 'lift over random',
    'amount-upheld': 'amount upheld',
    'amount-upheld-in-first-half': 'amount upheld in the first half',
    'log-loss': 'log loss',
    auc: 'area under the ROC curve (AUC)',
  },
};
