import { conflict, notAllowed } from '../domain/errors';
import type { Verdict } from '../domain/rules/lifecycle';
import { evaluateGates } from '../domain/rules/promotion-gates';
import { fourEyesRefusal, gateOutcome } from '../domain/rules/slot-guards';
import { gateInputOf } from '../platform/db/read-models/gate-input';
import { promoteChampion } from '../platform/db/stores/champions';
import { decideAutomatically, type Decision, getDecision } from '../platform/db/stores/decisions';
import { gatesOf, recordGates } from '../platform/db/stores/gates';
import { getRequest } from '../platform/db/stores/promotions';
import { statementById } from '../platform/signing/statement-store';
import { verifyDecision } from '../platform/signing/statements';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';

type PromotionActivities = Pick<
  LifecycleActivities,
  'evaluateGates' | 'refuseByGates' | 'applyDecision' | 'expireRequest'
>;

/**
 * Gates, and what becomes of a decision. Each is recorded once: the first gate results and the first decision stand.
 */
export function promotionActivities(deps: ActivityDependencies): PromotionActivities {
  const { db, clock } = deps;
  return {
    async evaluateGates({ requestId }) {
      const request = await getRequest(db, requestId);
      await recordGates(db, request, evaluateGates(await gateInputOf(deps, request)), clock());
      const outcome = gateOutcome(await gatesOf(db, requestId));
      const openForMs = request.expiresAt.getTime() - clock().getTime();
      return { passed: outcome === 'passed', waivable: outcome === 'waivable', openForMs };
    },

    async refuseByGates({ requestId }) {
      await decideAutomatically(db, await getRequest(db, requestId), 'refused', clock());
      return { verdict: 'refused' };
    },

    async applyDecision({ requestId, decisionId }) {
      const decision = await getDecision(db, decisionId);
      if (decision.requestId !== requestId)
        throw conflict(`decision ${decisionId} belongs to request ${decision.requestId}, not to ${requestId}`);
      if (decision.verdict === 'approved') await promote(deps, decision);
      return { verdict: decision.verdict };
    },

    /** A decision that came in the last moment stands; else the request expires. */
    async expireRequest({ requestId }) {
      await decideAutomatically(db, await getRequest(db, requestId), 'expired', clock());
      const { decisionId } = await getRequest(db, requestId);
      const decision = await getDecision(db, decisionId!);
      if (decision.verdict === 'approved') await promote(deps, decision);
      return { verdict: decision.verdict satisfies Verdict };
    },
  };
}

/**
 * Makes an approved version champion after checking the evidence itself, without trust in the caller: the notary's
 * signed statement with both people's tokens, and that the decider is neither requester nor trainer.
 */
async function promote(deps: ActivityDependencies, decision: Decision): Promise<void> {
  const { db, trust, clock } = deps;
  const request = await getRequest(db, decision.requestId);
  const { requestId, versionId, slot } = request;
  const envelope = decision.statementId === null ? undefined : await statementById(db, decision.statementId);
  if (!envelope) throw notAllowed(`the approval of request ${requestId} has no signed statement`);
  const signed = await verifyDecision(envelope, trust(), { versionId, slot, requestId });
  if (signed.verdict !== 'approved') throw notAllowed(`the signed statement about request ${requestId} is a refusal`);
  const check = (decider: string) => {
    const refusal = fourEyesRefusal('promotion.approve', request, decider);
    if (refusal) throw notAllowed(refusal.message);
  };
  await promoteChampion(db, request, { ...decision, actionId: decision.actionId! }, { check, at: clock() });
}
