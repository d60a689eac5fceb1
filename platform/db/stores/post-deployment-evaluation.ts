import type { Instant } from '../../../domain/time/instant';
import { notFound } from '../../../domain/errors';
import { recordOnce } from '../../ledger/record';
import type { Db } from '../../postgres/connection';
import type { Envelope } from '../../signing/dsse';
import { storeStatement } from '../../signing/statement-store';
import { PREDICATE } from '../../signing/statements';

/** Evaluation of a frozen version on outcomes that became known after it was trained. */
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

/** Post-deployment evaluations of a version, the latest as-of instant first. */
export async function postDeploymentEvaluationsOf(db: Db, versionId: string): Promise<PostDeploymentRecord[]> {
  const rows = await db('ml.post_deployment_evaluation')
    .where({ version_id: versionId })
    .orderBy([{ column: 'as_of', order: 'desc' }, 'evaluation_id'])
    .select<Row[]>('*');
  return rows.map(toPostDeploymentRecord);
}

/** By its id, or at least six leading characters of it. @throws UtplukkError NotFound for none, and for several */
export async function getPostDeploymentEvaluation(db: Db, id: string): Promise<PostDeploymentRecord> {
  const rows = /^[0-9a-f]{6,64}$/.test(id)
    ? await db('ml.post_deployment_evaluation').where('evaluation_id', 'like', `${id}%`).limit(2).select<Row[]>('*')
    : [];
  if (rows.length > 1) throw notFound(`several post-deployment evaluations begin with ${id}`, 'Give more characters.');
  if (!rows[0])
    throw notFound(
      `there is no post-deployment evaluation ${id}`,
      'List those of a version with `utplukk version evaluations <version>`.',
    );
  return toPostDeploymentRecord(rows[0]);
}

/** Records a post-deployment evaluation once, with its signed statement. */
export async function recordPostDeploymentEvaluation(
  db: Db,
  done: Omit<PostDeploymentRecord, 'asOf' | 'madeAt'> & {
    readonly actionId: string;
    readonly asOf: Instant;
    readonly statement: Envelope;
    readonly at: Date;
  },
): Promise<void> {
  const { evaluationId, versionId, documentSha256, at } = done;
  await db.transaction((tx) =>
    recordOnce(tx, {
      table: 'ml.post_deployment_evaluation',
      rows: [
        {
          evaluation_id: evaluationId,
          version_id: versionId,
          matrix_id: done.matrixId,
          as_of: done.asOf,
          document_sha256: documentSha256,
          rows: done.rows,
          findings: done.findings,
          action_id: done.actionId,
          made_at: at,
        },
      ],
      audit: done.actionId,
      entry: async (audit) => {
        await storeStatement(tx, {
          versionId,
          predicateType: PREDICATE.postDeploymentEvaluation,
          envelope: done.statement,
          audit,
          at,
        });
        return {
          event: 'version.evaluated-after-deployment',
          subject: { kind: 'post-deployment-evaluation', id: evaluationId },
          before: versionId,
          after: documentSha256,
        };
      },
      at,
    }),
  );
}
