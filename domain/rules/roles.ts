/** Roles of people and services. `admin` sees no personal data and approves nothing. */
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

/** Actions that change state or read personal data, and the roles that may do them. Anything not listed is refused. */
export const PERMISSIONS = {
  'register.import': ['data-scientist', 'loader'],
  'run.start': ['data-scientist', 'schedule'],
  'run.cancel': ['data-scientist'],
  'promotion.request': ['data-scientist'],
  'promotion.approve': ['approver'],
  'promotion.refuse': ['approver', 'reviewer'],
  'gate.waive': ['approver'],
  'version.revoke': ['approver'],
  'scoring.roll-back': ['approver'],
  'scoring.suspend': ['approver', 'control-leader', 'data-scientist'],
  'intervention.answer': ['approver'],
  'rescore.start': ['data-scientist', 'control-leader', 'schedule'],
  'list.sign-off': ['control-leader'],
  'list.refuse': ['control-leader'],
  'list.assess': ['caseworker', 'control-leader'],
  'list.read': ['reviewer', 'approver', 'control-leader', 'caseworker', 'auditor'],
  'provider.open': ['control-leader', 'caseworker', 'reviewer', 'auditor', 'privacy-officer'],
  'ledger.export': ['auditor', 'privacy-officer'],
  'schedule.edit': ['data-scientist', 'control-leader'],
  'leakage.reason': ['data-scientist', 'reviewer', 'approver'],
  'snapshot.redact': ['privacy-officer', 'approver'],
  'version.evaluate': ['data-scientist', 'control-leader', 'auditor'],
  'model.reproduce': ['data-scientist', 'auditor', 'schedule'],
} as const satisfies Record<string, readonly Role[]>;
export type Permission = keyof typeof PERMISSIONS;

/** The first role that permits the action; undefined where none does. */
export function mayDo(roles: readonly string[], permission: Permission): Role | undefined {
  return PERMISSIONS[permission].find((role) => roles.includes(role));
}
