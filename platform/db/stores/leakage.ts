import { conflict, notFound } from '../../../domain/errors';
import type { LeakageVerdict } from '../../../domain/rules/leakage-verdict';
import { type AuditContext, storeReason } from '../../ledger/append';
import { recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';

export interface LeakageRecord {
  readonly verdict: LeakageVerdict;
  readonly tests: number;
  /** How many different people have explained what the check suspects. */
  readonly reasons: number;
  readonly document: unknown;
}

/** The leakage report of a run; undefined before the check has run. */
export async function leakageReportOf(db: Db | Tx, runId: string): Promise<LeakageRecord | undefined> {
  const row = await db('ml.leakage_report')
    .where({ run_id: runId })
    .first<{ verdict: LeakageVerdict; tests: number; document: unknown } | undefined>();
  if (!row) return undefined;
  const reasons = await db('ml.leakage_reason').where({ run_id: runId }).select<object[]>('principal_id');
  return { ...row, reasons: reasons.length };
}

/** Records the leakage report of a run once. */
export async function recordLeakageReport(
  db: Db,
  report: {
    readonly runId: string;
    readonly actionId: string;
    readonly verdict: LeakageVerdict;
    readonly tests: number;
    readonly sha256: string;
    readonly document: unknown;
  },
  at: Date,
): Promise<void> {
  const { runId, verdict, sha256 } = report;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.leakage_report',
      rows: [
        {
          run_id: runId,
          verdict,
          tests: report.tests,
          report_sha256: sha256,
          document: JSON.stringify(report.document),
          made_at: at,
        },
      ],
      audit: report.actionId,
      entry: { event: `leakage-check.${verdict}`, subject: { kind: 'training-run', id: runId }, after: sha256 },
      at,
    }),
  );
}

/**
 * Records one person's reason why a suspected leak is none. @returns how many people have given one
 * @throws UtplukkError Conflict where there is nothing to explain, or this person explained it before
 */
export async function giveReason(
  tx: Tx,
  audit: AuditContext,
  runId: string,
  reason: string,
  at: Date,
): Promise<number> {
  const record = await leakageReportOf(tx, runId);
  if (!record) throw notFound(`run ${runId} has no leakage report`);
  if (record.verdict !== 'needs-reason')
    throw conflict(
      `the target-leakage check of run ${runId} is ${record.verdict}`,
      'Only a suspicion can be explained; a structural leak has to be corrected in the data.',
    );
  const given = await recordOnce(tx, {
    table: 'ml.leakage_reason',
    rows: [
      {
        run_id: runId,
        principal_id: audit.principalId,
        reason_id: await storeReason(tx, reason),
        action_id: audit.actionId,
        given_at: at,
      },
    ],
    audit,
    entry: { event: 'leakage-check.explained', subject: { kind: 'training-run', id: runId } },
    at,
  });
  if (!given) throw conflict(`you have given a reason for run ${runId} before`, 'Another person gives the second one.');
  return record.reasons + 1;
}
