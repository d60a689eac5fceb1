import { randomUUID } from 'node:crypto';
import { conflict, notAllowed, notFound } from '../../domain/errors';
import { decisionProblem, fourEyesProblem, type Verdict } from '../../domain/rules/lifecycle';
import { beginAct } from '../auth/acts';
import { getRequest } from '../db/stores/promotions';
import { championOf, getVersion, toMirror } from '../db/stores/versions';
import { append, storeReason } from '../ledger/ledger';
import type { Command } from './context';

const DAY_MS = 86_400_000;

/** Asks for a version to go live in its slot; the workflow judges the gates and waits for another person. */
export async function propose(
  command: Command,
  versionId: string,
  { openDays, purpose }: { openDays: number; purpose: string },
): Promise<{ requestId: string; versionId: string }> {
  const version = await getVersion(command.db, versionId);
  const requestId = randomUUID();
  const at = command.clock();
  await command.db.transaction(async (tx) => {
    const act = await beginAct(tx, command.token, 'promotion.request', purpose, at);
    await tx('ml.promotion_request').insert({
      request_id: requestId,
      version_id: version.versionId,
      slot: version.slot,
      act_id: act.actId,
      requested_at: at,
      expires_at: new Date(at.getTime() + openDays * DAY_MS),
    });
    await append(
      tx,
      act,
      { act: 'promotion.requested', subject: { kind: 'promotion-request', id: requestId }, after: version.versionId },
      at,
    );
  });
  await command.temporal.startPromotion(requestId, version.slot);
  return { requestId, versionId: version.versionId };
}

/**
 * Writes a decision and tells the waiting workflow. The row is refused here by rule and again by the database; the
 * workflow then checks what was written. Deciding twice the same way by the same person only tells the workflow again.
 */
export async function decide(
  command: Command,
  id: string,
  verdict: Exclude<Verdict, 'expired'>,
  reason: string,
): Promise<{ requestId: string; verdict: string }> {
  if (reason.trim().length < 3) throw notAllowed('a decision needs a reason', 'Give one with --reason "…".');
  const request = await getRequest(command.db, id);
  const { requestId } = request;
  const at = command.clock();
  const decisionId = await command.db.transaction(async (tx) => {
    const act = await beginAct(
      tx,
      command.token,
      verdict === 'approved' ? 'promotion.approve' : 'promotion.refuse',
      `deciding ${requestId}`,
      at,
    );
    const closed = decisionProblem(request.state);
    if (closed) throw conflict(`${closed}: request ${requestId}`, 'Ask anew with `utplukk propose`.');
    if (at >= request.expiresAt)
      throw conflict(`request ${requestId} expired at ${request.expiresAt.toISOString()}`, 'Ask anew with `utplukk propose`.');
    if (verdict === 'approved') {
      const problem = fourEyesProblem({ requester: request.requester, trainer: request.trainer, decider: act.principalId });
      if (problem) throw notAllowed(problem, 'Someone else with the role approver decides.');
      const gates = await tx('ml.gate_result').where({ request_id: requestId }).select<{ passed: boolean }[]>('passed');
      if (gates.length === 0)
        throw conflict(`the gates of request ${requestId} have not been judged yet`, 'Try again in a moment; `utplukk show` tells.');
      if (gates.some((gate) => !gate.passed)) throw notAllowed(`request ${requestId} did not pass its gates`, 'See `utplukk show`.');
    }
    const newId = randomUUID();
    const reasonId = await storeReason(tx, reason);
    await tx('ml.decision').insert({
      decision_id: newId,
      request_id: requestId,
      verdict,
      act_id: act.actId,
      reason_id: reasonId,
      decided_at: at,
    });
    await append(
      tx,
      act,
      { act: `promotion.${verdict}`, subject: { kind: 'promotion-request', id: requestId }, after: request.versionId },
      at,
    );
    return newId;
  });
  const answer = await command.temporal.decide(requestId, decisionId);
  return { requestId, verdict: answer.verdict };
}

/** Returns a slot to its earlier champion, on the two-person decision that once made it champion. */
export async function rollback(command: Command, slot: string, reason: string): Promise<{ from: string; to: string }> {
  const at = command.clock();
  return command.db.transaction(async (tx) => {
    const act = await beginAct(tx, command.token, 'champion.rollback', `rolling back ${slot}`, at);
    await tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`champion ${slot}`]);
    const now = await championOf(tx, slot);
    if (!now) throw notFound(`no version is live for ${slot}`);
    const earlier = await tx('ml.champion')
      .where({ slot })
      .whereNot({ version_id: now.versionId })
      .orderBy('seq', 'desc')
      .first<{ version_id: string; decision_id: string } | undefined>();
    if (!earlier) throw conflict(`${slot} never had another champion to return to`);
    await storeReason(tx, reason);
    await tx('ml.champion').insert({
      slot,
      seq: now.seq + 1,
      version_id: earlier.version_id,
      decision_id: earlier.decision_id,
      act_id: act.actId,
      live_from: at,
    });
    await toMirror(tx, 'champion', slot);
    await append(
      tx,
      act,
      { act: 'champion.rolled-back', subject: { kind: 'slot', id: slot }, before: now.versionId, after: earlier.version_id },
      at,
    );
    return { from: now.versionId, to: earlier.version_id };
  });
}
