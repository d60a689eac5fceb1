import { ANSWERS_NEEDED } from '../../domain/rules/interventions';
import { type TwoPersonPermission, fourEyesProblem } from '../../domain/rules/four-eyes';
import { decisionProblem, type RequestState } from '../../domain/rules/lifecycle';

/**
 * What the product should do with a slot, written down without a database: requests, decisions, champions, emergencies, and
 * attacks on them. Three layers judge on their own; any one can be switched off. Small enough to run millions of steps.
 */
export type Layer = 'workflow' | 'database' | 'signature';
export const PEOPLE = ['kari', 'ola', 'ingrid', 'per'] as const;
export type Person = (typeof PEOPLE)[number];
const APPROVERS: ReadonlySet<Person> = new Set(['ola', 'ingrid']);

export type Action =
  | { readonly kind: 'ask'; readonly by: Person; readonly trainer: Person }
  | { readonly kind: 'decide'; readonly by: Person; readonly request: number; readonly verdict: 'approved' | 'refused' }
  /** A token that somebody else signed in with, put into one's own decision. */
  | { readonly kind: 'replay'; readonly by: Person; readonly token: number; readonly request: number }
  /** Rows written past the service, in another's name. */
  | { readonly kind: 'forge-rows'; readonly name: Person; readonly request: number }
  | { readonly kind: 'wait' }
  | { readonly kind: 'roll-back'; readonly by: Person }
  | { readonly kind: 'answer'; readonly by: Person }
  | { readonly kind: 'suspend'; readonly by: Person };

interface Request {
  readonly asker: Person;
  readonly trainer: Person;
  state: RequestState;
  age: number;
}
/** A sign-in for one action: who, and for which request. */
interface Token {
  readonly person: Person;
  readonly request: number;
}
interface Champion {
  readonly request: number;
  /** What the rows say. */
  readonly decider: Person;
  /** The signed statement's tokens; undefined where the notary signed nothing. */
  readonly signed: { readonly asker: Token; readonly decider: Token } | undefined;
}

const EXPIRES = 6;
const four = (permission: TwoPersonPermission, requester: Person, decider: Person, trainer?: Person) =>
  fourEyesProblem(permission, { requester, trainer, decider });

export class SlotMachine {
  readonly requests: Request[] = [];
  readonly tokens: Token[] = [];
  readonly champions: Champion[] = [];
  readonly interventions: { kind: 'suspend' | 'roll-back'; by: Person; answers: Set<Person>; late: boolean }[] = [];

  constructor(readonly layers: ReadonlySet<Layer>) {}

  step(action: Action): void {
    switch (action.kind) {
      case 'ask':
        this.requests.push({ asker: action.by, trainer: action.trainer, state: 'open', age: 0 });
        return;
      case 'decide':
        return this.#decide(action.request, action.by, { person: action.by, request: action.request }, action.verdict);
      case 'replay': {
        const token = this.tokens[action.token];
        return token && this.#decide(action.request, action.by, token, 'approved');
      }
      case 'forge-rows':
        return this.#rows(action.request, action.name, undefined);
      case 'wait':
        return this.#wait();
      case 'roll-back':
        if (APPROVERS.has(action.by) && this.champions.length > 1) {
          this.champions.push(this.champions.at(-2)!);
          this.interventions.push({ kind: 'roll-back', by: action.by, answers: new Set(), late: false });
        }
        return;
      case 'suspend':
        this.interventions.push({ kind: 'suspend', by: action.by, answers: new Set(), late: false });
        return;
      case 'answer':
        return this.#answer(action.by);
    }
  }

  #wait(): void {
    for (const request of this.requests)
      if (request.state === 'open' && ++request.age >= EXPIRES) request.state = 'expired';
    for (const intervention of this.interventions) intervention.late = true;
  }

  #answer(by: Person): void {
    const open = this.interventions.find(({ kind, answers }) => answers.size < ANSWERS_NEEDED[kind]);
    if (!open || !APPROVERS.has(by)) return;
    if (open.kind === 'roll-back' && four('intervention.confirm', open.by, by)) return;
    open.answers.add(by);
  }

  #decide(index: number, by: Person, token: Token, verdict: 'approved' | 'refused'): void {
    const request = this.requests[index];
    if (!request) return;
    this.tokens.push({ person: by, request: index });
    if (this.layers.has('workflow')) {
      if (decisionProblem(request.state) || !APPROVERS.has(by)) return;
      if (verdict === 'approved' && four('promotion.approve', request.asker, by, request.trainer)) return;
    }
    const signed = this.#notary(index, token);
    if (this.layers.has('signature') && !signed) return;
    if (verdict === 'refused') request.state = 'refused';
    else this.#rows(index, by, signed);
  }

  /** The notary signs what the tokens say, and nothing for one person or another action. */
  #notary(index: number, token: Token): Champion['signed'] {
    const request = this.requests[index]!;
    if (!this.layers.has('signature')) return { asker: { person: request.asker, request: index }, decider: token };
    if (token.request !== index || !APPROVERS.has(token.person)) return undefined;
    if (four('promotion.approve', request.asker, token.person, request.trainer)) return undefined;
    return { asker: { person: request.asker, request: index }, decider: token };
  }

  #rows(index: number, decider: Person, signed: Champion['signed']): void {
    const request = this.requests[index];
    if (!request) return;
    if (this.layers.has('database')) {
      if (request.state !== 'open' || !signed) return;
      if (decider === request.asker || decider === request.trainer) return;
    }
    request.state = 'approved';
    this.champions.push({ request: index, decider, signed });
  }

  /** Champion means what scoring will load. */
  live(): Champion | undefined {
    const champion = this.champions.at(-1);
    if (!champion) return undefined;
    for (const { kind, answers, late } of this.interventions)
      if (answers.size < ANSWERS_NEEDED[kind] && (kind === 'suspend' || late)) return undefined;
    if (!this.layers.has('signature')) return champion;
    const { signed, request } = champion;
    if (!signed || signed.asker.request !== request || signed.decider.request !== request) return undefined;
    const { asker, trainer } = this.requests[request]!;
    return four('promotion.approve', asker, signed.decider.person, trainer) ? undefined : champion;
  }
}
