import { fourEyesProblem, type TwoPersonPermission } from './four-eyes';
import { isHard } from './gate-policy';
import { type Intervention, isSettled } from './interventions';
import { decisionProblem, type RequestState, WAIVERS_NEEDED } from './lifecycle';
import { mayDo, type Permission } from './roles';

/**
 * Guards of the slot's state machine (`slot-state.ts`): why a person may not do what they ask. People are ids of
 * principals, never names.
 */
export interface Refusal {
  readonly code:
    | 'role'
    | 'closed'
    | 'expired'
    | 'four-eyes'
    | 'gates-pending'
    | 'gates-failed'
    | 'no-such'
    | 'no-champion'
    | 'no-target'
    | 'no-valid-target'
    | 'passed'
    | 'repeated';
  readonly message: string;
  /** Gates that neither passed nor were waived; of `gates-failed`. */
  readonly gates?: readonly string[];
}
export const refuse = (code: Refusal['code'], message: string): Refusal => ({ code, message });

export interface Actor {
  readonly id: string;
  readonly roles: readonly string[];
}

export interface RequestFacts {
  readonly state: RequestState;
  readonly requester: string;
  readonly trainer: string;
  readonly expiresAt: Date;
}

export interface GateFacts {
  readonly gate: string;
  readonly passed: boolean;
  /** How many different people have waived it. */
  readonly waivers: number;
}

export const roleRefusal = ({ roles }: Actor, permission: Permission): Refusal | undefined =>
  mayDo(roles, permission) ? undefined : refuse('role', `"${permission}" needs another role`);

/** Four eyes over a request: who may approve it, or waive its gates. */
export function fourEyesRefusal(
  permission: TwoPersonPermission,
  { requester, trainer }: { readonly requester: string; readonly trainer?: string | undefined },
  decider: string,
): Refusal | undefined {
  const problem = fourEyesProblem(permission, { requester, trainer, decider });
  return problem === undefined ? undefined : refuse('four-eyes', problem);
}

/** Gates that stop a request: failed, and not waived by enough people. */
export const blockingGates = (gates: readonly GateFacts[]): string[] =>
  gates.filter(({ passed, waivers }) => !passed && waivers < WAIVERS_NEEDED).map(({ gate }) => gate);

/** What follows from a first look at the gates: a decision, waivers and then a decision, or refusal at once. */
export function gateOutcome(gates: readonly Pick<GateFacts, 'gate' | 'passed'>[]): 'passed' | 'waivable' | 'refused' {
  const failed = gates.filter(({ passed }) => !passed);
  if (failed.length === 0) return 'passed';
  return failed.some(({ gate }) => isHard(gate)) ? 'refused' : 'waivable';
}

export function decisionRefusal(
  request: RequestFacts,
  decision: {
    readonly verdict: 'approved' | 'refused';
    readonly decider: string;
    readonly gates: readonly GateFacts[];
    readonly at: Date;
  },
): Refusal | undefined {
  const closed = decisionProblem(request.state);
  if (closed) return refuse('closed', closed);
  if (decision.at >= request.expiresAt)
    return refuse('expired', `the request expired at ${request.expiresAt.toISOString()}`);
  if (decision.verdict === 'refused') return undefined;
  const sameEyes = fourEyesRefusal('promotion.approve', request, decision.decider);
  if (sameEyes) return sameEyes;
  if (decision.gates.length === 0) return refuse('gates-pending', 'the gates have not been evaluated yet');
  const gates = blockingGates(decision.gates);
  if (gates.length === 0) return undefined;
  return { ...refuse('gates-failed', `the request did not pass its gates: ${gates.join(', ')}`), gates };
}

export function waiverRefusal(
  request: RequestFacts,
  waiver: { readonly by: string; readonly gate: string; readonly gates: readonly GateFacts[] },
): Refusal | undefined {
  const found = waiver.gates.find(({ gate }) => gate === waiver.gate);
  if (!found) return refuse('no-such', `the request has no gate "${waiver.gate}"`);
  if (found.passed) return refuse('passed', `gate "${waiver.gate}" passed: there is nothing to waive`);
  const closed = decisionProblem(request.state);
  if (closed) return refuse('closed', closed);
  return fourEyesRefusal('gate.waive', request, waiver.by);
}

/** @param intervention with `by`, the principal who intervened */
export function answerRefusal(
  intervention: Pick<Intervention, 'kind' | 'answers'> & { readonly by: string },
  by: string,
): Refusal | undefined {
  if (isSettled(intervention)) return refuse('closed', 'the intervention is settled already');
  return intervention.kind === 'roll-back'
    ? fourEyesRefusal('intervention.confirm', { requester: intervention.by }, by)
    : undefined;
}

export interface ChampionFacts {
  readonly versionId: string;
  readonly requestId: string;
  /** When the two-person decision behind it was made. */
  readonly decidedAt: Date;
}

/**
 * Champions that a slot may be rolled back to, the latest first: another version than the live one, and not itself
 * rolled back since it was decided on.
 * @param history champions of the slot, oldest first; the last one is live
 */
export function rollBackTargets<C extends Pick<ChampionFacts, 'versionId' | 'decidedAt'>>(
  history: readonly C[],
  rollBacks: readonly { readonly liveVersion: string; readonly at: Date }[],
): C[] {
  const live = history.at(-1);
  return history
    .filter(
      ({ versionId, decidedAt }) =>
        versionId !== live?.versionId &&
        !rollBacks.some(({ liveVersion, at }) => liveVersion === versionId && at >= decidedAt),
    )
    .reverse();
}
