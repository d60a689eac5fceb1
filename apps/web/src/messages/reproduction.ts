import type { CodeTexts } from './code-texts';

type Stage = 'snapshot' | 'matrix' | 'folds' | 'evaluation' | 'model' | 'scoring-run' | 'list';

/** Stages of a reproduction. */
export const STAGES: CodeTexts<Stage> = {
  nb: {
    snapshot: 'uttrekk',
    matrix: 'variabelmatrise',
    folds: 'tilpasning av delene',
    evaluation: 'evaluering',
    model: 'modell',
    'scoring-run': 'skåring',
    list: 'utvalgsliste',
  },
  en: {
    snapshot: 'snapshot',
    matrix: 'feature matrix',
    folds: 'fits of the folds',
    evaluation: 'evaluation',
    model: 'model',
    'scoring-run': 'scoring run',
    list: 'selection list',
  },
};
