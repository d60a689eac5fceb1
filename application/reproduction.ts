import type { ReproducibleKind } from '../domain/reproduction';
import { invalid } from '../domain/errors';
import { findNode, type NodeKind } from '../platform/lineage/graph';
import { recordAction } from './audited-action';
import type { RequestContext } from './request-context';

/** Kinds of lineage nodes that can be reproduced, and what is made again for each. */
const REPRODUCIBLE: Partial<Record<NodeKind, ReproducibleKind>> = {
  snapshot: 'snapshot',
  matrix: 'matrix',
  'training-run': 'evaluation',
  'model-version': 'model',
  'scoring-run': 'scoring-run',
  list: 'list',
};

/**
 * Starts reproducing a thing from its pinned inputs, step by step.
 * @param key names the reproduction; its result is asked by it
 * @param id at least six characters of the thing's id
 * @throws UtplukkError NotFound, InvalidInput for a kind that cannot be reproduced
 */
export async function startReproduction(
  context: RequestContext,
  key: string,
  id: string,
): Promise<{ kind: NodeKind; id: string }> {
  const node = await findNode(context.db, id);
  const kind = REPRODUCIBLE[node.kind];
  if (!kind)
    throw invalid(
      `a ${node.kind} cannot be reproduced`,
      'Give a snapshot, matrix, training run, model version, scoring run or list.',
    );
  const { actionId } = await recordAction(context, 'model.reproduce', `reproducing ${node.kind} ${node.id}`, {
    event: 'reproduction.started',
    subject: { kind: node.kind, id: node.id },
  });
  await context.temporal.startReproduction(key, { actionId, kind, id: node.id });
  return node;
}
