import type { RebuildKind } from '../activities/contracts';
import { invalid } from '../domain/errors';
import { beginAct } from '../platform/auth/audit-context';
import { append } from '../platform/ledger/append';
import { findNode, type NodeKind } from '../platform/lineage/graph';
import type { Command } from './request-context';

/** What each kind of node is made again as. */
const REBUILDS: Partial<Record<NodeKind, RebuildKind>> = {
  snapshot: 'snapshot',
  matrix: 'matrix',
  'training-run': 'evaluation',
  'model-version': 'model',
  'scoring-run': 'scoring-run',
  list: 'list',
};

/** Starts making a thing again from its pins. @throws UtplukkError InvalidInput for what cannot be made again */
export async function startRebuild(command: Command, key: string, id: string): Promise<{ kind: NodeKind; id: string }> {
  const node = await findNode(command.db, id);
  const kind = REBUILDS[node.kind];
  if (!kind)
    throw invalid(`a ${node.kind} cannot be made again`, 'Give a snapshot, matrix, version, run, scoring run or list.');
  const act = await command.db.transaction(async (tx) => {
    const begun = await beginAct(
      tx,
      command.token,
      'model.reproduce',
      `reproducing ${node.kind} ${node.id}`,
      command.clock(),
    );
    await append(
      tx,
      begun,
      { act: 'reproduction.started', subject: { kind: node.kind, id: node.id } },
      command.clock(),
    );
    return begun;
  });
  await command.temporal.startRebuild(key, { actId: act.actId, kind, id: node.id });
  return node;
}
