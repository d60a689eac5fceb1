import { CONFIRM_HOURS, type Intervention, scoringProblem } from './interventions';
import {
  type Actor,
  answerRefusal,
  type ChampionFacts,
  decisionRefusal,
  type GateFacts,
  gateOutcome,
  type Refusal,
  refuse,
  type RequestFacts,
  roleRefusal,
  rollBackTargets,
  waiverRefusal,
} from './slot-guards';

/**
 * The state machine of a deployment slot: promotion requests, gates, waivers, decisions, the champion, interventions.
 * What a person does to a slot (waive, decide, suspend, roll back, answer) is played here by the application, on the
 * state that the rows tell (`platform/db/read-models/slot-state.ts`), before anything is written. Activities may run
 * twice, so they ask the guards of this machine and write once.
 */
interface RequestRecord extends RequestFacts {
  readonly versionId: string;
  readonly gates: readonly { readonly gate: string; readonly passed: boolean }[];
  readonly waivers: readonly { readonly gate: string; readonly by: string }[];
}
interface InterventionRecord extends Intervention {
  readonly by: string;
  readonly liveVersion: string;
  readonly answeredBy: readonly string[];
}

export interface SlotState {
  readonly requests: Readonly<Record<string, RequestRecord>>;
  /** Oldest first; the last one is live, unless an intervention stops scoring. */
  readonly champions: readonly ChampionFacts[];
  readonly interventions: readonly InterventionRecord[];
}
export const EMPTY_SLOT: SlotState = { requests: {}, champions: [], interventions: [] };

export type SlotCommand =
  | {
      readonly kind: 'request';
      readonly by: Actor;
      readonly requestId: string;
      readonly versionId: string;
      readonly trainer: string;
      readonly expiresAt: Date;
    }
  | { readonly kind: 'gates'; readonly requestId: string; readonly gates: RequestRecord['gates'] }
  | { readonly kind: 'waive'; readonly by: Actor; readonly requestId: string; readonly gate: string }
  | {
      readonly kind: 'decide';
      readonly by: Actor;
      readonly requestId: string;
      readonly verdict: 'approved' | 'refused';
    }
  | { readonly kind: 'expire'; readonly requestId: string }
  | { readonly kind: 'suspend'; readonly by: Actor; readonly interventionId: string }
  | {
      readonly kind: 'roll-back';
      readonly by: Actor;
      readonly interventionId: string;
      readonly confirmHours?: number | undefined;
      /** By request: why its decision no longer counts, as its signature or a revocation tells. */
      readonly invalidDecisions?: ReadonlyMap<string, string> | undefined;
    }
  | { readonly kind: 'answer'; readonly by: Actor; readonly interventionId: string };

export type Transition =
  | { readonly state: SlotState; readonly refusal?: undefined }
  | { readonly state?: undefined; readonly refusal: Refusal };

type Handler<K extends SlotCommand['kind']> = (
  state: SlotState,
  command: Extract<SlotCommand, { kind: K }>,
  at: Date,
) => SlotState | Refusal;

const HOUR_MS = 3_600_000;
const NO_REQUEST = refuse('no-such', 'there is no such request');
const NO_CHAMPION = refuse('no-champion', 'no version is live');

/** @param problems why each champion that could be rolled back to has no valid decision, the latest first */
function noTarget(problems: readonly string[]): Refusal {
  return problems.length === 0
    ? refuse('no-target', 'the slot never had another champion to roll back to')
    : refuse('no-valid-target', `no earlier champion can be rolled back to: ${problems.at(-1)!}`);
}

const withRequest = (state: SlotState, id: string, change: Partial<RequestRecord>): SlotState => ({
  ...state,
  requests: { ...state.requests, [id]: { ...state.requests[id]!, ...change } },
});

const gateFacts = ({ gates, waivers }: RequestRecord): GateFacts[] =>
  gates.map((gate) => ({ ...gate, waivers: waivers.filter((waiver) => waiver.gate === gate.gate).length }));

const intervene = (
  state: SlotState,
  command: { readonly interventionId: string; readonly by: Actor },
  kind: Intervention['kind'],
  at: Date,
  confirmBy?: Date,
): InterventionRecord => ({
  interventionId: command.interventionId,
  by: command.by.id,
  kind,
  at,
  confirmBy,
  answers: 0,
  answeredBy: [],
  liveVersion: state.champions.at(-1)!.versionId,
});

const HANDLERS: { readonly [K in SlotCommand['kind']]: Handler<K> } = {
  request: (state, { by, requestId, versionId, trainer, expiresAt }) =>
    roleRefusal(by, 'promotion.request') ?? {
      ...state,
      requests: {
        ...state.requests,
        [requestId]: { state: 'open', requester: by.id, versionId, trainer, expiresAt, gates: [], waivers: [] },
      },
    },

  gates(state, { requestId, gates }) {
    const request = state.requests[requestId];
    if (!request) return NO_REQUEST;
    if (request.state !== 'open' || request.gates.length > 0) return refuse('repeated', 'the gates were evaluated');
    const refused = gateOutcome(gates) === 'refused';
    return withRequest(state, requestId, { gates, ...(refused ? { state: 'refused' } : {}) });
  },

  waive(state, { by, requestId, gate }) {
    const request = state.requests[requestId];
    if (!request) return NO_REQUEST;
    const refusal =
      roleRefusal(by, 'gate.waive') ?? waiverRefusal(request, { by: by.id, gate, gates: gateFacts(request) });
    if (refusal) return refusal;
    if (request.waivers.some((waiver) => waiver.gate === gate && waiver.by === by.id))
      return refuse('repeated', `you waived gate "${gate}" before`);
    return withRequest(state, requestId, { waivers: [...request.waivers, { gate, by: by.id }] });
  },

  decide(state, { by, requestId, verdict }, at) {
    const request = state.requests[requestId];
    if (!request) return NO_REQUEST;
    const refusal =
      roleRefusal(by, verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse') ??
      decisionRefusal(request, { verdict, decider: by.id, gates: gateFacts(request), at });
    if (refusal) return refusal;
    const decided = withRequest(state, requestId, { state: verdict });
    if (verdict === 'refused') return decided;
    const champion = { versionId: request.versionId, requestId, decidedAt: at };
    return { ...decided, champions: [...state.champions, champion] };
  },

  expire(state, { requestId }) {
    const request = state.requests[requestId];
    if (!request) return NO_REQUEST;
    // A decision made in the last moment stands.
    return request.state === 'open' ? withRequest(state, requestId, { state: 'expired' }) : state;
  },

  suspend(state, command, at) {
    const refusal = roleRefusal(command.by, 'scoring.suspend');
    if (refusal) return refusal;
    if (state.champions.length === 0) return NO_CHAMPION;
    return { ...state, interventions: [...state.interventions, intervene(state, command, 'suspend', at)] };
  },

  'roll-back'(state, command, at) {
    const refusal = roleRefusal(command.by, 'scoring.roll-back');
    if (refusal) return refusal;
    if (state.champions.length === 0) return NO_CHAMPION;
    const rollBacks = state.interventions.filter(({ kind }) => kind === 'roll-back');
    const targets = rollBackTargets(state.champions, rollBacks);
    const target = targets.find(({ requestId }) => !command.invalidDecisions?.has(requestId));
    if (!target) return noTarget(targets.map(({ requestId }) => command.invalidDecisions!.get(requestId)!));
    const confirmBy = new Date(at.getTime() + (command.confirmHours ?? CONFIRM_HOURS) * HOUR_MS);
    return {
      ...state,
      champions: [...state.champions, target],
      interventions: [...state.interventions, intervene(state, command, 'roll-back', at, confirmBy)],
    };
  },

  answer(state, { by, interventionId }) {
    const found = state.interventions.find((one) => one.interventionId === interventionId);
    if (!found) return refuse('no-such', 'there is no such intervention');
    const refusal = roleRefusal(by, 'intervention.answer') ?? answerRefusal(found, by.id);
    if (refusal) return refusal;
    if (found.answeredBy.includes(by.id)) return refuse('repeated', 'you answered the intervention before');
    const answered = { ...found, answers: found.answers + 1, answeredBy: [...found.answeredBy, by.id] };
    return { ...state, interventions: state.interventions.map((one) => (one === found ? answered : one)) };
  },
};

/** What a command makes of a slot at an instant, or why it is refused. */
export function transition(state: SlotState, command: SlotCommand, at: Date): Transition {
  const handler = HANDLERS[command.kind] as Handler<SlotCommand['kind']>;
  const result = handler(state, command, at);
  return 'code' in result ? { refusal: result } : { state: result };
}

/**
 * The champion that may score at an instant, as far as rows tell, or why none may; signatures are checked where they
 * are read. Both are undefined where no version is live.
 * @param slot its champions, oldest first, and its interventions
 */
export function liveChampion<C extends ChampionFacts>(
  { champions, interventions }: { readonly champions: readonly C[]; readonly interventions: readonly Intervention[] },
  at: Date,
): { readonly champion?: C | undefined; readonly problem?: string | undefined } {
  const champion = champions.at(-1);
  const problem = champion && scoringProblem(interventions, at);
  return problem === undefined ? { champion } : { problem };
}
