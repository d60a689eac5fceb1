import { z } from 'zod';
import { startPostDeploymentEvaluation as start } from '../../../application/post-deployment-evaluation';
import { notFound } from '../../../domain/errors';
import { postDeploymentWorkflowId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import {
  getPostDeploymentEvaluation as getRecord,
  postDeploymentEvaluationsOf,
} from '../../../platform/db/stores/post-deployment-evaluation';
import { getVersion } from '../../../platform/db/stores/versions';
import { route } from '../http/route';
import { evaluation } from './evaluation-schema';
import { idParam, instant, sha } from './schemas';

const tag = 'Model versions';

const summary = z.object({
  evaluationId: sha,
  asOf: instant.describe('outcomes as they were known then'),
  matrixId: z.string(),
  rows: z.int().describe('outcomes that became known after the training of the version'),
  findings: z.int(),
  madeAt: instant,
});

const listPostDeploymentEvaluations = route(
  'listPostDeploymentEvaluations',
  {
    method: 'GET',
    url: '/v1/model-versions/:versionId/post-deployment-evaluations',
    tag,
    summary: 'Evaluations of a version on outcomes that became known after its training, newest first',
    params: idParam('versionId'),
    answer: z.array(summary),
  },
  async ({ params }, { db }) => {
    const { versionId } = await getVersion(db, params.versionId);
    return (await postDeploymentEvaluationsOf(db, versionId)).map(
      ({ evaluationId, asOf, matrixId, rows, findings, madeAt }) => ({
        evaluationId,
        asOf: asOf.toISOString(),
        matrixId,
        rows,
        findings,
        madeAt: madeAt.toISOString(),
      }),
    );
  },
);

const getPostDeploymentEvaluation = route(
  'getPostDeploymentEvaluation',
  {
    method: 'GET',
    url: '/v1/post-deployment-evaluations/:evaluationId',
    tag,
    summary: 'One post-deployment evaluation',
    params: idParam('evaluationId'),
    answer: evaluation,
  },
  async ({ params }, { db, store }) =>
    store.getJson<EvaluationDocument>((await getRecord(db, params.evaluationId)).documentSha256),
);

const key = z.string().regex(/^[0-9a-f]{24}$/);

const startPostDeploymentEvaluation = route(
  'startPostDeploymentEvaluation',
  {
    method: 'POST',
    url: '/v1/model-versions/:versionId/post-deployment-evaluations',
    tag,
    summary: 'Evaluate a version of the register on outcomes as they were known at an instant',
    params: idParam('versionId'),
    body: z.strictObject({ asOf: instant }),
    status: 202,
    answer: z.object({ key, versionId: sha }),
  },
  async ({ params, body, context }) => start(context, { versionId: params.versionId, asOf: body.asOf }),
);

const getPostDeploymentEvaluationRun = route(
  'getPostDeploymentEvaluationRun',
  {
    method: 'GET',
    url: '/v1/post-deployment-evaluation-runs/:key',
    tag,
    summary: 'Progress of a post-deployment evaluation that was started',
    params: z.object({ key }),
    answer: z.object({
      state: z.enum(['running', 'done', 'failed']),
      step: z.string().nullable(),
      evaluationId: sha.nullable(),
    }),
  },
  async ({ params }, { temporal }) => {
    const workflowId = postDeploymentWorkflowId(params.key);
    const state = await temporal.state(workflowId);
    if (state === undefined)
      throw notFound(
        'there is no post-deployment evaluation with this key',
        'Start one with POST /v1/model-versions/{versionId}/post-deployment-evaluations.',
      );
    return {
      state,
      step: state === 'running' ? ((await temporal.progress(workflowId))?.step ?? null) : null,
      evaluationId: state === 'done' ? (await temporal.postDeploymentResult(params.key)).evaluationId : null,
    };
  },
);

export const postDeploymentEvaluationRoutes = [
  listPostDeploymentEvaluations,
  getPostDeploymentEvaluation,
  startPostDeploymentEvaluation,
  getPostDeploymentEvaluationRun,
];
