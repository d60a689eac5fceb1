import { type Act, ACTS, type Role } from './roles';

/** Everybody who signs in as a person; `admin` among them where nothing personal is shown. */
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
/** Who inspects models, runs and lineage: nothing in them is about one actor. */
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
/** Who reads lists, which name practices; and who may open one actor, with a purpose. */
const LISTS = ACTS['list.read'];
const ACTORS = ACTS['actor.open'];
const LEDGER = ['reviewer', 'approver', 'auditor', 'privacy-officer', 'data-scientist', 'control-leader'] as const;
const DATA = ['data-scientist', 'analyst', 'auditor', 'privacy-officer', 'admin'] as const;
const OVERSIGHT = ['auditor', 'privacy-officer'] as const;

const act = (name: Act): readonly Role[] => ACTS[name];

/**
 * Who may call what: operation of the API -> roles. What stands here drives the check of every call, the OpenAPI document,
 * docs/access.md and the test of every cell. An operation that is not here cannot be registered; a role that is not named is
 * refused. Operations that change state take their roles from ACTS, where the services check them once more.
 */
export const ACCESS = {
  getMe: [...PEOPLE, 'schedule', 'loader'],
  getOverview: PEOPLE,
  listSchedules: MODELS,

  listExperiments: MODELS,
  validateExperiment: act('run.start'),
  listTrainingRuns: MODELS,
  getTrainingRun: MODELS,
  getEvaluation: MODELS,
  watchTrainingRun: MODELS,
  startTrainingRun: act('run.start'),
  cancelTrainingRun: act('run.cancel'),

  listModelVersions: MODELS,
  getModelVersion: MODELS,
  getModelCard: MODELS,
  getLiveAt: MODELS,
  listFollowUps: MODELS,
  getFollowUp: MODELS,
  startFollowUp: act('version.follow-up'),
  getFollowUpRun: act('version.follow-up'),
  requestPromotion: act('promotion.request'),
  listPromotions: MODELS,
  getPromotion: MODELS,
  getNonce: [...new Set([...act('promotion.request'), ...act('promotion.approve'), ...act('promotion.refuse')])],
  approvePromotion: act('promotion.approve'),
  refusePromotion: act('promotion.refuse'),
  overrideGate: act('gate.override'),

  getLineage: MODELS,
  getLineageGraph: MODELS,
  startReproduction: act('model.reproduce'),
  getReproduction: act('model.reproduce'),

  listSelectionLists: LISTS,
  getSelectionList: LISTS,
  listLines: LISTS,
  exportLines: LISTS,
  listBlindLines: LISTS,
  assessLine: act('list.assess'),
  sealList: act('list.seal'),
  refuseList: act('list.refuse'),

  openActor: ACTORS,
  getActor: ACTORS,
  getActorDay: ACTORS,
  listAccess: OVERSIGHT,

  listLedgerEntries: LEDGER,
  getEntryProof: LEDGER,
  listCheckpoints: LEDGER,
  verifyLedger: LEDGER,
  exportLedger: ACTS['ledger.export'],

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

/** Acts about who looked at whom; their entries are for those who oversee look-ups (listAccess). */
export const LOOK_UP_ACTS = ['actor.opened', 'list.read', 'list.exported', 'ledger.exported', 'line.assessed'] as const;
export type LookUpAct = (typeof LOOK_UP_ACTS)[number];
/** Acts of the ledger that these roles may not see. */
export const hiddenActs = (roles: readonly string[]): readonly string[] =>
  mayCall(roles, 'listAccess') ? [] : LOOK_UP_ACTS;

/** Roles whose view of lists and actors ends at the provider groups that their sign-in names. */
const SCOPED: readonly string[] = ['caseworker'];

/**
 * Provider groups whose actors a principal may see; undefined for all. Somebody who is a caseworker and nothing wider sees
 * only the groups of the team, none when the sign-in names none.
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

/** Why somebody opens an actor; a closed list, so that no words about a person come into the ledger. */
export const PURPOSES = ['case', 'triage', 'quality', 'audit', 'insight-request'] as const;
export type Purpose = (typeof PURPOSES)[number];
