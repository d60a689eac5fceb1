import { z } from 'zod';
import { lineageOf } from '../../../platform/db/read-models/lineage';
import { namesOf } from '../../../platform/db/read-models/live-at';
import { findNode, lineageGraph, NODE_KINDS } from '../../../platform/lineage/graph';
import { route } from '../http/route';
import { idParam, instant, person } from './schemas';

const tag = 'Lineage';

const node = z.object({
  kind: z.enum(NODE_KINDS),
  id: z.string(),
  distance: z.int().describe('edges from the node that was asked for'),
  at: instant.nullable(),
  by: person,
  ledger: z.array(z.int()).describe('numbers of its ledger entries'),
});
const graph = z.object({
  of: z.object({ kind: z.enum(NODE_KINDS), id: z.string() }),
  nodes: z.array(node),
  edges: z.array(z.object({ from: z.string().describe('kind/id'), to: z.string() })),
  truncated: z.boolean().describe('there are more nodes than are returned'),
});

const getLineageGraph = route(
  'getLineageGraph',
  {
    method: 'GET',
    url: '/v1/lineage-graph/:id',
    tag,
    summary: 'Lineage of anything: what it was made from, and what was made from it',
    params: z.object({ id: z.string().min(3).max(120).describe('six or more characters of an id of any kind') }),
    answer: graph,
  },
  async ({ params: { id } }, { db }) => {
    const of = await findNode(db, id);
    const found = await lineageGraph(db, of);
    const names = await namesOf(
      db,
      found.nodes.flatMap(({ by }) => by ?? []),
    );
    return {
      of,
      nodes: found.nodes.map((one) => ({
        ...one,
        at: one.at ?? null,
        by: (one.by && names.get(one.by)) ?? null,
        ledger: [...one.ledger],
      })),
      edges: [...found.edges],
      truncated: found.cut,
    };
  },
);

const step = z.object({
  kind: z.string(),
  id: z.string(),
  about: z.string(),
  at: z.string().nullable(),
  ledger: z.array(z.int()),
});

const getLineage = route(
  'getLineage',
  {
    method: 'GET',
    url: '/v1/lineage/:id',
    tag,
    summary: 'The path from a list, version or run back to the snapshot',
    params: idParam('id'),
    answer: z.array(step),
  },
  async ({ params: { id } }, { db }) =>
    (await lineageOf(db, id)).map((one) => ({ ...one, at: one.at ?? null, ledger: [...one.ledger] })),
);

export const lineageRoutes = [getLineageGraph, getLineage];
