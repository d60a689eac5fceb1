import type { GateName } from '../../../../domain/rules/gate-policy';
import type { CodeTexts } from './code-texts';

/** The gates of a promotion. */
export const GATES: CodeTexts<GateName> = {
  nb: {
    'enough-outcomes': 'Nok kjente utfall',
    'no-nuisance': 'Bruker ikke hvem saksbehandleren var',
    'no-development': 'Ikke beregnet under utvikling',
    'leakage-report': 'Kontroll av utfallslekkasje',
    'labels-stand': 'Utfallene er uendret siden treningen',
    'better-than-random': 'Bedre enn tilfeldig rekkefølge',
    'better-than-size': 'Bedre enn de største først',
    'better-than-rule-hits': 'Bedre enn flest regeltreff først',
    'not-clearly-worse-than-current-practice': 'Ikke klart dårligere enn dagens praksis',
    'not-clearly-worse-than-nok-at-risk': 'Ikke klart dårligere enn størrelse ganger avvik',
    'not-clearly-worse-than-peer-deviation': 'Ikke klart dårligere enn avviksregelen',
    'not-worse-than-champion': 'Ikke dårligere enn modellen i bruk',
    calibration: 'Kalibrering',
    fairness: 'Fordeling mellom grupper',
    'no-decay': 'Ikke svekket over tid',
    documentation: 'Dokumentasjon',
  },
  en: {
    'enough-outcomes': 'Enough known outcomes',
    'no-nuisance': 'Does not use who the caseworker was',
    'no-development': 'Not computed by a development run',
    'leakage-report': 'Target-leakage check',
    'labels-stand': 'Labels unchanged since training',
    'better-than-random': 'Better than a random order',
    'better-than-size': 'Better than the largest first',
    'better-than-rule-hits': 'Better than most rule hits first',
    'not-clearly-worse-than-current-practice': 'Not clearly worse than current practice',
    'not-clearly-worse-than-nok-at-risk': 'Not clearly worse than size times deviation',
    'not-clearly-worse-than-peer-deviation': 'Not clearly worse than the outlier rule',
    'not-worse-than-champion': 'Not worse than the live version',
    calibration: 'Calibration',
    fairness: 'Fairness between groups',
    'no-decay': 'No decay over time',
    documentation: 'Documentation',
  },
};

export const MESSAGES = {
  nb: {
    passed: 'oppfylt',
    failed: 'IKKE oppfylt',
    waivers: (n: number) => `${n} av 2 har fraveket kravet`,
  },
  en: {
    passed: 'passed',
    failed: 'NOT passed',
    waivers: (n: number) => `${n} of 2 have waived it`,
  },
};
