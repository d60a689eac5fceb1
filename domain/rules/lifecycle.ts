/** States of a request that waits for a person, and what may follow. Refusal and expiry are decisions too. */
export const REQUEST_STATES = ['open', 'approved', 'refused', 'expired'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];
export type Verdict = Exclude<RequestState, 'open'>;

/** Why `decider` may not approve, or undefined when four eyes are kept. Ids are principals', never names. */
export function fourEyesProblem(parties: { requester: string; trainer: string | undefined; decider: string }): string | undefined {
  if (parties.decider === parties.requester) return 'the one who asks may not approve: four eyes are needed';
  if (parties.trainer !== undefined && parties.decider === parties.trainer) return 'the one who trained the model may not approve it';
  return undefined;
}

export function decisionProblem(state: RequestState): string | undefined {
  return state === 'open' ? undefined : `the request is already ${state}`;
}

export const LIST_STATES = ['draft', 'sealed', 'refused', 'expired'] as const;
export type ListState = (typeof LIST_STATES)[number];
/** A list is sealed by this many different people. */
export const SEALS_NEEDED = 2;
