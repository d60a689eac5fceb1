/** States of a promotion request; every state but `open` is final. */
export const REQUEST_STATES = ['open', 'approved', 'refused', 'expired'] as const;
export type RequestState = (typeof REQUEST_STATES)[number];
export type Verdict = Exclude<RequestState, 'open'>;

/** Why a request takes no decision, or undefined while it is open. */
export function decisionProblem(state: RequestState): string | undefined {
  return state === 'open' ? undefined : `the request is already ${state}`;
}

/** A failed gate is waived once this many different people, neither requester nor trainer, gave a reason. */
export const WAIVERS_NEEDED = 2;

/** States of a selection list; every state but `draft` is final. */
export const LIST_STATES = ['draft', 'approved', 'refused', 'expired'] as const;
export type ListState = (typeof LIST_STATES)[number];
export type SignOffVerdict = Exclude<ListState, 'draft'>;

/** A list is approved once this many different people have signed it off. */
export const SIGN_OFFS_NEEDED = 2;

/** The state of a list with these sign-offs: one refusal or the expiry closes it, enough approvals approve it. */
export function listStateOf(signOffs: readonly SignOffVerdict[]): ListState {
  const closed = signOffs.find((verdict) => verdict !== 'approved');
  return closed ?? (signOffs.length >= SIGN_OFFS_NEEDED ? 'approved' : 'draft');
}
