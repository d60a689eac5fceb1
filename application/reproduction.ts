import type { ReproducibleKind } from '../activities/contracts';
import { invalid } from '../domain/errors';
import { startAuditedAction } from '../platform/auth/audit-context';
import { append } from '../platform/ledger/append';
import { findNode, type NodeKind } from '../platform/lineage/graph';
import type { RequestContext } from './request-context';

/** What each kind of node is made again as. */
const REBUILDS: Partial<Record<NodeKind, ReproducibleKind>> = {
  snapshot: 'snapshot',
  matrix: 'matrix',
  'training-run': 'evaluation',
  'model-version': 'model',
  'scoring-run': 'scoring-run',
  list: 'list',
};

/** Starts making a thing again from its pins. @throws UtplukkError InvalidInput for what cannot be made again */
export async function startReproduction(
  context: RequestContext,
  key: string,
  id: string,
): Promise<{ kind: NodeKind; id: string }> {
  const node = await findNode(context.db, id);
  const kind = REBUILDS[node.kind];
  if (!kind)
    throw invalid(`a ${node.kind} cannot be made again`, 'Give a snapshot, matrix, version, run, scoring run or list.');
  const audit = await context.db.transaction(async (tx) => {
    const begun = await startAuditedAction(
      tx,
      context.token,
      'model.reproduce',
      `reproducing ${node.kind} ${node.id}`,
      context.clock(),
    );
    await append(
      tx,
      begun,
      { event: 'reproduction.started', subject: { kind: node.kind, id: node.id } },
      context.clock(),
    );
    return begun;
  });
  await context.temporal.startReproduction(key, { actionId: audit.actionId, kind, id: node.id });
  return node;
}
