import type { Role } from './roles';

/**
 * Who must differ from whom, for every permission that needs two people. The state machine of a slot, the application,
 * activities and the notary use this table; the database's triggers are tested against it.
 */
export const FOUR_EYES = {
  /** A version goes live. */
  'promotion.approve': { differs: ['requester', 'trainer'], role: 'approver' },
  /** A failed gate is waived; it stays visible. */
  'gate.waive': { differs: ['requester', 'trainer'], role: 'approver' },
  /** A roll-back to an earlier version is confirmed. */
  'intervention.confirm': { differs: ['requester'], role: 'approver' },
} as const satisfies Record<string, { differs: readonly Party[]; role: Role }>;

export type Party = 'requester' | 'trainer';
export type TwoPersonPermission = keyof typeof FOUR_EYES;

const WHY: Record<Party, string> = {
  requester: 'the one who asks may not approve: four eyes are needed',
  trainer: 'the one who trained the model may not approve it',
};

/**
 * Why `decider` may not decide, or undefined if two people are involved. Ids are of principals, or issuer and
 * subject; never names.
 */
export function fourEyesProblem(
  permission: TwoPersonPermission,
  parties: { readonly requester: string; readonly trainer?: string | undefined; readonly decider: string },
): string | undefined {
  const broken = FOUR_EYES[permission].differs.find(
    (party) => parties[party] !== undefined && parties[party] === parties.decider,
  );
  return broken && WHY[broken];
}
