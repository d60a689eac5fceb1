import type { CaseOutcome, ControlBasis } from '../../../../domain/import/cases';
import type { CodeTexts } from './code-texts';

/** What a control case was opened on (the case source). */
export const CASE_SOURCES: CodeTexts<ControlBasis> = {
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
    other: 'another source',
  },
};

/** What a control case was decided to be. */
export const OUTCOMES: CodeTexts<CaseOutcome> = {
  nb: {
    none: 'ingen funn',
    guidance: 'veiledning',
    letter: 'brev',
    warning: 'advarsel',
    'agreement-terminated': 'avtalen sagt opp',
    reclaim: 'tilbakekreving',
    'administrative-fine': 'overtredelsesgebyr',
    'loss-of-right': 'tap av retten til refusjon',
    'police-report': 'politianmeldelse',
    'other-authority-notified': 'annen myndighet varslet',
  },
  en: {
    none: 'no finding',
    guidance: 'guidance',
    letter: 'letter',
    warning: 'warning',
    'agreement-terminated': 'agreement terminated',
    reclaim: 'reclaim',
    'administrative-fine': 'administrative fine',
    'loss-of-right': 'loss of the right to refunds',
    'police-report': 'report to the police',
    'other-authority-notified': 'another authority notified',
  },
};
