/** Roles of people and services (design: access). `admin` sees no personal data and approves nothing. */
export const ROLES = [
  'data-scientist',
  'analyst',
  'reviewer',
  'approver',
  'control-leader',
  'caseworker',
  'auditor',
  'privacy-officer',
  'admin',
  'schedule',
  'loader',
] as const;
export type Role = (typeof ROLES)[number];

/** Acts that change state, and the roles that may do them. Everything not listed is refused. */
export const ACTS = {
  'register.import': ['data-scientist', 'loader'],
  'run.start': ['data-scientist', 'schedule'],
  'run.cancel': ['data-scientist'],
  'promotion.request': ['data-scientist'],
  'promotion.approve': ['approver'],
  'promotion.refuse': ['approver', 'reviewer'],
  'gate.override': ['approver'],
  'version.revoke': ['approver'],
  'emergency.return': ['approver'],
  'emergency.stop': ['approver', 'control-leader', 'data-scientist'],
  'emergency.answer': ['approver'],
  'rescore.start': ['data-scientist', 'control-leader', 'schedule'],
  'list.seal': ['control-leader'],
  'list.refuse': ['control-leader'],
  'list.assess': ['caseworker', 'control-leader'],
  'list.read': ['reviewer', 'approver', 'control-leader', 'caseworker', 'auditor'],
  'actor.open': ['control-leader', 'caseworker', 'reviewer', 'auditor', 'privacy-officer'],
  'ledger.export': ['auditor', 'privacy-officer'],
  'schedule.edit': ['data-scientist', 'control-leader'],
  'leak.reason': ['data-scientist', 'reviewer', 'approver'],
  'snapshot.redact': ['privacy-officer', 'approver'],
  'version.follow-up': ['data-scientist', 'control-leader', 'auditor'],
  'model.reproduce': ['data-scientist', 'auditor', 'schedule'],
} as const satisfies Record<string, readonly Role[]>;
export type Act = keyof typeof ACTS;

export function mayDo(roles: readonly string[], act: Act): Role | undefined {
  return ACTS[act].find((role) => roles.includes(role));
}
