import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notFound } from '../../../domain/errors';
import { postDeploymentWorkflowId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import {
  postDeploymentEvaluationsOf,
  getPostDeploymentEvaluation,
} from '../../../platform/db/stores/post-deployment-evaluations';
import { getVersion } from '../../../platform/db/stores/versions';
import { startPostDeploymentEvaluation } from '../../../application/post-deployment-evaluation';
import type { ApiDeps } from '../deps';
import { route } from '../http/route';
import { evaluation } from './evaluation-schema';
import { idParam, instant, sha } from './schemas';

const summary = z.object({
  evaluationId: sha,
  asOf: instant.describe('what was known then was judged on'),
  matrixId: z.string(),
  rows: z.int().describe('outcomes that became known after the version had learnt'),
  findings: z.int(),
  madeAt: instant,
});
const key = z.object({ key: z.string().regex(/^[0-9a-f]{24}$/) });

/** Frozen versions judged on outcomes that became known after they had learnt. */
export function postDeploymentRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db, store } = deps;
  const tag = 'Model versions';

  route(
    app,
    deps,
    'listPostDeploymentEvaluations',
    {
      method: 'GET',
      url: '/v1/model-versions/:versionId/post-deployment-evaluations',
      tag,
      summary: 'How a version did on outcomes that became known later, newest first',
      params: idParam('versionId'),
      answer: z.array(summary),
    },
    async ({ params }) => {
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

  route(
    app,
    deps,
    'getPostDeploymentEvaluation',
    {
      method: 'GET',
      url: '/v1/post-deployment-evaluations/:evaluationId',
      tag,
      summary: 'One follow-up, whole',
      params: idParam('evaluationId'),
      answer: evaluation,
    },
    async ({ params }) =>
      store.getJson<EvaluationDocument>((await getPostDeploymentEvaluation(db, params.evaluationId)).documentSha256),
  );

  route(
    app,
    deps,
    'startPostDeploymentEvaluation',
    {
      method: 'POST',
      url: '/v1/model-versions/:versionId/post-deployment-evaluations',
      tag,
      summary: 'Judge a version of the register on outcomes as they are known at an instant',
      params: idParam('versionId'),
      body: z.strictObject({ asOf: instant }),
      status: 202,
      answer: z.object({ key: key.shape.key, versionId: sha }),
    },
    async ({ params, body, command }) =>
      startPostDeploymentEvaluation(command, { versionId: params.versionId, asOf: body.asOf }),
  );

  const progress = z.object({
    state: z.enum(['running', 'done', 'failed']),
    step: z.string().nullable(),
    evaluationId: sha.nullable(),
  });
  route(
    app,
    deps,
    'getPostDeploymentEvaluationRun',
    {
      method: 'GET',
      url: '/v1/follow-up-runs/:key',
      tag,
      summary: 'How far a follow-up has come',
      params: key,
      answer: progress,
    },
    async ({ params }) => {
      const id = postDeploymentWorkflowId(params.key);
      const { status } = await deps.temporal.client.workflow
        .getHandle(id)
        .describe()
        .catch((error: unknown) => {
          if (error instanceof WorkflowNotFoundError)
            throw notFound(
              'no follow-up runs under this key',
              'Start one with POST /v1/model-versions/{versionId}/post-deployment-evaluations.',
            );
          throw error;
        });
      if (status.name === 'RUNNING')
        return {
          state: 'running' as const,
          step: (await deps.temporal.progress(id))?.step ?? null,
          evaluationId: null,
        };
      if (status.name !== 'COMPLETED') return { state: 'failed' as const, step: null, evaluationId: null };
      return {
        state: 'done' as const,
        step: null,
        evaluationId: (await deps.temporal.postDeploymentResult(params.key)).evaluationId,
      };
    },
  );
}
