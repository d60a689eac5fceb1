import { randomUUID } from 'node:crypto';
import { conflict, notAllowed, notFound, type UtplukkError } from '../domain/errors';
import { CONFIRM_HOURS, isSettled } from '../domain/rules/interventions';
import type { Refusal } from '../domain/rules/slot-guards';
import { transition } from '../domain/rules/slot-state';
import { startAuditedAction } from '../platform/auth/audit-context';
import type { Tx } from '../platform/postgres/connection';
import { interventionsOf, type StoredIntervention } from '../platform/db/stores/interventions';
import { statementById, statementsOf, storeStatement } from '../platform/signing/statement-store';
import { getVersion } from '../platform/db/stores/versions';
import { toMirror } from '../platform/db/stores/mirror-outbox';
import { championHistory, championOf, lockChampion, type PastChampion } from '../platform/db/stores/champions';
import { slotStateOf } from '../platform/db/read-models/slot-state';
import { append, storeReason } from '../platform/ledger/append';
import { recordOnce } from '../platform/ledger/record';
import { nonceOf } from '../platform/signing/step-up-token';
import { verifyDecision, PREDICATE } from '../platform/signing/statements';
import type { Trust } from '../platform/signing/trusted-keys';
import type { RequestContext } from './request-context';

function assertReason(reason: string): void {
  if (reason.trim().length < 3) throw notAllowed('an intervention needs a reason', 'Give one with --reason "…".');
}

/**
 * Suspends scoring of a slot at once, by one person; two people lift the suspension.
 * @throws UtplukkError NotFound where no version is live
 */
export async function suspendScoring(
  context: RequestContext,
  slot: string,
  reason: string,
): Promise<{ interventionId: string }> {
  assertReason(reason);
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'scoring.suspend', `suspending scoring of ${slot}`, at);
    await lockChampion(tx, slot);
    const interventionId = randomUUID();
    const by = { id: audit.principalId, roles: context.token.roles };
    const { state, refusal } = transition(await slotStateOf(tx, slot), { kind: 'suspend', by, interventionId }, at);
    if (refusal) throw refusalError(refusal, slot);
    const { liveVersion } = state.interventions.at(-1)!;
    await tx('ml.intervention').insert({
      intervention_id: interventionId,
      slot,
      kind: 'suspend',
      live_version: liveVersion,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, reason),
      at,
    });
    const subject = { kind: 'slot', id: slot };
    await append(tx, audit, { event: 'scoring.suspended', subject, before: liveVersion }, at);
    return { interventionId };
  });
}

/**
 * Rolls a slot back to its earlier champion, by one person, on the two-person decision that once promoted it and is
 * still valid. A second person confirms within `confirmHours`, or scoring stops. The version that was rolled back can
 * only return by a new decision of two people.
 * @throws UtplukkError NotFound where no version is live, Conflict where there is no earlier champion to roll back to
 */
export async function rollBack(
  context: RequestContext & { readonly trust: () => Trust },
  slot: string,
  reason: string,
  confirmHours = CONFIRM_HOURS,
): Promise<{ interventionId: string; from: string; to: string; confirmBy: Date }> {
  assertReason(reason);
  return context.db.transaction(async (tx) => {
    const at = context.clock();
    const purpose = `rolling ${slot} back to its earlier version`;
    const audit = await startAuditedAction(tx, context.token, 'scoring.roll-back', purpose, at);
    await lockChampion(tx, slot);
    const interventionId = randomUUID();
    const history = await championHistory(tx, slot);
    const invalidDecisions = await invalidDecisionsOf(tx, slot, history, context.trust());
    const by = { id: audit.principalId, roles: context.token.roles };
    const command = { kind: 'roll-back', by, interventionId, confirmHours, invalidDecisions } as const;
    const { state, refusal } = transition(await slotStateOf(tx, slot), command, at);
    if (refusal) throw refusalError(refusal, slot);
    const { liveVersion, confirmBy } = state.interventions.at(-1)!;
    const { requestId, versionId } = state.champions.at(-1)!;
    const decisionId = history.find((champion) => champion.requestId === requestId)!.decisionId;
    const { seq } = (await championOf(tx, slot))!;
    await tx('ml.champion').insert({
      slot,
      seq: seq + 1,
      version_id: versionId,
      decision_id: decisionId,
      action_id: audit.actionId,
      live_from: at,
    });
    await tx('ml.intervention').insert({
      intervention_id: interventionId,
      slot,
      kind: 'roll-back',
      live_version: liveVersion,
      restored_version: versionId,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, reason),
      at,
      confirm_by: confirmBy,
    });
    await toMirror(tx, 'champion', slot);
    const change = { before: liveVersion, after: versionId };
    await append(tx, audit, { event: 'champion.rolled-back', subject: { kind: 'slot', id: slot }, ...change }, at);
    return { interventionId, from: liveVersion, to: versionId, confirmBy: confirmBy! };
  });
}

/** By request: why the decision behind a champion no longer counts, of those whose signature or version fails. */
async function invalidDecisionsOf(
  tx: Tx,
  slot: string,
  history: readonly PastChampion[],
  trust: Trust,
): Promise<Map<string, string>> {
  const invalid = new Map<string, string>();
  for (const { versionId, requestId, statementId } of history) {
    try {
      const envelope = statementId ? await statementById(tx, statementId) : undefined;
      await verifyDecision(envelope, trust, { versionId, slot, requestId });
    } catch (error) {
      invalid.set(requestId, (error as Error).message);
    }
    if ((await statementsOf(tx, versionId, PREDICATE.revocation)).length > 0)
      invalid.set(requestId, `version ${versionId.slice(0, 12)} was revoked`);
  }
  return invalid;
}

/** What a person can do about a refusal. */
const NEXT: Readonly<Partial<Record<Refusal['code'], string>>> = {
  'no-champion': 'Propose and approve one first: `utplukk promotion request <version>`.',
  'no-valid-target': 'Promote one by two people, or suspend scoring.',
  'four-eyes': 'Someone else with the role approver confirms.',
  repeated: 'Another person answers next.',
};

/** @param about the slot or the intervention that was asked about */
function refusalError({ code, message }: Refusal, about: string): UtplukkError {
  const make = code === 'no-champion' ? notFound : code === 'four-eyes' ? notAllowed : conflict;
  return make(`${message}: ${about}`, NEXT[code]);
}

/**
 * Confirms a roll-back as its second person, or agrees as one of two to lift a suspension.
 * @throws UtplukkError NotFound, Conflict for a settled intervention or a second answer of the same person,
 *   NotAllowed for the person who rolled back
 */
export async function answerIntervention(
  context: RequestContext,
  id: string,
  reason: string,
): Promise<{ interventionId: string; answers: number; settled: boolean }> {
  assertReason(reason);
  const intervention = await findIntervention(context, id);
  return context.db.transaction((tx) => insertAnswer(tx, context, intervention, reason));
}

async function insertAnswer(
  tx: Tx,
  { token, clock }: Pick<RequestContext, 'token' | 'clock'>,
  { interventionId, kind, slot }: StoredIntervention,
  reason: string,
): Promise<{ interventionId: string; answers: number; settled: boolean }> {
  const at = clock();
  const purpose = `answering intervention ${interventionId}`;
  const audit = await startAuditedAction(tx, token, 'intervention.answer', purpose, at);
  await lockChampion(tx, slot);
  const by = { id: audit.principalId, roles: token.roles };
  const { state, refusal } = transition(await slotStateOf(tx, slot), { kind: 'answer', by, interventionId }, at);
  if (refusal) throw refusalError(refusal, interventionId.slice(0, 12));
  const { answers } = state.interventions.find((one) => one.interventionId === interventionId)!;
  const settled = isSettled({ kind, answers });
  const lifted = settled ? 'scoring.resumed' : 'scoring.resume-requested';
  const event = kind === 'roll-back' ? 'champion.roll-back-confirmed' : lifted;
  const answer = {
    intervention_id: interventionId,
    principal_id: audit.principalId,
    action_id: audit.actionId,
    reason_id: await storeReason(tx, reason),
    at,
  };
  const entry = { event, subject: { kind: 'slot', id: slot } };
  await recordOnce(tx, { table: 'ml.intervention_answer', rows: [answer], audit, entry, at });
  return { interventionId, answers, settled };
}

async function findIntervention(context: Pick<RequestContext, 'db'>, id: string): Promise<StoredIntervention> {
  const found = (await interventionsOf(context.db)).filter(({ interventionId }) => interventionId.startsWith(id));
  if (id.length < 6 || found.length !== 1)
    throw notFound(`there is no intervention ${id}`, 'List them with `utplukk slot interventions`.');
  return found[0]!;
}

/**
 * Revokes a version for good: scoring refuses it from now on, and no roll-back goes to it. The notary signs the
 * revocation after a step-up sign-in.
 */
export async function revokeVersion(
  context: RequestContext,
  id: string,
  reason: string,
): Promise<{ versionId: string; statementId: string }> {
  assertReason(reason);
  const { versionId, slot } = await getVersion(context.db, id);
  const about = { slot, versionId, requestId: randomUUID() };
  const idToken = await context.stepUpToken(nonceOf({ permission: 'version.revoke', ...about }));
  const envelope = await context.notary.revocation({ ...about, idToken });
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'version.revoke', `revoking ${versionId}`, at);
    const reasonId = await storeReason(tx, reason);
    const predicateType = PREDICATE.revocation;
    const statementId = await storeStatement(tx, { versionId, predicateType, envelope, audit, at });
    const subject = { kind: 'model-version', id: versionId };
    const entry = { event: 'model-version.revoked', subject, after: statementId, before: reasonId };
    await append(tx, audit, entry, at);
    return { versionId, statementId };
  });
}
