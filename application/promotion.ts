import { randomUUID } from 'node:crypto';
import { conflict, notAllowed } from '../domain/errors';
import { fourEyesProblem } from '../domain/rules/four-eyes';
import { decisionProblem, WAIVERS_NEEDED, type Verdict } from '../domain/rules/lifecycle';
import { mayDo } from '../domain/rules/roles';
import { startAuditedAction, knownPrincipal, requireRole } from '../platform/auth/audit-context';
import { gatesOf, getRequest, waiversOf, type PromotionRequest } from '../platform/db/stores/promotions';
import { signedVersion, statementById, storeStatement } from '../platform/signing/statement-store';
import { getVersion } from '../platform/db/stores/versions';
import { append, storeReason } from '../platform/ledger/append';
import { nonceOf } from '../platform/signing/step-up-token';
import { PREDICATE } from '../platform/signing/statements';
import type { RequestContext } from './request-context';

const DAY_MS = 86_400_000;

/**
 * Asks for a version to go live; the workflow judges the gates and waits for another person. The one who asks signs in for
 * this action, and the notary signs what was asked.
 */
export async function propose(
  context: RequestContext,
  versionId: string,
  { openDays, purpose, requestId = randomUUID() }: { openDays: number; purpose: string; requestId?: string },
): Promise<{ requestId: string; versionId: string }> {
  requireRole(context.token, 'promotion.request');
  const version = await getVersion(context.db, versionId);
  await signedVersion(context.db, version.versionId);
  const about = { slot: version.slot, versionId: version.versionId, requestId };
  const idToken = await context.evidence(nonceOf({ permission: 'promotion.request', ...about }));
  const envelope = await context.notary.request({ ...about, idToken });
  const at = context.clock();
  await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'promotion.request', purpose, at);
    const statementId = await storeStatement(tx, {
      versionId: about.versionId,
      predicateType: PREDICATE.request,
      envelope,
      audit,
      at,
    });
    await tx('ml.promotion_request').insert({
      request_id: about.requestId,
      version_id: about.versionId,
      slot: about.slot,
      action_id: audit.actionId,
      statement_id: statementId,
      requested_at: at,
      expires_at: new Date(at.getTime() + openDays * DAY_MS),
    });
    const subject = { kind: 'promotion-request', id: about.requestId };
    await append(tx, audit, { event: 'promotion.requested', subject, after: about.versionId }, at);
  });
  await context.temporal.startPromotion(about.requestId, about.slot);
  return { requestId: about.requestId, versionId: about.versionId };
}

/**
 * Writes a decision and tells the waiting workflow. It is refused here by rule, by the notary, which checks both people's
 * tokens before it signs, and again by the database; the workflow then checks what was written.
 */
export async function decide(
  context: RequestContext,
  id: string,
  verdict: Exclude<Verdict, 'expired'>,
  reason: string,
): Promise<{ requestId: string; verdict: string }> {
  if (reason.trim().length < 3) throw notAllowed('a decision needs a reason', 'Give one with --reason "…".');
  const request = await getRequest(context.db, id);
  const { requestId, versionId, slot } = request;
  const permission = verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse';
  requireRole(context.token, permission);
  await refuseEarly(context, request, verdict);
  const about = { slot, versionId, requestId };
  const idToken = await context.evidence(nonceOf({ permission: permission, ...about }));
  const envelope = await context.notary.decision({
    ...about,
    verdict,
    idToken,
    request: request.statementId === undefined ? undefined : await statementById(context.db, request.statementId),
    version: await signedVersion(context.db, versionId),
  });
  const at = context.clock();
  const decisionId = await context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, permission, `deciding ${requestId}`, at);
    await tx('ml.promotion_request').where({ request_id: requestId }).forUpdate().first();
    const closed = decisionProblem((await getRequest(tx, requestId)).state);
    if (closed) throw conflict(`${closed}: request ${requestId}`, 'Ask anew with `utplukk propose`.');
    const statementId = await storeStatement(tx, { versionId, predicateType: PREDICATE.decision, envelope, audit, at });
    const newId = randomUUID();
    await tx('ml.decision').insert({
      decision_id: newId,
      request_id: requestId,
      verdict,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, reason),
      statement_id: statementId,
      decided_at: at,
    });
    await append(
      tx,
      audit,
      { event: `promotion.${verdict}`, subject: { kind: 'promotion-request', id: requestId }, after: versionId },
      at,
    );
    return newId;
  });
  const answer = await context.temporal.decide(requestId, decisionId);
  return { requestId, verdict: answer.verdict };
}

/** Why this person may not approve a request; undefined where they may. */
export function approvalProblem(
  request: PromotionRequest,
  roles: readonly string[],
  principalId: string | undefined,
): string | undefined {
  if (request.state !== 'open') return `the request is ${request.state}`;
  if (!mayDo(roles, 'promotion.approve')) return 'the role approver is needed';
  return (
    principalId &&
    fourEyesProblem('promotion.approve', {
      requester: request.requester,
      trainer: request.trainer,
      decider: principalId,
    })
  );
}

/** What can be said before anybody signs. */
async function refuseEarly(context: RequestContext, request: PromotionRequest, verdict: Verdict): Promise<void> {
  const { requestId } = request;
  const closed = decisionProblem(request.state);
  if (closed) throw conflict(`${closed}: request ${requestId}`, 'Ask anew with `utplukk propose`.');
  if (context.clock() >= request.expiresAt)
    throw conflict(
      `request ${requestId} expired at ${request.expiresAt.toISOString()}`,
      'Ask anew with `utplukk propose`.',
    );
  if (verdict !== 'approved') return;
  const decider = await knownPrincipal(context.db, context.token);
  const problem =
    decider &&
    fourEyesProblem('promotion.approve', { requester: request.requester, trainer: request.trainer, decider });
  if (problem) throw notAllowed(problem, 'Someone else with the role approver decides.');
  const gates = await gatesOf(context.db, requestId);
  if (gates.length === 0)
    throw conflict(
      `the gates of request ${requestId} have not been judged yet`,
      'Try again in a moment; `utplukk show` tells.',
    );
  const overrides = await waiversOf(context.db, requestId);
  const failed = gates
    .filter((gate) => !gate.passed && (overrides.get(gate.gate) ?? 0) < WAIVERS_NEEDED)
    .map((gate) => gate.gate);
  if (failed.length > 0)
    throw notAllowed(
      `request ${requestId} did not pass its gates: ${failed.join(', ')}`,
      'See `utplukk show`; two people can pass over a gate with `utplukk override`.',
    );
}

/** One person's reason for passing over a failed gate; it stays visible. */
export async function waiveGate(
  context: RequestContext,
  id: string,
  gate: string,
  reason: string,
): Promise<{ requestId: string; gate: string; given: number }> {
  if (reason.trim().length < 3) throw notAllowed('passing over a gate needs a reason', 'Give one with --reason "…".');
  const request = await getRequest(context.db, id);
  const { requestId } = request;
  const found = (await gatesOf(context.db, requestId)).find((row) => row.gate === gate);
  if (!found) throw conflict(`request ${requestId} has no gate "${gate}"`, 'See `utplukk show`.');
  if (found.passed) throw conflict(`gate "${gate}" passed: there is nothing to pass over`);
  const closed = decisionProblem(request.state);
  if (closed) throw conflict(`${closed}: request ${requestId}`);
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'gate.waive', `passing over ${gate}`, at);
    const parties = { requester: request.requester, trainer: request.trainer, decider: audit.principalId };
    const problem = fourEyesProblem('gate.waive', parties);
    if (problem) throw notAllowed(problem, 'Two others with the role approver can.');
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.gate_waiver (request_id, gate, principal_id, action_id, reason_id, at) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
      [requestId, gate, audit.principalId, audit.actionId, await storeReason(tx, reason), at],
    );
    if (inserted.rowCount === 0)
      throw conflict(`you gave a reason for gate "${gate}" before`, 'Another person gives the second one.');
    await append(tx, audit, { event: 'gate.overridden', subject: { kind: 'promotion-request', id: requestId } }, at);
    return { requestId, gate, given: (await waiversOf(tx, requestId)).get(gate) ?? 0 };
  });
}
