import type { Instant } from '../../domain/time/instant';
import type { MatrixMeta } from '../../domain/schemas/matrix';
import { canonical, digestOf } from '../artifacts/hash';
import { type AuditContext, append } from '../ledger/append';
import { insertNew } from '../ledger/record';
import type { Db } from '../postgres/connection';
import type { WrittenMatrix } from './write-matrix';

/** Code and query engine that build a matrix. */
interface Builder {
  readonly code: string;
  readonly engine: string;
}

/** A file in the store and how its columns are read. */
interface TableOrigin {
  readonly fileSha256: string;
  readonly fileName: string;
  readonly mapping: unknown;
}

/**
 * Everything that a matrix depends on. Equal recipes give equal matrices, so the recipe's digest finds an existing
 * one.
 */
export type MatrixRecipe = Builder &
  (
    | { readonly kind: 'training'; readonly snapshotId: string; readonly minAmountOre: number }
    | { readonly kind: 'scoring'; readonly snapshotId: string; readonly asOf: Instant }
    | (TableOrigin & { readonly kind: 'training-table' })
    /** Rows of a table from a day on, the first of each entity, without outcomes: the population to score. */
    | (TableOrigin & { readonly kind: 'scoring-table'; readonly from: string })
  );

export interface MatrixRef {
  readonly matrixId: string;
  readonly fileSha256: string;
  readonly meta: MatrixMeta;
}

export async function findMatrix(db: Db, recipe: MatrixRecipe): Promise<MatrixRef | undefined> {
  const row = await db('ml.matrix')
    .where({ recipe_sha256: digestOf(recipe) })
    .first<{ matrix_id: string; file_sha256: string; meta: MatrixMeta } | undefined>();
  return row && { matrixId: row.matrix_id, fileSha256: row.file_sha256, meta: row.meta };
}

/**
 * Records a written matrix and its label set with one ledger entry; recording the same matrix twice changes nothing.
 */
export async function recordMatrix(
  db: Db,
  audit: AuditContext,
  recipe: MatrixRecipe,
  { matrixId, fileSha256, labelSetId }: Pick<WrittenMatrix, 'matrixId' | 'fileSha256' | 'labelSetId'>,
  meta: MatrixMeta,
  snapshotId: string | null,
): Promise<MatrixRef> {
  await db.transaction(async (tx) => {
    const at = new Date();
    const labelSet = {
      snapshot_id: snapshotId,
      rows: meta.rows,
      labeled: meta.labeled,
      positives: meta.positives,
      made_at: at,
    };
    const newLabelSets =
      labelSetId === undefined ? 0 : await insertNew(tx, 'ml.label_set', [{ label_set_id: labelSetId, ...labelSet }]);
    const newMatrices = await insertNew(tx, 'ml.matrix', [
      {
        matrix_id: matrixId,
        recipe_sha256: digestOf(recipe),
        recipe: canonical(recipe),
        snapshot_id: snapshotId,
        label_set_id: labelSetId ?? null,
        file_sha256: fileSha256,
        meta: canonical(meta),
        made_at: at,
      },
    ]);
    if (newMatrices + newLabelSets === 0) return;
    const rows = { count: meta.rows, root: fileSha256 };
    const subject = { kind: 'matrix', id: matrixId };
    await append(tx, audit, { event: 'matrix.built', subject, after: matrixId, rows }, at);
  });
  return { matrixId, fileSha256, meta };
}
