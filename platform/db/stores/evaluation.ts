import { conflict, notFound } from '../../../domain/errors';
import type { Calibrator } from '../../../domain/schemas/calibration';
import { type Estimate, type EvaluationRow, hasValue } from '../../../domain/schemas/evaluation';
import { recordOnce } from '../../ledger/record';
import { evaluationRoot } from '../../ledger/verify-bulk-rows';
import type { Db, Tx } from '../../postgres/connection';

/** Metrics of a run by family, slice, metric and list length. */
export const evaluationOf = (db: Db | Tx, runId: string): Promise<EvaluationRow[]> =>
  db('ml.evaluation')
    .where({ run_id: runId })
    .select('family', 'slice', 'metric', 'k', 'value', 'lo', 'hi', 'no_value as noValue', 'n', 'method')
    .orderBy(['family', 'slice', 'metric', 'k']);

/** The metrics over all test rows. */
export const overall = (rows: readonly EvaluationRow[]): EvaluationRow[] => rows.filter(({ slice }) => slice === 'all');

/**
 * Average precision of a model version over all test rows of its run; null where they hold no finding.
 * @throws UtplukkError NotFound
 */
export async function averagePrecisionOf(
  db: Db,
  version: { readonly versionId: string; readonly runId: string; readonly family: string },
): Promise<Estimate | null> {
  const found = overall(await evaluationOf(db, version.runId)).find(
    (row) => row.family === version.family && row.metric === 'average-precision',
  );
  if (!found) throw notFound(`model version ${version.versionId} has no evaluation`);
  return hasValue(found) ? found : null;
}

/** Digest of the evaluation document of a run. @throws UtplukkError Conflict if the run was not evaluated */
export async function evaluationDocumentOf(db: Db, runId: string): Promise<string> {
  const row = await db('ml.training_run')
    .where({ run_id: runId })
    .first<{ evaluation_sha256: string | null } | undefined>('evaluation_sha256');
  if (!row?.evaluation_sha256) throw conflict(`run ${runId} has no evaluation document`);
  return row.evaluation_sha256;
}

/** Calibrators that the evaluation of a run fitted, by family. */
export async function calibratorsOf(db: Db, runId: string): Promise<Readonly<Record<string, Calibrator>>> {
  const row = await db('ml.training_run')
    .where({ run_id: runId })
    .first<{ calibrators: Record<string, Calibrator> | null }>('calibrators');
  return row.calibrators ?? {};
}

/** Records the evaluation of a run once: its metrics as rows, its document and calibrators by reference. */
export async function recordEvaluation(
  db: Db,
  done: {
    actionId: string;
    runId: string;
    matrixId: string;
    documentSha256: string;
    calibrators: Readonly<Record<string, Calibrator>>;
    rows: readonly EvaluationRow[];
    at: Date;
  },
): Promise<void> {
  const { runId, documentSha256 } = done;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.evaluation',
      rows: done.rows.map(({ family, slice, metric, k, value, lo, hi, noValue, n, method }) => ({
        run_id: runId,
        family,
        slice,
        metric,
        k,
        value,
        lo,
        hi,
        no_value: noValue,
        n,
        method,
      })),
      audit: done.actionId,
      entry: async () => {
        await tx('ml.training_run')
          .where({ run_id: runId })
          .update({
            matrix_id: done.matrixId,
            calibrators: JSON.stringify(done.calibrators),
            evaluation_sha256: documentSha256,
          });
        return {
          event: 'evaluation.recorded',
          subject: { kind: 'training-run', id: runId },
          after: documentSha256,
          rows: await evaluationRoot(tx, runId),
        };
      },
      at: done.at,
    }),
  );
}
