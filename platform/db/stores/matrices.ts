import { notFound } from '../../../domain/errors';
import type { MatrixMeta } from '../../../domain/schemas/matrix';
import type { Db } from '../../postgres/connection';

/** A recorded feature matrix. `Recipe` is the type that the caller knows its recipe to have. */
export interface StoredMatrix<Recipe = unknown> {
  readonly matrixId: string;
  readonly recipe: Recipe;
  readonly fileSha256: string;
  readonly meta: MatrixMeta;
  /** Undefined for a prepared table. */
  readonly snapshotId: string | undefined;
  /** Undefined for a matrix without labels. */
  readonly labelSetId: string | undefined;
}

interface Row<Recipe> {
  matrix_id: string;
  recipe: Recipe;
  file_sha256: string;
  meta: MatrixMeta;
  snapshot_id: string | null;
  label_set_id: string | null;
}

/** @throws UtplukkError NotFound */
export async function getMatrix<Recipe = unknown>(db: Db, matrixId: string): Promise<StoredMatrix<Recipe>> {
  const row = await db('ml.matrix').where({ matrix_id: matrixId }).first<Row<Recipe> | undefined>();
  if (!row) throw notFound(`matrix ${matrixId} is not recorded`);
  return {
    matrixId: row.matrix_id,
    recipe: row.recipe,
    fileSha256: row.file_sha256,
    meta: row.meta,
    snapshotId: row.snapshot_id ?? undefined,
    labelSetId: row.label_set_id ?? undefined,
  };
}
