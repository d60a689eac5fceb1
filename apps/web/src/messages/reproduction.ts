import type { StageKind } from '../../../../domain/reproduction';
import type { CodeTexts } from './code-texts';

/** Stages of a reproduction. */
export const STAGES: CodeTexts<StageKind> = {
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
