import { notFound } from '../../../domain/errors';
import type { Db } from '../../postgres/connection';

/** A version judged on outcomes that became known after it had learnt. */
export interface PostDeploymentRecord {
  readonly evaluationId: string;
  readonly versionId: string;
  readonly matrixId: string;
  readonly asOf: Date;
  readonly documentSha256: string;
  readonly rows: number;
  readonly findings: number;
  readonly madeAt: Date;
}

interface Row {
  evaluation_id: string;
  version_id: string;
  matrix_id: string;
  as_of: Date;
  document_sha256: string;
  rows: number;
  findings: number;
  made_at: Date;
}
const toPostDeploymentRecord = (row: Row): PostDeploymentRecord => ({
  evaluationId: row.evaluation_id,
  versionId: row.version_id,
  matrixId: row.matrix_id,
  asOf: row.as_of,
  documentSha256: row.document_sha256,
  rows: row.rows,
  findings: row.findings,
  madeAt: row.made_at,
});

/** Of a version, what was known latest first. */
export async function postDeploymentEvaluationsOf(db: Db, versionId: string): Promise<PostDeploymentRecord[]> {
  const rows = await db('ml.post_deployment_evaluation')
    .where({ version_id: versionId })
    .orderBy([{ column: 'as_of', order: 'desc' }, 'evaluation_id'])
    .select<Row[]>('*');
  return rows.map(toPostDeploymentRecord);
}

/** By its id or six or more of its first characters. @throws UtplukkError NotFound for none, and for several */
export async function getPostDeploymentEvaluation(db: Db, id: string): Promise<PostDeploymentRecord> {
  const rows = /^[0-9a-f]{6,64}$/.test(id)
    ? await db('ml.post_deployment_evaluation').where('evaluation_id', 'like', `${id}%`).limit(2).select<Row[]>('*')
    : [];
  if (rows.length > 1) throw notFound(`several post-deployment-evaluations begin with ${id}`, 'Give more characters.');
  if (!rows[0])
    throw notFound(
      `there is no follow-up ${id}`,
      'List those of a version with `utplukk post-deployment-evaluations <version>`.',
    );
  return toPostDeploymentRecord(rows[0]);
}
