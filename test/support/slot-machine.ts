import { fourEyesRefusal, roleRefusal } from '../../domain/rules/slot-guards';
import { EMPTY_SLOT, liveChampion, type SlotCommand, type SlotState, transition } from '../../domain/rules/slot-state';

/**
 * Attacks on the product's own state machine of a slot. Three layers refuse independently, and any one can be switched
 * off: the workflow layer is `transition` itself; the signature layer is what the notary checks before it signs; the
 * database layer is what the triggers check of a row. Only the attacks and the triggers are written here.
 */
export type Layer = 'workflow' | 'database' | 'signature';
export const PEOPLE = ['kari', 'ola', 'ingrid', 'per'] as const;
export type Person = (typeof PEOPLE)[number];

const ROLES: Readonly<Record<Person, readonly string[]>> = {
  kari: ['data-scientist'],
  ola: ['data-scientist', 'approver'],
  ingrid: ['data-scientist', 'approver'],
  per: ['data-scientist'],
};
const actor = (person: Person) => ({ id: person, roles: ROLES[person] });

export type Action =
  | { readonly kind: 'request'; readonly by: Person; readonly trainer: Person; readonly passes: boolean }
  | { readonly kind: 'waive'; readonly by: Person; readonly request: number }
  | { readonly kind: 'decide'; readonly by: Person; readonly request: number; readonly verdict: 'approved' | 'refused' }
  /** A token that somebody else signed in with, put into one's own decision. */
  | { readonly kind: 'replay'; readonly by: Person; readonly token: number; readonly request: number }
  /** Rows written past the service, in another's name. */
  | { readonly kind: 'forge-rows'; readonly name: Person; readonly request: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'roll-back'; readonly by: Person }
  | { readonly kind: 'answer'; readonly by: Person; readonly intervention: number }
  | { readonly kind: 'suspend'; readonly by: Person };

/** A sign-in for one action: who, and for which request. */
interface Token {
  readonly person: Person;
  readonly request: string;
}
/** Evidence of an approval: who the rows name, and whose tokens were signed, if any were. */
export interface Approval {
  readonly decider: Person;
  readonly signed: { readonly requester: Token; readonly decider: Token } | undefined;
}

const HOUR_MS = 3_600_000;
const WAIT_MS = 73 * HOUR_MS; // longer than a roll-back stands unconfirmed
const OPEN_MS = 18 * 24 * HOUR_MS; // a request expires in the sixth wait
export const GATE = 'enough-outcomes';

export class AttackedSlot {
  state: SlotState = EMPTY_SLOT;
  readonly requests: string[] = [];
  readonly interventions: string[] = [];
  readonly tokens: Token[] = [];
  /** By request. */
  readonly approvals = new Map<string, Approval>();
  #now = 0;

  constructor(readonly layers: ReadonlySet<Layer>) {}

  get at(): Date {
    return new Date(this.#now);
  }

  step(action: Action): void {
    this.#now++;
    switch (action.kind) {
      case 'request':
        return this.#request(action.by, action.trainer, action.passes);
      case 'waive':
        return this.#waive(action.by, this.requests[action.request]);
      case 'decide': {
        const request = this.requests[action.request];
        if (request) this.#decide(request, action.by, { person: action.by, request }, action.verdict);
        return;
      }
      case 'replay': {
        const token = this.tokens[action.token];
        const request = this.requests[action.request];
        if (token && request) this.#decide(request, action.by, token, 'approved');
        return;
      }
      case 'forge-rows': {
        const request = this.requests[action.request];
        if (request) this.#writeApproval(request, { decider: action.name, signed: undefined });
        return;
      }
      case 'wait':
        return this.#wait();
      case 'roll-back':
      case 'suspend':
        return this.#intervene(action.kind, action.by);
      case 'answer': {
        const interventionId = this.interventions[action.intervention];
        if (interventionId) this.#play({ kind: 'answer', by: actor(action.by), interventionId });
      }
    }
  }

  /** Plays the product's state machine. @returns whether the command was accepted */
  #play(command: SlotCommand): boolean {
    const { state } = transition(this.state, command, this.at);
    if (state) this.state = state;
    return state !== undefined;
  }

  #request(by: Person, trainer: Person, passes: boolean): void {
    const requestId = `request-${this.requests.length}`;
    const expiresAt = new Date(this.#now + OPEN_MS);
    this.#play({ kind: 'request', by: actor(by), requestId, versionId: `of ${requestId}`, trainer, expiresAt });
    this.#play({ kind: 'gates', requestId, gates: [{ gate: GATE, passed: passes }] });
    this.requests.push(requestId);
  }

  #waive(by: Person, requestId: string | undefined): void {
    if (requestId) this.#play({ kind: 'waive', by: actor(by), requestId, gate: GATE });
  }

  #intervene(kind: 'roll-back' | 'suspend', by: Person): void {
    const interventionId = `intervention-${this.interventions.length}`;
    if (this.#play({ kind, by: actor(by), interventionId })) this.interventions.push(interventionId);
  }

  #wait(): void {
    this.#now += WAIT_MS;
    for (const [requestId, { expiresAt }] of Object.entries(this.state.requests))
      if (this.at >= expiresAt) this.#play({ kind: 'expire', requestId });
  }

  #decide(requestId: string, by: Person, token: Token, verdict: 'approved' | 'refused'): void {
    this.tokens.push({ person: by, request: requestId });
    if (this.layers.has('workflow')) {
      const command = { kind: 'decide', by: actor(by), requestId, verdict } as const;
      if (transition(this.state, command, this.at).refusal) return;
    }
    const signed = this.#notary(requestId, token);
    if (this.layers.has('signature') && !signed) return;
    if (verdict === 'refused') this.#force(requestId, 'refused');
    else this.#writeApproval(requestId, { decider: by, signed });
  }

  /** The notary signs what the tokens say, and nothing for one person or another action. */
  #notary(requestId: string, token: Token): Approval['signed'] {
    const request = this.state.requests[requestId]!;
    const signed = { requester: { person: request.requester as Person, request: requestId }, decider: token };
    if (!this.layers.has('signature')) return signed;
    if (token.request !== requestId || roleRefusal(actor(token.person), 'promotion.approve')) return undefined;
    return fourEyesRefusal('promotion.approve', request, token.person) ? undefined : signed;
  }

  /** Rows of an approval as the triggers see them: an open request, a statement, and somebody else as decider. */
  #writeApproval(requestId: string, approval: Approval): void {
    const request = this.state.requests[requestId]!;
    if (this.layers.has('database')) {
      if (request.state !== 'open' || !approval.signed) return;
      if (approval.decider === request.requester || approval.decider === request.trainer) return;
    }
    this.#force(requestId, 'approved');
    this.approvals.set(requestId, approval);
    const champion = { versionId: request.versionId, requestId, decidedAt: this.at };
    this.state = { ...this.state, champions: [...this.state.champions, champion] };
  }

  /** Writes a request's state past the machine, as an attacker or a layer below it does. */
  #force(requestId: string, state: 'approved' | 'refused'): void {
    const request = { ...this.state.requests[requestId]!, state };
    this.state = { ...this.state, requests: { ...this.state.requests, [requestId]: request } };
  }

  /** The request whose version scoring would load, if any. */
  live(): string | undefined {
    const { champion } = liveChampion(this.state, this.at);
    if (!champion) return undefined;
    const { requestId } = champion;
    if (!this.layers.has('signature')) return requestId;
    const signed = this.approvals.get(requestId)?.signed;
    if (!signed || signed.requester.request !== requestId || signed.decider.request !== requestId) return undefined;
    const request = this.state.requests[requestId]!;
    return fourEyesRefusal('promotion.approve', request, signed.decider.person) ? undefined : requestId;
  }
}
