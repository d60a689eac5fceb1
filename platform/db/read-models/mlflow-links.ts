import type { Db } from '../../postgres/connection';

/** MLflow's id of a mirrored training run; undefined for one that is not mirrored yet. */
export async function mlflowRunOf(db: Db, runId: string): Promise<string | undefined> {
  const row = await db('ml.mirror_link')
    .where({ kind: 'run', subject_id: runId })
    .first<{ mlflow_id: string } | undefined>('mlflow_id');
  return row?.mlflow_id;
}
