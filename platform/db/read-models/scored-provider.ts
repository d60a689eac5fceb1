import type { MatrixMeta } from '../../../domain/schemas/matrix';
import type { Db } from '../../postgres/connection';

/** The list that a provider was scored for, with the matrix it was scored in. */
export interface ScoredProvider {
  readonly listId: string;
  readonly asOf: Date;
  /** Undefined for a population that came as a prepared table. */
  readonly snapshotId: string | undefined;
  readonly matrix: ScoringMatrix;
}

export interface ScoringMatrix {
  /** SHA-256 of the file in the store. */
  readonly fileSha256: string;
  readonly meta: MatrixMeta;
}

interface Row {
  list_id: string;
  as_of: Date;
  snapshot_id: string | null;
  file_sha256: string;
  meta: MatrixMeta;
}

/** The newest scoring that a provider was part of; undefined for one that was never scored. */
export async function newestScoringOf(db: Db, entity: string): Promise<ScoredProvider | undefined> {
  const row = await db('sel.line as l')
    .join('sel.list as t', 't.list_id', 'l.list_id')
    .join('sel.scoring_run as s', 's.scoring_id', 't.scoring_id')
    .join('ml.matrix as m', 'm.matrix_id', 's.matrix_id')
    .where('l.entity', entity)
    .orderBy('t.as_of', 'desc')
    .orderBy('t.drafted_at', 'desc')
    .first<Row | undefined>('t.list_id', 't.as_of', 'm.snapshot_id', 'm.file_sha256', 'm.meta');
  return (
    row && {
      listId: row.list_id,
      asOf: row.as_of,
      snapshotId: row.snapshot_id ?? undefined,
      matrix: { fileSha256: row.file_sha256, meta: row.meta },
    }
  );
}

/** The matrix that a scoring run scored. */
export async function matrixOfScoring(db: Db, scoringId: string): Promise<ScoringMatrix | undefined> {
  const row = await db('sel.scoring_run as s')
    .join('ml.matrix as m', 'm.matrix_id', 's.matrix_id')
    .where({ scoring_id: scoringId })
    .first<Pick<Row, 'file_sha256' | 'meta'> | undefined>('m.file_sha256', 'm.meta');
  return row && { fileSha256: row.file_sha256, meta: row.meta };
}

/** The snapshot that was taken last. */
export async function newestSnapshot(db: Db): Promise<{ snapshotId: string; asOf: Date; madeAt: Date } | undefined> {
  const row = await db('ml.snapshot')
    .orderBy('made_at', 'desc')
    .first<{ snapshot_id: string; as_of: Date; made_at: Date } | undefined>('snapshot_id', 'as_of', 'made_at');
  return row && { snapshotId: row.snapshot_id, asOf: row.as_of, madeAt: row.made_at };
}
