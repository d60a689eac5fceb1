import type { Run } from '../api/client';
import type { CodeTexts } from './code-texts';

export const VERDICTS: CodeTexts<NonNullable<Run['leakage']>['verdict']> = {
  nb: {
    clean: 'Ingen utfallslekkasje funnet',
    'needs-reason': 'Noe ser for godt ut: to personer må forklare hvorfor før modellen kan tas i bruk',
    refused: 'Utfallslekkasje funnet: variablene inneholder informasjon fra fremtiden',
  },
  en: {
    clean: 'No target leakage found',
    'needs-reason': 'Something looks too good: two people must explain why before the model can go live',
    refused: 'Target leakage found: the features contain information from the future',
  },
};

export const MESSAGES = {
  nb: { title: 'Kontroll av utfallslekkasje', tests: (n: number) => `${n} tester`, report: 'Rapporten' },
  en: { title: 'Target-leakage check', tests: (n: number) => `${n} tests`, report: 'The report' },
};
