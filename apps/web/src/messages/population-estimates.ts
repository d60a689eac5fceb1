import type { Estimator, MISSING } from '../../../../domain/schemas/evaluation';
import type { CodeTexts } from './code-texts';

export const ESTIMATORS: CodeTexts<Estimator> = {
  nb: {
    naive: 'bare kjente utfall',
    'outcome-model': 'utfallsmodell etter skår',
    'inverse-probability': 'invers sannsynlighetsvekting',
    'doubly-robust': 'dobbelt robust',
    'random-arm': 'tilfeldig arm',
    contraction: 'kontraksjon (Lakkaraju)',
    bounds: 'ytterpunkter',
  },
  en: {
    naive: 'labelled providers only',
    'outcome-model': 'outcome model by score',
    'inverse-probability': 'inverse probability weighting',
    'doubly-robust': 'doubly robust',
    'random-arm': 'random arm',
    contraction: 'contraction (Lakkaraju)',
    bounds: 'bounds',
  },
};

/** What must be true for an estimator to be right. */
export const ESTIMATOR_ASSUMPTIONS: CodeTexts<Exclude<Estimator, 'contraction'>> = {
  nb: {
    naive: 'helseaktørene med kjent utfall på listen er som dem uten',
    'outcome-model': 'helseaktører uten kjent utfall har funn like ofte som dem med kjent utfall og samme skår',
    'inverse-probability':
      'alle på listen hadde en kjent trekksannsynlighet over null, og trekningen ble gjort som lagret',
    'doubly-robust': 'som invers sannsynlighetsvekting; modellen gjør anslaget mer presist og trenger ikke stemme',
    'random-arm':
      'alle som ikke var valgt på forhånd, hadde samme lagrede trekksannsynlighet, og alle utfall i armen er endelige',
    bounds: 'ingen forutsetning: de uten kjent utfall kan alle ha funn, eller ingen',
  },
  en: {
    naive: 'labelled providers on the list are like the unlabelled ones on it',
    'outcome-model': 'unlabeled providers have findings as often as labelled ones with the same score',
    'inverse-probability':
      'everyone on the list had a known selection probability above zero, and the draw was made as stored',
    'doubly-robust': 'as inverse probability weighting; the outcome model makes it more precise and need not be right',
    'random-arm':
      'everyone not selected with certainty had the same stored probability, and all outcomes of the arm are final',
    bounds: 'no assumption: unlabelled providers may all have findings, or none',
  },
};

/** Why an estimator gives no estimate. */
export const MISSING_ESTIMATES: CodeTexts<(typeof MISSING)[number]> = {
  nb: {
    'no-draw': 'ikke anslått: ingen kontrollsak i delene har en lagret trekksannsynlighet (ingen tilfeldig arm)',
    'unequal-draw': 'ikke anslått: trekksannsynlighetene er ulike, og for dem som ikke ble trukket er de ukjente',
    'no-probability': 'ikke anslått: et sammenligningsgrunnlag har ingen sannsynlighet',
    'no-caseload': 'ikke anslått: krever alle sakene en beslutningstaker så på, også de som ikke ble kontrollert',
  },
  en: {
    'no-draw': 'not estimated: no control case of the folds has a stored selection probability (no random arm)',
    'unequal-draw': 'not estimated: selection probabilities differ, and are unknown for providers not drawn',
    'no-probability': 'not estimated: a baseline has no probability',
    'no-caseload': 'not estimated: needs the whole caseload of a decision maker, including cases not controlled',
  },
};

export const MESSAGES = {
  nb: {
    family: 'Modell eller sammenligningsgrunnlag',
    lists: 'Lister trukket blant alle aktive helseaktører',
    listsLead:
      'Andel av de k første på listen som ville hatt funn om de ble kontrollert. De fleste har ikke kjent utfall, så ' +
      'hvert anslag bygger på en forutsetning. Ytterpunktene bygger på ingen.',
    folds: (n: number, providers: string, labeled: string, drawn: string) =>
      `${n === 1 ? 'Én testdel' : `${n} testdeler`}: ${providers} aktive helseaktører til sammen, ${labeled} av dem ` +
      `med kjent utfall i delen, ${drawn} etter tilfeldig trekning.`,
    first: 'Første',
    all: 'alle',
    estimator: 'Anslag',
    share: 'Andel med funn',
    labeled: 'Med kjent utfall',
    rightIf: 'riktig hvis',
    swap: 'Dårligste tidel byttet ut',
    swapLead:
      'Hva det ville gitt å bytte ut tidelen av tidligere kontroller som modellen rangerte lavest, med dens høyest ' +
      'rangerte blant helseaktører uten kjent utfall: flere funn og større beløp per kontroll, om de uten kjent ' +
      'utfall er som dem med samme skår.',
    replaced: 'Byttet ut',
    observed: 'Funn i dem',
    gained: 'Flere funn',
    amount: 'Større beløp',
    bounds: 'Ytterpunkter',
    groups: 'Grupper modellen har lært lite av',
    groupsLead: 'Skår i disse gruppene bygger på de andre gruppene og er usikre.',
    noLowSupport: 'Alle grupper har nok rader og funn.',
    group: 'Gruppe',
    providers: 'Helseaktører',
    rows: 'Treningsrader',
    findings: 'Funn',
  },
  en: {
    family: 'Model or baseline',
    lists: 'Lists drawn from all active providers',
    listsLead:
      'Share of the first k of the list that would have a finding if controlled. Most of them are unlabelled, so ' +
      'each estimate rests on an assumption. The bounds rest on none.',
    folds: (n: number, providers: string, labeled: string, drawn: string) =>
      `${n === 1 ? 'One test fold' : `${n} test folds`}: ${providers} active providers in total, ${labeled} of them ` +
      `labelled in the fold, ${drawn} by a random draw.`,
    first: 'First',
    all: 'all',
    estimator: 'Estimator',
    share: 'Share with a finding',
    labeled: 'Labelled',
    rightIf: 'right if',
    swap: 'Swap-set analysis: worst tenth replaced',
    swapLead:
      'What it would have given to replace the tenth of past controls that the model ranked lowest by its highest ' +
      'ranked unlabelled providers: gain in findings and amount per control, if unlabelled providers are like ' +
      'labelled ones with the same score.',
    replaced: 'Replaced',
    observed: 'Findings in them',
    gained: 'Gain in findings',
    amount: 'Gain in amount',
    bounds: 'Bounds',
    groups: 'Groups with low support in training',
    groupsLead: 'Scores of these groups rest on the other groups and are uncertain.',
    noLowSupport: 'Every group has enough rows and findings.',
    group: 'Group',
    providers: 'Providers',
    rows: 'Training rows',
    findings: 'Findings',
  },
};
