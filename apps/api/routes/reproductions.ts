import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { startReproduction as start } from '../../../application/reproduction';
import { notFound } from '../../../domain/errors';
import { reproduceId } from '../../../domain/rules/workflow-ids';
import { NODE_KINDS } from '../../../platform/lineage/graph';
import { route } from '../http/route';

const tag = 'Lineage';

const startReproduction = route(
  'startReproduction',
  {
    method: 'POST',
    url: '/v1/reproductions',
    tag,
    summary: 'Reproduce a thing from its pinned inputs, and compare',
    body: z.strictObject({ id: z.string().min(6).max(120) }),
    status: 202,
    answer: z.object({ key: z.uuid(), kind: z.enum(NODE_KINDS), id: z.string() }),
  },
  async ({ body, context }) => {
    const key = randomUUID();
    const { kind, id } = await start(context, key, body.id);
    return { key, kind, id };
  },
);

const reproduction = z.object({
  state: z.enum(['running', 'done', 'failed']),
  step: z.string().nullable(),
  same: z.boolean().nullable().describe('every step gave the stored content again'),
  firstDifference: z.string().nullable(),
  stages: z.array(
    z.object({
      stage: z.string(),
      id: z.string(),
      same: z.boolean(),
      sameRuntime: z.boolean().nullable().describe('it was made by the same runtime'),
      detail: z.string().nullable(),
    }),
  ),
});

const getReproduction = route(
  'getReproduction',
  {
    method: 'GET',
    url: '/v1/reproductions/:key',
    tag,
    summary: 'Progress and result of a reproduction',
    params: z.object({ key: z.uuid() }),
    answer: reproduction,
  },
  async ({ params: { key } }, { temporal }) => {
    const workflowId = reproduceId(key);
    const state = await temporal.state(workflowId);
    if (state === undefined)
      throw notFound('there is no reproduction with this key', 'Start one with POST /v1/reproductions.');
    const unfinished = { same: null, firstDifference: null, stages: [] };
    if (state === 'running') return { state, step: (await temporal.progress(workflowId))?.step ?? null, ...unfinished };
    if (state === 'failed') return { state, step: null, ...unfinished };
    const { same, firstDifference, stages } = await temporal.reproductionResult(key);
    return {
      state,
      step: null,
      same,
      firstDifference: firstDifference ?? null,
      stages: stages.map((one) => ({
        stage: one.stage,
        id: one.id,
        same: one.same,
        sameRuntime: one.sameRuntime ?? null,
        detail: one.detail ?? null,
      })),
    };
  },
);

export const reproductionRoutes = [startReproduction, getReproduction];
