import { randomUUID } from 'node:crypto';
import { conflict, notAllowed } from '../domain/errors';
import { fourEyesProblem } from '../domain/rules/four-eyes';
import { decisionProblem, OVERRIDES_NEEDED, type Verdict } from '../domain/rules/lifecycle';
import { mayDo } from '../domain/rules/roles';
import { beginAct, knownPrincipal, requireRole } from '../platform/auth/audit-context';
import { gatesOf, getRequest, overridesOf, type PromotionRequest } from '../platform/db/stores/promotions';
import { signedVersion, statementById, storeStatement } from '../platform/signing/statement-store';
import { getVersion } from '../platform/db/stores/versions';
import { append, storeReason } from '../platform/ledger/append';
import { nonceOf } from '../platform/signing/step-up-token';
import { PREDICATE } from '../platform/signing/statements';
import type { Command } from './request-context';

const DAY_MS = 86_400_000;

/**
 * Asks for a version to go live; the workflow judges the gates and waits for another person. The one who asks signs in for
 * this act, and the notary signs what was asked.
 */
export async function propose(
  command: Command,
  versionId: string,
  { openDays, purpose, requestId = randomUUID() }: { openDays: number; purpose: string; requestId?: string },
): Promise<{ requestId: string; versionId: string }> {
  requireRole(command.token, 'promotion.request');
  const version = await getVersion(command.db, versionId);
  await signedVersion(command.db, version.versionId);
  const about = { slot: version.slot, versionId: version.versionId, requestId };
  const idToken = await command.evidence(nonceOf({ act: 'promotion.request', ...about }));
  const envelope = await command.notary.request({ ...about, idToken });
  const at = command.clock();
  await command.db.transaction(async (tx) => {
    const act = await beginAct(tx, command.token, 'promotion.request', purpose, at);
    const statementId = await storeStatement(tx, {
      versionId: about.versionId,
      predicateType: PREDICATE.request,
      envelope,
      act,
      at,
    });
    await tx('ml.promotion_request').insert({
      request_id: about.requestId,
      version_id: about.versionId,
      slot: about.slot,
      act_id: act.actId,
      statement_id: statementId,
      requested_at: at,
      expires_at: new Date(at.getTime() + openDays * DAY_MS),
    });
    const subject = { kind: 'promotion-request', id: about.requestId };
    await append(tx, act, { act: 'promotion.requested', subject, after: about.versionId }, at);
  });
  await command.temporal.startPromotion(about.requestId, about.slot);
  return { requestId: about.requestId, versionId: about.versionId };
}

/**
 * Writes a decision and tells the waiting workflow. It is refused here by rule, by the notary, which checks both people's
 * tokens before it signs, and again by the database; the workflow then checks what was written.
 */
export async function decide(
  command: Command,
  id: string,
  verdict: Exclude<Verdict, 'expired'>,
  reason: string,
): Promise<{ requestId: string; verdict: string }> {
  if (reason.trim().length < 3) throw notAllowed('a decision needs a reason', 'Give one with --reason "…".');
  const request = await getRequest(command.db, id);
  const { requestId, versionId, slot } = request;
  const permission = verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse';
  requireRole(command.token, permission);
  await refuseEarly(command, request, verdict);
  const about = { slot, versionId, requestId };
  const idToken = await command.evidence(nonceOf({ act: permission, ...about }));
  const envelope = await command.notary.decision({
    ...about,
    verdict,
    idToken,
    request: request.statementId === undefined ? undefined : await statementById(command.db, request.statementId),
    version: await signedVersion(command.db, versionId),
  });
  const at = command.clock();
  const decisionId = await command.db.transaction(async (tx) => {
    const act = await beginAct(tx, command.token, permission, `deciding ${requestId}`, at);
    await tx('ml.promotion_request').where({ request_id: requestId }).forUpdate().first();
    const closed = decisionProblem((await getRequest(tx, requestId)).state);
    if (closed) throw conflict(`${closed}: request ${requestId}`, 'Ask anew with `utplukk propose`.');
    const statementId = await storeStatement(tx, { versionId, predicateType: PREDICATE.decision, envelope, act, at });
    const newId = randomUUID();
    await tx('ml.decision').insert({
      decision_id: newId,
      request_id: requestId,
      verdict,
      act_id: act.actId,
      reason_id: await storeReason(tx, reason),
      statement_id: statementId,
      decided_at: at,
    });
    await append(
      tx,
      act,
      { act: `promotion.${verdict}`, subject: { kind: 'promotion-request', id: requestId }, after: versionId },
      at,
    );
    return newId;
  });
  const answer = await command.temporal.decide(requestId, decisionId);
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
async function refuseEarly(command: Command, request: PromotionRequest, verdict: Verdict): Promise<void> {
  const { requestId } = request;
  const closed = decisionProblem(request.state);
  if (closed) throw conflict(`${closed}: request ${requestId}`, 'Ask anew with `utplukk propose`.');
  if (command.clock() >= request.expiresAt)
    throw conflict(
      `request ${requestId} expired at ${request.expiresAt.toISOString()}`,
      'Ask anew with `utplukk propose`.',
    );
  if (verdict !== 'approved') return;
  const decider = await knownPrincipal(command.db, command.token);
  const problem =
    decider &&
    fourEyesProblem('promotion.approve', { requester: request.requester, trainer: request.trainer, decider });
  if (problem) throw notAllowed(problem, 'Someone else with the role approver decides.');
  const gates = await gatesOf(command.db, requestId);
  if (gates.length === 0)
    throw conflict(
      `the gates of request ${requestId} have not been judged yet`,
      'Try again in a moment; `utplukk show` tells.',
    );
  const overrides = await overridesOf(command.db, requestId);
  const failed = gates
    .filter((gate) => !gate.passed && (overrides.get(gate.gate) ?? 0) < OVERRIDES_NEEDED)
    .map((gate) => gate.gate);
  if (failed.length > 0)
    throw notAllowed(
      `request ${requestId} did not pass its gates: ${failed.join(', ')}`,
      'See `utplukk show`; two people can pass over a gate with `utplukk override`.',
    );
}

/** One person's reason for passing over a failed gate; it stays visible. */
export async function overrideGate(
  command: Command,
  id: string,
  gate: string,
  reason: string,
): Promise<{ requestId: string; gate: string; given: number }> {
  if (reason.trim().length < 3) throw notAllowed('passing over a gate needs a reason', 'Give one with --reason "…".');
  const request = await getRequest(command.db, id);
  const { requestId } = request;
  const found = (await gatesOf(command.db, requestId)).find((row) => row.gate === gate);
  if (!found) throw conflict(`request ${requestId} has no gate "${gate}"`, 'See `utplukk show`.');
  if (found.passed) throw conflict(`gate "${gate}" passed: there is nothing to pass over`);
  const closed = decisionProblem(request.state);
  if (closed) throw conflict(`${closed}: request ${requestId}`);
  const at = command.clock();
  return command.db.transaction(async (tx) => {
    const act = await beginAct(tx, command.token, 'gate.override', `passing over ${gate}`, at);
    const parties = { requester: request.requester, trainer: request.trainer, decider: act.principalId };
    const problem = fourEyesProblem('gate.override', parties);
    if (problem) throw notAllowed(problem, 'Two others with the role approver can.');
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.gate_override (request_id, gate, principal_id, act_id, reason_id, at) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
      [requestId, gate, act.principalId, act.actId, await storeReason(tx, reason), at],
    );
    if (inserted.rowCount === 0)
      throw conflict(`you gave a reason for gate "${gate}" before`, 'Another person gives the second one.');
    await append(tx, act, { act: 'gate.overridden', subject: { kind: 'promotion-request', id: requestId } }, at);
    return { requestId, gate, given: (await overridesOf(tx, requestId)).get(gate) ?? 0 };
  });
}
