import { type Permission, PERMISSIONS, type Role } from './roles';

/** Every role of a person, also `admin`: for what shows no personal data. */
const PEOPLE = [
  'data-scientist',
  'analyst',
  'reviewer',
  'approver',
  'control-leader',
  'caseworker',
  'auditor',
  'privacy-officer',
  'admin',
] as const;
/** Roles that inspect models, runs and lineage: nothing in them is about a single provider. */
const MODELS = [
  'data-scientist',
  'analyst',
  'reviewer',
  'approver',
  'control-leader',
  'auditor',
  'privacy-officer',
  'admin',
] as const;
/** Roles that read lists, which name practices, and roles that may open a single provider, for a stated purpose. */
const LISTS = PERMISSIONS['list.read'];
const PROVIDERS = PERMISSIONS['provider.open'];
const LEDGER = ['reviewer', 'approver', 'auditor', 'privacy-officer', 'data-scientist', 'control-leader'] as const;
const DATA = ['data-scientist', 'analyst', 'auditor', 'privacy-officer', 'admin'] as const;
const OVERSIGHT = ['auditor', 'privacy-officer'] as const;

const allow = (name: Permission): readonly Role[] => PERMISSIONS[name];

/**
 * Which roles may call which operation of the API. This table drives the check of every call, the OpenAPI document,
 * docs/access.md and a test of every cell. An operation that is missing here cannot be registered; a role that is not
 * named is refused. Operations that change state take their roles from PERMISSIONS, which the application layer
 * checks again.
 */
export const ACCESS = {
  getMe: [...PEOPLE, 'schedule', 'loader'],
  getOverview: PEOPLE,
  listSchedules: MODELS,

  listExperiments: MODELS,
  validateExperiment: allow('run.start'),
  listTrainingRuns: MODELS,
  getTrainingRun: MODELS,
  getEvaluation: MODELS,
  watchTrainingRun: MODELS,
  startTrainingRun: allow('run.start'),
  cancelTrainingRun: allow('run.cancel'),

  listModelVersions: MODELS,
  getModelVersion: MODELS,
  getModelCard: MODELS,
  getLiveAt: MODELS,
  listPostDeploymentEvaluations: MODELS,
  getPostDeploymentEvaluation: MODELS,
  startPostDeploymentEvaluation: allow('version.evaluate'),
  getPostDeploymentEvaluationRun: allow('version.evaluate'),
  requestPromotion: allow('promotion.request'),
  listPromotions: MODELS,
  getPromotion: MODELS,
  getNonce: [...new Set([...allow('promotion.request'), ...allow('promotion.approve'), ...allow('promotion.refuse')])],
  approvePromotion: allow('promotion.approve'),
  refusePromotion: allow('promotion.refuse'),
  waiveGate: allow('gate.waive'),

  getLineage: MODELS,
  getLineageGraph: MODELS,
  startReproduction: allow('model.reproduce'),
  getReproduction: allow('model.reproduce'),

  listSelectionLists: LISTS,
  getSelectionList: LISTS,
  listLines: LISTS,
  exportLines: LISTS,
  listBlindLines: LISTS,
  assessLine: allow('list.assess'),
  signOffList: allow('list.sign-off'),
  refuseList: allow('list.refuse'),

  openProvider: PROVIDERS,
  getProvider: PROVIDERS,
  getProviderDay: PROVIDERS,
  listAccess: OVERSIGHT,

  listLedgerEntries: LEDGER,
  getEntryProof: LEDGER,
  listCheckpoints: LEDGER,
  verifyLedger: LEDGER,
  exportLedger: PERMISSIONS['ledger.export'],

  listLoads: DATA,
  listQuarantine: ['data-scientist', 'privacy-officer'],
  listSnapshots: DATA,
  listFeatures: MODELS,
  listDeviations: MODELS,
} as const satisfies Record<string, readonly Role[]>;

export type Operation = keyof typeof ACCESS;
export const OPERATIONS = Object.keys(ACCESS) as Operation[];

export const mayCall = (roles: readonly string[], operation: Operation): boolean =>
  (ACCESS[operation] as readonly string[]).some((role) => roles.includes(role));

/** Ledger events that say who accessed personal data; only roles that may read the access log see them. */
export const ACCESS_EVENTS = [
  'provider.opened',
  'list.read',
  'list.exported',
  'ledger.exported',
  'line.assessed',
] as const;
export type AccessEvent = (typeof ACCESS_EVENTS)[number];
/** Ledger events that are not shown to these roles. */
export const hiddenEvents = (roles: readonly string[]): readonly string[] =>
  mayCall(roles, 'listAccess') ? [] : ACCESS_EVENTS;

/** Roles that see only the providers of the provider groups that their sign-in names. */
const SCOPED: readonly string[] = ['caseworker'];

/**
 * Provider groups whose providers a principal may see; undefined for all. A caseworker without a role of wider
 * scope sees the groups of the team only, and none when the sign-in names none.
 */
export function groupsInScope(
  roles: readonly string[],
  operation: Operation,
  groups: readonly string[] | undefined,
): readonly string[] | undefined {
  const allowed: readonly string[] = ACCESS[operation];
  const wider = roles.some((role) => allowed.includes(role) && !SCOPED.includes(role));
  return wider ? undefined : (groups ?? []);
}

/** Why somebody opens a provider; a closed list, so that no free text about a person enters the ledger. */
export const PURPOSES = ['case', 'triage', 'quality', 'audit', 'insight-request'] as const;
export type Purpose = (typeof PURPOSES)[number];
