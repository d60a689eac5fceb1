import { randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { WorkflowNotFoundError } from '@temporalio/client';
import { z } from 'zod';
import { notFound } from '../../../domain/errors';
import { reproduceId } from '../../../domain/rules/workflow-ids';
import { lineageOf } from '../../../platform/db/read-models/lineage';
import { namesOf } from '../../../platform/db/read-models/live-at';
import { findNode, lineageGraph, NODE_KINDS } from '../../../platform/lineage/graph';
import { startReproduction } from '../../../application/reproduction';
import type { ApiDeps } from '../deps';
import { route } from '../http/route';
import { idParam, instant, person } from './schemas';

const node = z.object({
  kind: z.enum(NODE_KINDS),
  id: z.string(),
  distance: z.int(),
  at: instant.nullable(),
  by: person,
  ledger: z.array(z.int()),
});
const graph = z.object({
  of: z.object({ kind: z.enum(NODE_KINDS), id: z.string() }),
  nodes: z.array(node),
  edges: z.array(z.object({ from: z.string().describe('kind/id'), to: z.string() })),
  cut: z.boolean().describe('more hangs on it than is shown'),
});
const step = z.object({
  kind: z.string(),
  id: z.string(),
  about: z.string(),
  at: z.string().nullable(),
  ledger: z.array(z.int()),
});
const stage = z.object({
  stage: z.string(),
  id: z.string(),
  same: z.boolean(),
  sameEngine: z.boolean().nullable(),
  detail: z.string().nullable(),
});
const reproduction = z.object({
  state: z.enum(['running', 'done', 'failed']),
  step: z.string().nullable(),
  same: z.boolean().nullable(),
  firstDifference: z.string().nullable(),
  stages: z.array(stage),
});

export function lineageRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  const tag = 'Lineage';
  const anything = z.object({
    id: z.string().min(3).max(120).describe('six or more characters of the id of anything'),
  });

  route(
    app,
    deps,
    'getLineageGraph',
    {
      method: 'GET',
      url: '/v1/lineage-graph/:id',
      tag,
      summary: 'What a thing came from, and what came of it',
      params: anything,
      answer: graph,
    },
    async ({ params: { id } }) => {
      const of = await findNode(db, id);
      const found = await lineageGraph(db, of);
      const names = await namesOf(
        db,
        found.nodes.flatMap(({ by }) => by ?? []),
      );
      return {
        of,
        nodes: found.nodes.map((n) => ({
          ...n,
          at: n.at ?? null,
          by: (n.by && names.get(n.by)) ?? null,
          ledger: [...n.ledger],
        })),
        edges: [...found.edges],
        cut: found.cut,
      };
    },
  );

  route(
    app,
    deps,
    'getLineage',
    {
      method: 'GET',
      url: '/v1/lineage/:id',
      tag,
      summary: 'The way back from a list, version or run to the snapshot',
      params: idParam('id'),
      answer: z.array(step),
    },
    async ({ params: { id } }) =>
      (await lineageOf(db, id)).map((s) => ({ ...s, at: s.at ?? null, ledger: [...s.ledger] })),
  );

  route(
    app,
    deps,
    'startReproduction',
    {
      method: 'POST',
      url: '/v1/reproductions',
      tag,
      summary: 'Make a thing again from its pins, and compare',
      body: z.strictObject({ id: z.string().min(6).max(120) }),
      status: 202,
      answer: z.object({ key: z.uuid(), kind: z.enum(NODE_KINDS), id: z.string() }),
    },
    async ({ body, command }) => {
      const key = randomUUID();
      const { kind, id } = await startReproduction(command, key, body.id);
      return { key, kind, id };
    },
  );

  route(
    app,
    deps,
    'getReproduction',
    {
      method: 'GET',
      url: '/v1/reproductions/:key',
      tag,
      summary: 'How far making it again has come, and whether it is the same',
      params: z.object({ key: z.uuid() }),
      answer: reproduction,
    },
    async ({ params: { key } }) => {
      const id = reproduceId(key);
      const handle = deps.temporal.client.workflow.getHandle(id);
      const { status } = await handle.describe().catch((error: unknown) => {
        if (error instanceof WorkflowNotFoundError)
          throw notFound('nothing is made again under this key', 'Start it with POST /v1/reproductions.');
        throw error;
      });
      const unfinished = { same: null, firstDifference: null, stages: [] };
      if (status.name === 'RUNNING')
        return { state: 'running' as const, step: (await deps.temporal.progress(id))?.step ?? null, ...unfinished };
      if (status.name !== 'COMPLETED') return { state: 'failed' as const, step: null, ...unfinished };
      const verdict = await deps.temporal.reproductionResult(key);
      return {
        state: 'done' as const,
        step: null,
        same: verdict.same,
        firstDifference: verdict.firstDifference ?? null,
        stages: verdict.stages.map((s) => ({
          stage: s.stage,
          id: s.id,
          same: s.same,
          sameEngine: s.sameEngine ?? null,
          detail: s.detail ?? null,
        })),
      };
    },
  );
}
