import { randomUUID } from 'node:crypto';
import { conflict, notAllowed, notFound } from '../domain/errors';
import { ANSWERS_NEEDED, CONFIRM_HOURS } from '../domain/rules/interventions';
import { answerRefusal, rollBackTargets } from '../domain/rules/slot-guards';
import { startAuditedAction } from '../platform/auth/audit-context';
import type { Tx } from '../platform/postgres/connection';
import { interventionsOf, type StoredIntervention } from '../platform/db/stores/interventions';
import { statementById, statementsOf, storeStatement } from '../platform/signing/statement-store';
import { getVersion } from '../platform/db/stores/versions';
import { toMirror } from '../platform/db/stores/mirror-outbox';
import { championHistory, championOf, lockChampion } from '../platform/db/stores/champions';
import { append, storeReason } from '../platform/ledger/append';
import { recordOnce } from '../platform/ledger/record';
import { nonceOf } from '../platform/signing/step-up-token';
import { verifyDecision, PREDICATE } from '../platform/signing/statements';
import type { Trust } from '../platform/signing/trusted-keys';
import type { RequestContext } from './request-context';

const HOUR_MS = 3_600_000;

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
    const champion = await championOf(tx, slot);
    if (!champion) throw notFound(`no version is live for ${slot}: there is nothing to suspend`);
    const interventionId = randomUUID();
    await tx('ml.intervention').insert({
      intervention_id: interventionId,
      slot,
      kind: 'suspend',
      live_version: champion.versionId,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, reason),
      at,
    });
    const subject = { kind: 'slot', id: slot };
    await append(tx, audit, { event: 'scoring.suspended', subject, before: champion.versionId }, at);
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
    const champion = await championOf(tx, slot);
    if (!champion) throw notFound(`no version is live for ${slot}`);
    const earlier = await earlierChampion(tx, slot, context.trust());
    const interventionId = randomUUID();
    const confirmBy = new Date(at.getTime() + confirmHours * HOUR_MS);
    await tx('ml.champion').insert({
      slot,
      seq: champion.seq + 1,
      version_id: earlier.versionId,
      decision_id: earlier.decisionId,
      action_id: audit.actionId,
      live_from: at,
    });
    await tx('ml.intervention').insert({
      intervention_id: interventionId,
      slot,
      kind: 'roll-back',
      live_version: champion.versionId,
      restored_version: earlier.versionId,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, reason),
      at,
      confirm_by: confirmBy,
    });
    await toMirror(tx, 'champion', slot);
    const change = { before: champion.versionId, after: earlier.versionId };
    await append(tx, audit, { event: 'champion.rolled-back', subject: { kind: 'slot', id: slot }, ...change }, at);
    return { interventionId, from: champion.versionId, to: earlier.versionId, confirmBy };
  });
}

/** The latest other champion whose signed decision is valid and that was neither rolled back since nor revoked. */
async function earlierChampion(tx: Tx, slot: string, trust: Trust): Promise<{ versionId: string; decisionId: string }> {
  const rollBacks = (await interventionsOf(tx, slot)).filter(({ kind }) => kind === 'roll-back');
  const candidates = rollBackTargets(await championHistory(tx, slot), rollBacks);
  if (candidates.length === 0) throw conflict(`${slot} never had another champion to roll back to`);
  let problem = '';
  for (const { versionId, decisionId, requestId, statementId } of candidates) {
    const revoked = (await statementsOf(tx, versionId, PREDICATE.revocation)).length > 0;
    try {
      const envelope = statementId ? await statementById(tx, statementId) : undefined;
      await verifyDecision(envelope, trust, { versionId, slot, requestId });
      if (!revoked) return { versionId, decisionId };
      problem = `version ${versionId.slice(0, 12)} was revoked`;
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  throw conflict(
    `no earlier champion of ${slot} can be rolled back to: ${problem}`,
    'Promote one by two people, or suspend scoring.',
  );
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
  { interventionId, kind, slot, answers: before, by }: StoredIntervention,
  reason: string,
): Promise<{ interventionId: string; answers: number; settled: boolean }> {
  const at = clock();
  const purpose = `answering intervention ${interventionId}`;
  const audit = await startAuditedAction(tx, token, 'intervention.answer', purpose, at);
  const refusal = answerRefusal({ kind, answers: before, by }, audit.principalId);
  if (refusal?.code === 'four-eyes') throw notAllowed(refusal.message, 'Someone else with the role approver confirms.');
  if (refusal) throw conflict(`${refusal.message}: ${interventionId.slice(0, 12)}`);
  const answers = before + 1;
  const settled = answers >= ANSWERS_NEEDED[kind];
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
  if (!(await recordOnce(tx, { table: 'ml.intervention_answer', rows: [answer], audit, entry, at })))
    throw conflict(`you answered intervention ${interventionId.slice(0, 12)} before`, 'Another person answers next.');
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
