import type { LeakVerdict } from '../../../domain/rules/leakage-verdict';
import { conflict, notFound } from '../../../domain/errors';
import type { Db, Tx } from '../../postgres/connection';
import { type ActRef, append, storeReason } from '../../ledger/append';

export interface LeakRecord {
  readonly verdict: LeakVerdict;
  readonly tests: number;
  readonly reasons: number;
  readonly document: unknown;
}

export async function leaksOf(db: Db | Tx, runId: string): Promise<LeakRecord | undefined> {
  const row = await db('ml.leak_certificate')
    .where({ run_id: runId })
    .first<{ verdict: LeakVerdict; tests: number; document: unknown } | undefined>();
  if (!row) return undefined;
  const reasons = await db('ml.leak_reason').where({ run_id: runId }).select<object[]>('principal_id');
  return { ...row, reasons: reasons.length };
}

/** Twice: the certificate of the first time stands, for the same data give the same one. */
export async function storeCertificate(
  tx: Tx,
  actor: ActRef,
  row: { runId: string; verdict: LeakVerdict; tests: number; sha256: string; document: unknown },
  at: Date,
): Promise<void> {
  const inserted = await tx.raw<{ rowCount: number }>(
    'insert into ml.leak_certificate (run_id, verdict, tests, certificate_sha256, document, made_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
    [row.runId, row.verdict, row.tests, row.sha256, JSON.stringify(row.document), at],
  );
  if (inserted.rowCount === 0) return;
  await append(
    tx,
    actor,
    { act: `leak-check.${row.verdict}`, subject: { kind: 'training-run', id: row.runId }, after: row.sha256 },
    at,
  );
}

/** @throws UtplukkError Conflict where there is nothing to explain, or this person explained it before */
export async function giveReason(tx: Tx, actor: ActRef, runId: string, words: string, at: Date): Promise<number> {
  const record = await leaksOf(tx, runId);
  if (!record) throw notFound(`run ${runId} has no leak certificate`);
  if (record.verdict !== 'needs-reason')
    throw conflict(
      `the leak check of run ${runId} is ${record.verdict}`,
      'Only a suspicion can be explained; a structural leak has to be mended in the data.',
    );
  const inserted = await tx.raw<{ rowCount: number }>(
    'insert into ml.leak_reason (run_id, principal_id, reason_id, act_id, given_at) values (?, ?, ?, ?, ?) on conflict do nothing',
    [runId, actor.principalId, await storeReason(tx, words), actor.actId, at],
  );
  if (inserted.rowCount === 0)
    throw conflict(`you have given a reason for run ${runId} before`, 'Another person gives the second one.');
  await append(tx, actor, { act: 'leak-check.explained', subject: { kind: 'training-run', id: runId } }, at);
  return record.reasons + 1;
}
