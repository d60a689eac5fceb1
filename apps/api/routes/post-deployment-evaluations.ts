import { WorkflowNotFoundError } from '@temporalio/client';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { notFound } from '../../../domain/errors';
import { followUpWorkflowId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { followUpsOf, getFollowUp } from '../../../platform/db/stores/post-deployment-evaluations';
import { getVersion } from '../../../platform/db/stores/versions';
import { startFollowUp } from '../../../application/post-deployment-evaluation';
import type { ApiDeps } from '../deps';
import { route } from '../http/route';
import { evaluation } from './evaluation-schema';
import { idParam, instant, sha } from './schemas';

const summary = z.object({
  followUpId: sha,
  asOf: instant.describe('what was known then was judged on'),
  matrixId: z.string(),
  rows: z.int().describe('outcomes that became known after the version had learnt'),
  findings: z.int(),
  madeAt: instant,
});
const key = z.object({ key: z.string().regex(/^[0-9a-f]{24}$/) });

/** Frozen versions judged on outcomes that became known after they had learnt. */
export function followUpRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db, store } = deps;
  const tag = 'Model versions';

  route(
    app,
    deps,
    'listFollowUps',
    {
      method: 'GET',
      url: '/v1/model-versions/:versionId/follow-ups',
      tag,
      summary: 'How a version did on outcomes that became known later, newest first',
      params: idParam('versionId'),
      answer: z.array(summary),
    },
    async ({ params }) => {
      const { versionId } = await getVersion(db, params.versionId);
      return (await followUpsOf(db, versionId)).map(({ followUpId, asOf, matrixId, rows, findings, madeAt }) => ({
        followUpId,
        asOf: asOf.toISOString(),
        matrixId,
        rows,
        findings,
        madeAt: madeAt.toISOString(),
      }));
    },
  );

  route(
    app,
    deps,
    'getFollowUp',
    {
      method: 'GET',
      url: '/v1/follow-ups/:followUpId',
      tag,
      summary: 'One follow-up, whole',
      params: idParam('followUpId'),
      answer: evaluation,
    },
    async ({ params }) => store.getJson<EvaluationDocument>((await getFollowUp(db, params.followUpId)).documentSha256),
  );

  route(
    app,
    deps,
    'startFollowUp',
    {
      method: 'POST',
      url: '/v1/model-versions/:versionId/follow-ups',
      tag,
      summary: 'Judge a version of the register on outcomes as they are known at an instant',
      params: idParam('versionId'),
      body: z.strictObject({ asOf: instant }),
      status: 202,
      answer: z.object({ key: key.shape.key, versionId: sha }),
    },
    async ({ params, body, command }) => startFollowUp(command, { versionId: params.versionId, asOf: body.asOf }),
  );

  const progress = z.object({
    state: z.enum(['running', 'done', 'failed']),
    step: z.string().nullable(),
    followUpId: sha.nullable(),
  });
  route(
    app,
    deps,
    'getFollowUpRun',
    {
      method: 'GET',
      url: '/v1/follow-up-runs/:key',
      tag,
      summary: 'How far a follow-up has come',
      params: key,
      answer: progress,
    },
    async ({ params }) => {
      const id = followUpWorkflowId(params.key);
      const { status } = await deps.temporal.client.workflow
        .getHandle(id)
        .describe()
        .catch((error: unknown) => {
          if (error instanceof WorkflowNotFoundError)
            throw notFound(
              'no follow-up runs under this key',
              'Start one with POST /v1/model-versions/{versionId}/follow-ups.',
            );
          throw error;
        });
      if (status.name === 'RUNNING')
        return { state: 'running' as const, step: (await deps.temporal.progress(id))?.step ?? null, followUpId: null };
      if (status.name !== 'COMPLETED') return { state: 'failed' as const, step: null, followUpId: null };
      return {
        state: 'done' as const,
        step: null,
        followUpId: (await deps.temporal.followUpResult(params.key)).followUpId,
      };
    },
  );
}
