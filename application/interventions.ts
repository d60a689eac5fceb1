import { randomUUID } from 'node:crypto';
import { conflict, notAllowed, notFound } from '../domain/errors';
import { ANSWERS_NEEDED, CONFIRM_HOURS, isSettled } from '../domain/rules/interventions';
import { fourEyesProblem } from '../domain/rules/four-eyes';
import { startAuditedAction } from '../platform/auth/audit-context';
import type { Tx } from '../platform/postgres/connection';
import { interventionsOf, type StoredIntervention } from '../platform/db/stores/interventions';
import { statementById, statementsOf, storeStatement } from '../platform/signing/statement-store';
import { championOf, getVersion, toMirror } from '../platform/db/stores/versions';
import { append, storeReason } from '../platform/ledger/append';
import { nonceOf } from '../platform/signing/step-up-token';
import { verifyDecision, PREDICATE } from '../platform/signing/statements';
import type { Trust } from '../platform/signing/trusted-keys';
import type { RequestContext } from './request-context';

const HOUR_MS = 3_600_000;

const lockChampion = (tx: Tx, slot: string) =>
  tx.raw('select pg_advisory_xact_lock(hashtext(?))', [`champion ${slot}`]);

function wordsOf(reason: string): string {
  if (reason.trim().length < 3) throw notAllowed('an intervention needs a reason', 'Give one with --reason "…".');
  return reason;
}

/** One person stops scoring of a slot at once; two people lift the stop. */
export async function suspendScoring(
  context: RequestContext,
  slot: string,
  reason: string,
): Promise<{ interventionId: string }> {
  const words = wordsOf(reason);
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'scoring.suspend', `stopping scoring of ${slot}`, at);
    await lockChampion(tx, slot);
    const champion = await championOf(tx, slot);
    if (!champion) throw notFound(`no version is live for ${slot}: there is nothing to stop`);
    const interventionId = randomUUID();
    await tx('ml.intervention').insert({
      intervention_id: interventionId,
      slot,
      kind: 'suspend',
      withdrawn_version: champion.versionId,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, words),
      at,
    });
    await append(
      tx,
      audit,
      { event: 'scoring.stopped', subject: { kind: 'slot', id: slot }, before: champion.versionId },
      at,
    );
    return { interventionId };
  });
}

/**
 * One person returns a slot to its earlier champion, on the two-person decision that once made it champion and is still
 * valid. A second person confirms within the set time, or scoring stops; what was withdrawn comes back by a new decision only.
 */
export async function rollBack(
  context: RequestContext & { readonly trust: () => Trust },
  slot: string,
  reason: string,
  confirmHours = CONFIRM_HOURS,
): Promise<{ interventionId: string; from: string; to: string; confirmBy: Date }> {
  const words = wordsOf(reason);
  return context.db.transaction(async (tx) => {
    const at = context.clock();
    const audit = await startAuditedAction(
      tx,
      context.token,
      'scoring.roll-back',
      `returning ${slot} to its earlier version`,
      at,
    );
    await lockChampion(tx, slot);
    const now = await championOf(tx, slot);
    if (!now) throw notFound(`no version is live for ${slot}`);
    const earlier = await earlierChampion(tx, slot, now.versionId, context.trust());
    const interventionId = randomUUID();
    const confirmBy = new Date(at.getTime() + confirmHours * HOUR_MS);
    await tx('ml.champion').insert({
      slot,
      seq: now.seq + 1,
      version_id: earlier.versionId,
      decision_id: earlier.decisionId,
      action_id: audit.actionId,
      live_from: at,
    });
    await tx('ml.intervention').insert({
      intervention_id: interventionId,
      slot,
      kind: 'roll-back',
      withdrawn_version: now.versionId,
      returned_version: earlier.versionId,
      action_id: audit.actionId,
      reason_id: await storeReason(tx, words),
      at,
      confirm_by: confirmBy,
    });
    await toMirror(tx, 'champion', slot);
    const subject = { kind: 'slot', id: slot };
    await append(
      tx,
      audit,
      { event: 'champion.returned', subject, before: now.versionId, after: earlier.versionId },
      at,
    );
    return { interventionId, from: now.versionId, to: earlier.versionId, confirmBy };
  });
}

/** The latest other champion whose signed decision still holds and that was neither withdrawn since nor revoked. */
async function earlierChampion(
  tx: Tx,
  slot: string,
  live: string,
  trust: Trust,
): Promise<{ versionId: string; decisionId: string }> {
  const { rows } = await tx.raw<{
    rows: { version_id: string; decision_id: string; request_id: string; statement_id: string | null }[];
  }>(
    `select c.version_id, c.decision_id, d.request_id, d.statement_id from ml.champion c join ml.decision d using (decision_id)
      where c.slot = ? and c.version_id <> ? and not exists (
        select from ml.intervention e where e.slot = c.slot and e.kind = 'roll-back' and e.withdrawn_version = c.version_id and e.at >= d.decided_at)
      order by c.seq desc limit 20`,
    [slot, live],
  );
  if (rows.length === 0) throw conflict(`${slot} never had another champion to return to`);
  let problem = '';
  for (const row of rows) {
    const revoked = (await statementsOf(tx, row.version_id, PREDICATE.revocation)).length > 0;
    try {
      const envelope = row.statement_id ? await statementById(tx, row.statement_id) : undefined;
      await verifyDecision(envelope, trust, { versionId: row.version_id, slot, requestId: row.request_id });
      if (!revoked) return { versionId: row.version_id, decisionId: row.decision_id };
      problem = `version ${row.version_id.slice(0, 12)} was revoked`;
    } catch (error) {
      problem = (error as Error).message;
    }
  }
  throw conflict(
    `no earlier champion of ${slot} can be returned to: ${problem}`,
    'Promote one by two people, or stop scoring.',
  );
}

/** A second person confirms a return, or one of two lifts a stop. */
export async function answerIntervention(
  context: RequestContext,
  id: string,
  reason: string,
): Promise<{ interventionId: string; answers: number; settled: boolean }> {
  const words = wordsOf(reason);
  const intervention = await findIntervention(context, id);
  const { interventionId, kind } = intervention;
  if (isSettled(intervention)) throw conflict(`intervention ${interventionId.slice(0, 12)} is settled already`);
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(
      tx,
      context.token,
      'intervention.answer',
      `answering intervention ${interventionId}`,
      at,
    );
    const initiator = await tx('aud.action')
      .where({ action_id: intervention.actionId })
      .first<{ principal_id: string }>('principal_id');
    const problem =
      kind === 'roll-back' &&
      fourEyesProblem('intervention.confirm', { requester: initiator.principal_id, decider: audit.principalId });
    if (problem) throw notAllowed(problem, 'Someone else with the role approver confirms.');
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.intervention_answer (intervention_id, principal_id, action_id, reason_id, at) values (?, ?, ?, ?, ?) on conflict do nothing',
      [interventionId, audit.principalId, audit.actionId, await storeReason(tx, words), at],
    );
    if (inserted.rowCount === 0)
      throw conflict(`you answered intervention ${interventionId.slice(0, 12)} before`, 'Another person answers next.');
    const answers = intervention.answers + 1;
    const settled = answers >= ANSWERS_NEEDED[kind];
    const done =
      kind === 'roll-back' ? 'champion.return-confirmed' : settled ? 'scoring.resumed' : 'scoring.resume-asked';
    await append(tx, audit, { event: done, subject: { kind: 'slot', id: intervention.slot } }, at);
    return { interventionId, answers, settled };
  });
}

async function findIntervention(context: Pick<RequestContext, 'db'>, id: string): Promise<StoredIntervention> {
  const found = (await interventionsOf(context.db)).filter(({ interventionId }) => interventionId.startsWith(id));
  if (id.length < 6 || found.length !== 1)
    throw notFound(`there is no intervention ${id}`, 'List them with `utplukk intervention list`.');
  return found[0]!;
}

/** Takes a version out of use for good: scoring refuses it from now on, and no return goes back to it. */
export async function revokeVersion(
  context: RequestContext,
  id: string,
  reason: string,
): Promise<{ versionId: string; statementId: string }> {
  const words = wordsOf(reason);
  const { versionId, slot } = await getVersion(context.db, id);
  const about = { slot, versionId, requestId: randomUUID() };
  const idToken = await context.evidence(nonceOf({ permission: 'version.revoke', ...about }));
  const envelope = await context.notary.revocation({ ...about, idToken });
  const at = context.clock();
  return context.db.transaction(async (tx) => {
    const audit = await startAuditedAction(tx, context.token, 'version.revoke', `revoking ${versionId}`, at);
    const reasonId = await storeReason(tx, words);
    const statementId = await storeStatement(tx, {
      versionId,
      predicateType: PREDICATE.revocation,
      envelope,
      audit,
      at,
    });
    await append(
      tx,
      audit,
      {
        event: 'model-version.revoked',
        subject: { kind: 'model-version', id: versionId },
        after: statementId,
        before: reasonId,
      },
      at,
    );
    return { versionId, statementId };
  });
}
