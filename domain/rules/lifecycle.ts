/** States of a request that waits for a person, and what may follow. Refusal and expiry are decisions too. */
export const REQUEST_STATES = ['open', 'approved', 'refused', 'expired'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];
export type Verdict = Exclude<RequestState, 'open'>;

export function decisionProblem(state: RequestState): string | undefined {
  return state === 'open' ? undefined : `the request is already ${state}`;
}

/** A failed gate is passed over when this many different people, who neither asked nor trained, gave a reason. */
export const WAIVERS_NEEDED = 2;

export const LIST_STATES = ['draft', 'approved', 'refused', 'expired'] as const;
export type ListState = (typeof LIST_STATES)[number];
/** A list is sealed by this many different people. */
export const SIGN_OFFS_NEEDED = 2;
