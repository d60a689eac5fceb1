/** Kinds of things in the lineage, as people say them. */
export const KINDS = {
  nb: {
    snapshot: 'uttrekk',
    table: 'tabell',
    'label-set': 'fasit',
    matrix: 'matrise',
    'training-run': 'trening',
    'model-version': 'modellversjon',
    decision: 'beslutning',
    'scoring-run': 'skåring',
    list: 'utvalgsliste',
    'post-deployment-evaluation': 'etterprøving',
    case: 'kontrollsak',
    outcome: 'vedtak',
  },
  en: {
    snapshot: 'snapshot',
    table: 'table',
    'label-set': 'label set',
    matrix: 'matrix',
    'training-run': 'training run',
    'model-version': 'model version',
    decision: 'decision',
    'scoring-run': 'scoring run',
    list: 'selection list',
    'post-deployment-evaluation': 'post-deployment-evaluation',
    case: 'control case',
    outcome: 'outcome',
  },
};

/** Pages of kinds that have one of their own. */
export const pageOfKind = (kind: string, id: string): string | undefined =>
  ({ 'training-run': `/runs/${id}`, 'model-version': `/versions/${id}`, list: `/lists/${id}` })[kind];
