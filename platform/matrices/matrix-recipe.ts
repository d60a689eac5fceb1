import type { MatrixMeta } from '../../domain/schemas/matrix';
import { canonical, digestOf } from '../artifacts/hash';
import { type AuditContext, append } from '../ledger/append';
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
    | { readonly kind: 'scoring'; readonly snapshotId: string; readonly asOf: string }
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
    let labelSets = 0;
    if (labelSetId !== undefined)
      ({ rowCount: labelSets } = await tx.raw<{ rowCount: number }>(
        `insert into ml.label_set (label_set_id, snapshot_id, rows, labeled, positives, made_at)
         values (?, ?, ?, ?, ?, clock_timestamp()) on conflict do nothing`,
        [labelSetId, snapshotId, meta.rows, meta.labeled, meta.positives],
      ));
    const inserted = await tx.raw<{ rowCount: number }>(
      `insert into ml.matrix
         (matrix_id, recipe_sha256, recipe, snapshot_id, label_set_id, file_sha256, meta, made_at)
       values (?, ?, ?, ?, ?, ?, ?, clock_timestamp()) on conflict do nothing`,
      [matrixId, digestOf(recipe), canonical(recipe), snapshotId, labelSetId ?? null, fileSha256, canonical(meta)],
    );
    if (inserted.rowCount === 0 && labelSets === 0) return;
    const rows = { count: meta.rows, root: fileSha256 };
    const subject = { kind: 'matrix', id: matrixId };
    await append(tx, audit, { event: 'matrix.built', subject, after: matrixId, rows }, new Date());
  });
  return { matrixId, fileSha256, meta };
}
