import type { LeakageVerdict } from '../../../domain/rules/leakage-verdict';
import { conflict, notFound } from '../../../domain/errors';
import type { Db, Tx } from '../../postgres/connection';
import { type AuditContext, append, storeReason } from '../../ledger/append';

export interface LeakageRecord {
  readonly verdict: LeakageVerdict;
  readonly tests: number;
  readonly reasons: number;
  readonly document: unknown;
}

export async function leakageReportOf(db: Db | Tx, runId: string): Promise<LeakageRecord | undefined> {
  const row = await db('ml.leakage_report')
    .where({ run_id: runId })
    .first<{ verdict: LeakageVerdict; tests: number; document: unknown } | undefined>();
  if (!row) return undefined;
  const reasons = await db('ml.leakage_reason').where({ run_id: runId }).select<object[]>('principal_id');
  return { ...row, reasons: reasons.length };
}

/** Twice: the certificate of the first time stands, for the same data give the same one. */
export async function storeLeakageReport(
  tx: Tx,
  audit: AuditContext,
  row: { runId: string; verdict: LeakageVerdict; tests: number; sha256: string; document: unknown },
  at: Date,
): Promise<void> {
  const inserted = await tx.raw<{ rowCount: number }>(
    'insert into ml.leakage_report (run_id, verdict, tests, certificate_sha256, document, made_at) values (?, ?, ?, ?, ?, ?) on conflict do nothing',
    [row.runId, row.verdict, row.tests, row.sha256, JSON.stringify(row.document), at],
  );
  if (inserted.rowCount === 0) return;
  await append(
    tx,
    audit,
    { event: `leakage-check.${row.verdict}`, subject: { kind: 'training-run', id: row.runId }, after: row.sha256 },
    at,
  );
}

/** @throws UtplukkError Conflict where there is nothing to explain, or this person explained it before */
export async function giveReason(tx: Tx, audit: AuditContext, runId: string, words: string, at: Date): Promise<number> {
  const record = await leakageReportOf(tx, runId);
  if (!record) throw notFound(`run ${runId} has no leakage report`);
  if (record.verdict !== 'needs-reason')
    throw conflict(
      `the target-leakage check of run ${runId} is ${record.verdict}`,
      'Only a suspicion can be explained; a structural leak has to be mended in the data.',
    );
  const inserted = await tx.raw<{ rowCount: number }>(
    'insert into ml.leakage_reason (run_id, principal_id, reason_id, action_id, given_at) values (?, ?, ?, ?, ?) on conflict do nothing',
    [runId, audit.principalId, await storeReason(tx, words), audit.actionId, at],
  );
  if (inserted.rowCount === 0)
    throw conflict(`you have given a reason for run ${runId} before`, 'Another person gives the second one.');
  await append(tx, audit, { event: 'leakage-check.explained', subject: { kind: 'training-run', id: runId } }, at);
  return record.reasons + 1;
}
