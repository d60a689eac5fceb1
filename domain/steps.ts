/** Layers of the project in which a step has a file of its own. */
export type Layer = 'domain' | 'models' | 'workflows' | 'activities' | 'application' | 'platform';

interface StepDeclaration {
  /** What a progress report, a page, the architecture table and a file name call it. */
  readonly id: string;
  readonly nb: string;
  readonly en: string;
  /** What the step makes, for the architecture table. */
  readonly makes: string;
  /** Word of its file names, where that is not the id itself. */
  readonly file?: string;
  /** Where it has a file that bears its name; every step has a test that does. */
  readonly layers: readonly Layer[];
}

/**
 * The steps from bill to list, in order. This is the only place that names them: workflows report their progress by
 * these ids, pages and CLI read these texts, the architecture page is made from this table, and `scripts/step-
 * grid.mjs` asks that every layer has a file of the step's name.
 */
export const STEPS = [
  {
    id: 'import',
    nb: 'innlasting',
    en: 'import',
    makes: 'rows of the register, load batches, quarantine',
    layers: ['domain', 'platform'],
  },
  {
    id: 'extraction',
    nb: 'uttrekk',
    en: 'extraction',
    makes: 'a snapshot: content-addressed Parquet of what was known at an instant',
    file: 'extract',
    layers: ['activities', 'platform'],
  },
  {
    id: 'features',
    nb: 'variabler',
    en: 'features',
    makes: 'monthly rollups and the feature matrix',
    file: 'feature',
    layers: ['domain', 'activities', 'platform'],
  },
  {
    id: 'labels',
    nb: 'utfall',
    en: 'labels',
    makes: 'outcomes of past control cases as they were known, and revisions of them',
    file: 'label',
    layers: ['activities', 'platform'],
  },
  {
    id: 'leakage',
    nb: 'kontroll av utfallslekkasje',
    en: 'target-leakage check',
    makes: 'a leakage report, before anything is fitted',
    layers: ['domain', 'models', 'activities', 'platform'],
  },
  {
    id: 'tuning',
    nb: 'søk etter innstillinger',
    en: 'hyperparameter search',
    makes: 'trials, each a row',
    layers: ['domain', 'models', 'activities', 'platform'],
  },
  {
    id: 'training',
    nb: 'trening',
    en: 'training',
    makes: 'one fit for each fold and family, and the final fit',
    file: 'train',
    layers: ['domain', 'models', 'workflows', 'activities', 'application'],
  },
  {
    id: 'evaluation',
    nb: 'evaluering',
    en: 'evaluation',
    makes: 'the evaluation document',
    file: 'evaluat',
    layers: ['domain', 'models', 'activities', 'platform'],
  },
  {
    id: 'registration',
    nb: 'registrering av modellversjon',
    en: 'version registration',
    makes: 'a model version: a frozen bundle, signed, with its model card',
    file: 'regist',
    layers: ['models', 'activities', 'platform'],
  },
  {
    id: 'promotion',
    nb: 'beslutning om å ta i bruk',
    en: 'promotion',
    makes: 'gate results, two signed decisions, the champion of a slot',
    file: 'promot',
    layers: ['domain', 'workflows', 'activities', 'application'],
  },
  {
    id: 'scoring',
    nb: 'skåring',
    en: 'scoring',
    makes: 'a scoring run over all active providers',
    file: 'scor|rescor',
    layers: ['models', 'workflows', 'activities', 'application'],
  },
  {
    id: 'selection',
    nb: 'utvelgelse',
    en: 'selection',
    makes: 'a selection list: a draft until two people have signed it off',
    file: 'select',
    layers: ['domain', 'workflows', 'activities', 'application'],
  },
  {
    id: 'explanation',
    nb: 'begrunnelser',
    en: 'explanation',
    makes: 'reasons that add up to the score, compared with named peers',
    file: 'explain|explanation',
    layers: ['domain', 'models', 'application'],
  },
  {
    id: 'post-deployment-evaluation',
    nb: 'evaluering etter ibruktaking',
    en: 'post-deployment evaluation',
    makes: 'a signed evaluation of a frozen version on outcomes it could not know',
    file: 'post-deployment',
    layers: ['workflows', 'activities', 'application'],
  },
  {
    id: 'reproduction',
    nb: 'gjenskaping',
    en: 'reproduction',
    makes: 'the verdict of making a thing again, stage by stage',
    file: 'reprod',
    layers: ['workflows', 'activities', 'application'],
  },
  {
    id: 'mlflow',
    nb: 'speiling til MLflow',
    en: 'MLflow mirror',
    makes: "a mirror of runs and versions on MLflow's own pages",
    layers: ['workflows', 'activities', 'platform'],
  },
] as const satisfies readonly StepDeclaration[];

export type StepId = (typeof STEPS)[number]['id'];

/** What a workflow can be at: a step, or one of the states around and between steps. */
export const STATES = [
  { id: 'planning', nb: 'planlegger', en: 'planning' },
  { id: 'population', nb: 'alle aktive helseaktører', en: 'all active providers' },
  { id: 'champion', nb: 'finner modellen i bruk', en: 'finding the live version' },
  { id: 'gates', nb: 'vurderer godkjenningskravene', en: 'evaluating the gates' },
  { id: 'gates-refused', nb: 'avslått av godkjenningskravene', en: 'refused by the gates' },
  { id: 'decision', nb: 'venter på en beslutning', en: 'waiting for a decision' },
  {
    id: 'waiver',
    nb: 'krav ikke oppfylt; venter på at to personer fraviker dem',
    en: 'gates not passed; waiting for two people to waive them',
  },
  { id: 'approved', nb: 'godkjent', en: 'approved' },
  { id: 'refused', nb: 'avslått', en: 'refused' },
  { id: 'expired', nb: 'utløpt', en: 'expired' },
  { id: 'finished', nb: 'ferdig', en: 'finished' },
] as const;

export type ProgressId = StepId | (typeof STATES)[number]['id'];

/** The text of a step or state. */
export function progressText(id: ProgressId, language: 'nb' | 'en'): string {
  const found = [...STEPS, ...STATES].find((one) => one.id === id);
  if (!found) throw new Error(`${id} is neither a step nor a state of a workflow`);
  return found[language];
}
