import { digestOf } from '../../artifacts/hash';
import { recordOnce } from '../../ledger/record';
import type { Db, Tx } from '../../postgres/connection';

/** What the fit of one fold and family produced: contents by digest, and counts of rows. */
export interface FoldResult {
  readonly predictionsSha256: string;
  readonly nuisanceSha256?: string | undefined;
  readonly nuisanceBaseSha256?: string | undefined;
  readonly populationSha256?: string | undefined;
  /** Matrix of all active providers that the fold's model scored besides its test rows. */
  readonly populationMatrixId?: string | undefined;
  readonly validationLoss: number;
  readonly testRows: number;
  readonly testPositives: number;
  readonly trainRows: number;
  readonly unlabeledRows?: number | undefined;
}

export interface FoldRow {
  readonly fold: string;
  readonly family: string;
  readonly content_sha256: string;
  readonly result: FoldResult;
}

/** Results of all folds of a run, by fold and family. */
export const foldResults = (db: Db | Tx, runId: string): Promise<FoldRow[]> =>
  db('ml.fold_result').where({ run_id: runId }).orderBy(['fold', 'family']);

/** Digest of the result of one fold and family, if it has been fitted. */
export async function foldDigest(
  db: Db,
  { runId, fold, family }: { runId: string; fold: string; family: string },
): Promise<string | undefined> {
  const row = await db('ml.fold_result')
    .where({ run_id: runId, fold, family })
    .first<{ content_sha256: string } | undefined>('content_sha256');
  return row?.content_sha256;
}

/** Records the result of a fold once. @returns its digest */
export async function recordFold(
  db: Db,
  fit: { actionId: string; runId: string; fold: string; family: string; result: FoldResult; at: Date },
): Promise<string> {
  const contentSha256 = digestOf(fit.result);
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.fold_result',
      rows: [
        {
          run_id: fit.runId,
          fold: fit.fold,
          family: fit.family,
          content_sha256: contentSha256,
          result: JSON.stringify(fit.result),
        },
      ],
      audit: fit.actionId,
      entry: {
        event: 'fold.trained',
        subject: { kind: 'fold', id: `${fit.runId}/${fit.fold}/${fit.family}` },
        after: contentSha256,
      },
      at: fit.at,
    }),
  );
  return contentSha256;
}
