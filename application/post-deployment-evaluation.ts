import { invalid } from '../domain/errors';
import { digestOf } from '../platform/artifacts/hash';
import { beginAct } from '../platform/auth/audit-context';
import { getVersion } from '../platform/db/stores/versions';
import { append } from '../platform/ledger/append';
import type { Command } from './request-context';
import { type GivenTable, pinned } from './table-ref';

export interface FollowUpOptions {
  readonly versionId: string;
  readonly asOf: string;
  /** Newer outcomes of a prepared table, for a version that was trained on one. */
  readonly table?: GivenTable | undefined;
}

/**
 * Starts judging a frozen version on outcomes that became known after it had learnt.
 * @returns the key that its progress is asked by
 * @throws UtplukkError InvalidInput for what is no instant, NotFound for no such version
 */
export async function startFollowUp(
  command: Command,
  { versionId: id, asOf, table }: FollowUpOptions,
): Promise<{ versionId: string; key: string }> {
  if (Number.isNaN(Date.parse(asOf)))
    throw invalid(`"${asOf}" is not an instant`, 'Give one such as 2025-07-01T00:00:00Z.');
  const { versionId } = await getVersion(command.db, id);
  const input = {
    versionId,
    asOf: new Date(asOf).toISOString(),
    ...(table ? { table: await pinned(command.store, table) } : {}),
  };
  const act = await command.db.transaction(async (tx) => {
    const begun = await beginAct(
      tx,
      command.token,
      'version.follow-up',
      `following up ${versionId} as of ${input.asOf}`,
      command.clock(),
    );
    await append(
      tx,
      begun,
      { act: 'follow-up.started', subject: { kind: 'model-version', id: versionId } },
      command.clock(),
    );
    return begun;
  });
  const key = digestOf({ ...input, actId: act.actId }).slice(0, 24);
  await command.temporal.startFollowUp(key, { ...input, actId: act.actId });
  return { versionId, key };
}
