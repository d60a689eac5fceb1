import { randomUUID } from 'node:crypto';
import { conflict, notAllowed, type UtplukkError } from '../domain/errors';
import type { Verdict } from '../domain/rules/lifecycle';
import { mayDo } from '../domain/rules/roles';
import { fourEyesRefusal, type Refusal } from '../domain/rules/slot-guards';
import { transition } from '../domain/rules/slot-state';
import { startAuditedAction, knownPrincipal, requireRole } from '../platform/auth/audit-context';
import { getRequest, type PromotionRequest } from '../platform/db/stores/promotions';
import { slotStateOf } from '../platform/db/read-models/slot-state';
import { signedVersion, statementById, storeStatement } from '../platform/signing/statement-store';
import { getVersion } from '../platform/db/stores/versions';
import { append, storeReason } from '../platform/ledger/append';
import { recordOnce } from '../platform/ledger/record';
import { nonceOf } from '../platform/signing/step-up-token';
import type { Envelope } from '../platform/signing/dsse';
import { PREDICATE } from '../platform/signing/statements';
import type { Db, Tx } from '../platform/postgres/connection';
import type { RequestContext } from './request-context';

const DAY_MS = 86_400_000;
const NEW_REQUEST = 'Make a new request: `utplukk promotion request`.';

/**
 * Requests that a version goes live. The workflow evaluates the gates and waits for another person. The requester
 * confirms the action by a step-up sign-in, and the notary signs the request.
 * @throws UtplukkError NotAllowed for a missing role, NotFound for no such version or one without a signed statement
 */
export async function requestPromotion(
  context: RequestContext,
  versionId: string,
  { openDays, purpose, requestId = randomUUID() }: { openDays: number; purpose: string; requestId?: string },
): Promise<{ requestId: string; versionId: string }> {
  requireRole(context.token, 'promotion.request');
  const version = await getVersion(context.db, versionId);
  await signedVersion(context.db, version.versionId);
  const about = { slot: version.slot, versionId: version.versionId, requestId };
  const idToken = await context.stepUpToken(nonceOf({ permission: 'promotion.request', ...about }));
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
 * Stores a decision and sends it to the waiting workflow. Four eyes are checked here by rule, by the notary, which
 * verifies both people's tokens before it signs, and by the database; the workflow then verifies the stored row.
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
  // What can be refused is refused before anybody signs. A person not seen before is neither requester nor trainer.
  const decider = (await knownPrincipal(context.db, context.token)) ?? context.token.subject;
  await assertMayDecide(context.db, context, request, { verdict, decider });
  const about = { slot, versionId, requestId };
  const idToken = await context.stepUpToken(nonceOf({ permission, ...about }));
  const envelope = await context.notary.decision({
    ...about,
    verdict,
    idToken,
    request: request.statementId === undefined ? undefined : await statementById(context.db, request.statementId),
    version: await signedVersion(context.db, versionId),
  });
  const decisionId = await context.db.transaction((tx) =>
    insertDecision(tx, context, request, { verdict, permission, reason, envelope }),
  );
  const answer = await context.temporal.decide(requestId, decisionId);
  return { requestId, verdict: answer.verdict };
}

interface NewDecision {
  readonly verdict: Exclude<Verdict, 'expired'>;
  readonly permission: 'promotion.approve' | 'promotion.refuse';
  readonly reason: string;
  readonly envelope: Envelope;
}

async function insertDecision(
  tx: Tx,
  context: Pick<RequestContext, 'token' | 'clock'>,
  { requestId, versionId, slot }: Pick<PromotionRequest, 'requestId' | 'versionId' | 'slot'>,
  { verdict, permission, reason, envelope }: NewDecision,
): Promise<string> {
  const at = context.clock();
  const audit = await startAuditedAction(tx, context.token, permission, `deciding ${requestId}`, at);
  await lockRequest(tx, requestId);
  await assertMayDecide(tx, context, { requestId, slot }, { verdict, decider: audit.principalId });
  const statementId = await storeStatement(tx, { versionId, predicateType: PREDICATE.decision, envelope, audit, at });
  const decisionId = randomUUID();
  await tx('ml.decision').insert({
    decision_id: decisionId,
    request_id: requestId,
    verdict,
    action_id: audit.actionId,
    reason_id: await storeReason(tx, reason),
    statement_id: statementId,
    decided_at: at,
  });
  const subject = { kind: 'promotion-request', id: requestId };
  await append(tx, audit, { event: `promotion.${verdict}`, subject, after: versionId }, at);
  return decisionId;
}

/** Serializes what people do to a request until the transaction ends. */
async function lockRequest(tx: Tx, requestId: string): Promise<void> {
  await tx('ml.promotion_request').where({ request_id: requestId }).forUpdate().first();
}

/** Why this person may not approve a request, for the page; undefined where they may. */
export function approvalProblem(
  request: PromotionRequest,
  roles: readonly string[],
  principalId: string | undefined,
): string | undefined {
  if (request.state !== 'open') return `the request is ${request.state}`;
  if (!mayDo(roles, 'promotion.approve')) return 'the role approver is needed';
  return principalId && fourEyesRefusal('promotion.approve', request, principalId)?.message;
}

/** @throws UtplukkError where the slot's state machine refuses the decision of this principal */
async function assertMayDecide(
  db: Db | Tx,
  { token, clock }: Pick<RequestContext, 'token' | 'clock'>,
  { requestId, slot }: Pick<PromotionRequest, 'requestId' | 'slot'>,
  { verdict, decider }: { verdict: Exclude<Verdict, 'expired'>; decider: string },
): Promise<void> {
  const command = { kind: 'decide', by: { id: decider, roles: token.roles }, requestId, verdict } as const;
  const { refusal } = transition(await slotStateOf(db, slot, requestId), command, clock());
  if (refusal) throw refusalError(refusal, requestId);
}

/** What a person can do about a refusal. */
const NEXT: Readonly<Partial<Record<Refusal['code'], string>>> = {
  closed: NEW_REQUEST,
  expired: NEW_REQUEST,
  'four-eyes': 'Someone else with the role approver can.',
  'gates-pending': 'Try again in a moment; `utplukk promotion show` shows them.',
  'gates-failed': 'See `utplukk promotion show`; two people can waive a gate with `utplukk promotion waive`.',
  'no-such': 'See `utplukk promotion show`.',
  repeated: 'Another person gives the second reason.',
};

function refusalError({ code, message }: Refusal, requestId: string): UtplukkError {
  const isForbidden = code === 'four-eyes' || code === 'gates-failed' || code === 'role';
  return (isForbidden ? notAllowed : conflict)(`${message} (request ${requestId})`, NEXT[code]);
}

/**
 * Stores one person's reason to waive a failed gate; it stays visible, and two different people are needed.
 * @throws UtplukkError Conflict for a gate that passed or that this person has waived, NotAllowed for requester and
 *   trainer
 */
export async function waiveGate(
  context: RequestContext,
  id: string,
  gate: string,
  reason: string,
): Promise<{ requestId: string; gate: string; waivers: number }> {
  if (reason.trim().length < 3) throw notAllowed('waiving a gate needs a reason', 'Give one with --reason "…".');
  const request = await getRequest(context.db, id);
  const { requestId, slot } = request;
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'gate.waive', `waiving ${gate}`, at);
    await lockRequest(tx, requestId);
    const command = {
      kind: 'waive',
      by: { id: audit.principalId, roles: context.token.roles },
      requestId,
      gate,
    } as const;
    const { state, refusal } = transition(await slotStateOf(tx, slot, requestId), command, at);
    if (refusal) throw refusalError(refusal, requestId);
    const waiver = {
      request_id: requestId,
      gate,
      principal_id: audit.principalId,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, reason),
      at,
    };
    const entry = { event: 'gate.waived', subject: { kind: 'promotion-request', id: requestId } };
    await recordOnce(tx, { table: 'ml.gate_waiver', rows: [waiver], audit, entry, at });
    const waivers = state.requests[requestId]!.waivers.filter((one) => one.gate === gate).length;
    return { requestId, gate, waivers };
  });
}
