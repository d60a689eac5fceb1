import type { Arm } from '../../../../domain/rules/selection';
import type { Verdict } from '../api/client';
import type { CodeTexts } from './code-texts';

/** Why a provider is on a list. */
export const ARMS: CodeTexts<Arm> = {
  nb: { exploit: 'øverst på listen', explore: 'utforsking', random: 'trukket tilfeldig', mandatory: 'pålagt' },
  en: { exploit: 'top of the list', explore: 'exploration', random: 'drawn at random', mandatory: 'mandatory' },
};

/** What a blind assessment can say. */
export const VERDICTS: CodeTexts<Verdict> = {
  nb: { control: 'bør kontrolleres', 'no-control': 'bør ikke kontrolleres', unsure: 'usikker' },
  en: { control: 'should be controlled', 'no-control': 'should not be controlled', unsure: 'unsure' },
};

export const MESSAGES = {
  nb: {
    title: 'Utvalgsliste',
    lead:
      'Utvalgt betyr ikke mistenkt: en linje åpner en undersøkelse og avgjør ingenting. Det føres i revisjonsloggen ' +
      'når du ser en side av listen. Sannsynligheten er kalibrert på helseaktører med kjent utfall; for andre ' +
      'gjelder den så langt de ligner.',
    slot: 'Modellplass',
    asOf: 'Det som var kjent per',
    state: 'Status',
    signOffs: 'Godkjenninger',
    places: 'Plasser',
    candidates: 'Helseaktører skåret',
    version: 'Modellversjon',
    lineage: 'Sporbarhet',
    rank: 'Plass',
    provider: 'Helseaktør',
    group: 'Gruppe',
    probability: 'Sannsynlighet for funn',
    expected: 'Forventet beløp som står seg',
    outOfDistribution: 'utenfor treningsdata',
    outOfDistributionHelp: 'Utenfor modellens treningsdata. Vurder skåren med forsiktighet.',
    arm: 'Hvorfor valgt',
    refunds: 'Refusjon siste år',
    selected: 'Utvalgt',
    yes: 'ja',
    all: 'Vis alle som ble skåret',
    csv: 'Last ned CSV',
    lines: 'Linjer',
    empty: 'Ingen linjer i dine grupper.',
    scope: (groups: string) => `Du ser gruppene til laget ditt: ${groups || 'ingen'}.`,
    blind: 'Vurdering uten å se plassen',
    blindLead:
      'Disse helseaktørene er trukket ut for å vurderes før plass og begrunnelser vises. Deretter kommer de frem i ' +
      'listen.',
    verdict: 'Din vurdering',
    why: 'Hvorfor (valgfritt)',
    save: 'Lagre vurderingen',
    open: 'Åpne helseaktøren',
    signOff: 'Godkjenn listen',
    refuse: 'Avslå listen',
    reason: 'Begrunnelse',
    decide: 'Godkjenning av to',
    decideLead: 'To ulike kontrolledere må godkjenne. En godkjent liste kan ikke endres.',
  },
  en: {
    title: 'Selection list',
    lead:
      'Selected does not mean suspected: a line opens an inquiry and decides nothing. Viewing a page of the list is ' +
      'recorded in the audit log. The probability is calibrated on labelled providers; for others it holds as far as ' +
      'they are similar.',
    slot: 'Deployment slot',
    asOf: 'As known at',
    state: 'State',
    signOffs: 'Sign-offs',
    places: 'Places',
    candidates: 'Providers scored',
    version: 'Version',
    lineage: 'Lineage',
    rank: 'Rank',
    provider: 'Provider',
    group: 'Group',
    probability: 'Probability of a finding',
    expected: 'Expected upheld amount',
    outOfDistribution: 'outside training data',
    outOfDistributionHelp: "Outside the model's training data. Treat this score with caution.",
    arm: 'Why selected',
    refunds: 'Refunds of the last year',
    selected: 'Selected',
    yes: 'yes',
    all: 'Show all that were scored',
    csv: 'Download CSV',
    lines: 'Lines',
    empty: 'No lines in your groups.',
    scope: (groups: string) => `You see the groups of your team: ${groups || 'none'}.`,
    blind: 'Blind assessment',
    blindLead:
      'These providers were drawn to be assessed before rank and reasons are shown. After that they appear in the ' +
      'list.',
    verdict: 'Your assessment',
    why: 'Why (optional)',
    save: 'Save the assessment',
    open: 'Open the provider',
    signOff: 'Sign off',
    refuse: 'Refuse the list',
    reason: 'Reason',
    decide: 'Sign-off',
    decideLead: 'Two different control leaders must sign off. A list that is signed off cannot change.',
  },
};
