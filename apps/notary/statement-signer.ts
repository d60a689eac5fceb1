import { notAllowed } from '../../domain/errors';
import { parseOrExplain } from '../../domain/schemas/parse';
import type { TokenVerifier } from '../../platform/auth/tokens';
import type { Signer } from '../../platform/ledger/signer';
import { type Envelope, envelopeDigest, signStatement } from '../../platform/signing/dsse';
import {
  assertFourEyes,
  type DecisionPredicate,
  type LabelCorrection,
  type PostDeploymentStatement,
  PREDICATE,
  type RequestPredicate,
  statementOf,
  verifyRequest,
  verifyVersion,
  type VersionPredicate,
} from '../../platform/signing/statements';
import { personKey, verifyStepUpToken } from '../../platform/signing/step-up-token';
import type { Trust } from '../../platform/signing/trusted-keys';
import {
  decisionBody,
  labelCorrectionBody,
  postDeploymentBody,
  requestBody,
  revocationBody,
  versionBody,
} from './requests';

export interface StatementSignerDeps {
  readonly signer: Signer;
  /** Pinned keys of the notary and of identity providers. */
  readonly trust: Trust;
  readonly verify: TokenVerifier;
  readonly clock: () => Date;
}

/**
 * Signs a statement about a version after checking itself that the caller may make it. Bodies are what was received.
 */
export class StatementSigner {
  constructor(readonly deps: StatementSignerDeps) {}

  async version(body: unknown): Promise<Envelope> {
    const { slot, versionId, serviceToken, ...rest } = parseOrExplain(versionBody, body, 'the version to sign');
    await this.#assertService(serviceToken, 'versions are registered');
    const predicate: VersionPredicate = { slot, at: this.#now().toISOString(), ...rest };
    return this.#sign(slot, versionId, PREDICATE.version, predicate);
  }

  async labelCorrection(body: unknown): Promise<Envelope> {
    const what = 'the label correction to sign';
    const { serviceToken, versionId, ...rest } = parseOrExplain(labelCorrectionBody, body, what);
    await this.#assertService(serviceToken, 'label corrections are recorded');
    const predicate: LabelCorrection = { ...rest, at: this.#now().toISOString() };
    return this.#sign(rest.slot, versionId, PREDICATE.labelCorrection, predicate);
  }

  async postDeploymentEvaluation(body: unknown): Promise<Envelope> {
    const what = 'the post-deployment evaluation to sign';
    const { serviceToken, versionId, ...rest } = parseOrExplain(postDeploymentBody, body, what);
    await this.#assertService(serviceToken, 'post-deployment evaluations are made');
    const predicate: PostDeploymentStatement = { ...rest, at: this.#now().toISOString() };
    return this.#sign(rest.slot, versionId, PREDICATE.postDeploymentEvaluation, predicate);
  }

  async request(body: unknown): Promise<Envelope> {
    const { slot, versionId, requestId, idToken } = parseOrExplain(requestBody, body, 'the request to sign');
    const at = this.#now();
    const action = { permission: 'promotion.request', slot, versionId, requestId } as const;
    const { issuer, subject } = await verifyStepUpToken(idToken, action, this.deps.trust, at);
    const requester = { issuer, subject, token: idToken };
    const predicate: RequestPredicate = { requestId, slot, at: at.toISOString(), requester };
    return this.#sign(slot, versionId, PREDICATE.request, predicate);
  }

  /** An approval also needs four eyes: the decider is neither the requester nor the trainer. */
  async decision(received: unknown): Promise<Envelope> {
    const { trust } = this.deps;
    const body = parseOrExplain(decisionBody, received, 'the decision to sign');
    const { slot, versionId, requestId, verdict, idToken } = body;
    const at = this.#now();
    const { trainer } = verifyVersion(body.version, trust, versionId);
    const { requester, predicate: request } = await verifyRequest(body.request, trust, { slot, versionId, requestId });
    const permission = verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse';
    const decider = await verifyStepUpToken(idToken, { permission, slot, versionId, requestId }, trust, at);
    if (verdict === 'approved') assertFourEyes({ requester, trainer, decider });
    const predicate: DecisionPredicate = {
      requestId,
      slot,
      verdict,
      at: at.toISOString(),
      request: envelopeDigest(body.request),
      requestedAt: request.at,
      requester: request.requester,
      trainer,
      decider: { issuer: decider.issuer, subject: decider.subject, token: idToken },
    };
    return this.#sign(slot, versionId, PREDICATE.decision, predicate);
  }

  async revocation(body: unknown): Promise<Envelope> {
    const { slot, versionId, requestId, idToken } = parseOrExplain(revocationBody, body, 'the revocation to sign');
    const at = this.#now();
    const action = { permission: 'version.revoke', slot, versionId, requestId } as const;
    const person = await verifyStepUpToken(idToken, action, this.deps.trust, at);
    if (!person.roles.includes('approver')) throw notAllowed(`${personKey(person)} does not carry the role approver`);
    const by = { issuer: person.issuer, subject: person.subject, token: idToken };
    return this.#sign(slot, versionId, PREDICATE.revocation, { requestId, slot, at: at.toISOString(), by });
  }

  async #assertService(serviceToken: string, what: string): Promise<void> {
    const caller = await this.deps.verify(serviceToken);
    if (caller.kind !== 'service') throw notAllowed(`${what} by a service account`);
  }

  #sign(slot: string, versionId: string, type: (typeof PREDICATE)[keyof typeof PREDICATE], predicate: object) {
    return signStatement(statementOf(slot, versionId, type, predicate), this.deps.signer);
  }

  /** Whole seconds, as tokens have them. */
  #now(): Date {
    return new Date(Math.floor(this.deps.clock().getTime() / 1000) * 1000);
  }
}
