import type { Role } from './roles';

/**
 * The one table of who must differ from whom, for every action that needs two people. Workflow, service and signer use it;
 * the database's triggers are tested against it.
 */
export const FOUR_EYES = {
  /** A version goes live. */
  'promotion.approve': { differs: ['requester', 'trainer'], role: 'approver' },
  /** A gate that failed is passed over, visibly. */
  'gate.waive': { differs: ['requester', 'trainer'], role: 'approver' },
  /** An intervention return to an earlier version stands. */
  'intervention.confirm': { differs: ['requester'], role: 'approver' },
} as const satisfies Record<string, { differs: readonly Party[]; role: Role }>;

export type Party = 'requester' | 'trainer';
export type TwoPersonPermission = keyof typeof FOUR_EYES;

const WHY: Record<Party, string> = {
  requester: 'the one who asks may not approve: four eyes are needed',
  trainer: 'the one who trained the model may not approve it',
};

/** Why `decider` may not decide, or undefined when four eyes are kept. Ids are principals' or issuer and subject, never names. */
export function fourEyesProblem(
  permission: TwoPersonPermission,
  parties: { readonly requester: string; readonly trainer?: string | undefined; readonly decider: string },
): string | undefined {
  const broken = FOUR_EYES[permission].differs.find(
    (party) => parties[party] !== undefined && parties[party] === parties.decider,
  );
  return broken && WHY[broken];
}
