import { invalid } from '../domain/errors';
import { digestOf } from '../platform/artifacts/hash';
import { startAuditedAction } from '../platform/auth/audit-context';
import { getVersion } from '../platform/db/stores/versions';
import { append } from '../platform/ledger/append';
import type { RequestContext } from './request-context';
import { type TableInput, pinned } from './table-ref';

export interface PostDeploymentOptions {
  readonly versionId: string;
  readonly asOf: string;
  /** Newer outcomes of a prepared table, for a version that was trained on one. */
  readonly table?: TableInput | undefined;
}

/**
 * Starts judging a frozen version on outcomes that became known after it had learnt.
 * @returns the key that its progress is asked by
 * @throws UtplukkError InvalidInput for what is no instant, NotFound for no such version
 */
export async function startPostDeploymentEvaluation(
  context: RequestContext,
  { versionId: id, asOf, table }: PostDeploymentOptions,
): Promise<{ versionId: string; key: string }> {
  if (Number.isNaN(Date.parse(asOf)))
    throw invalid(`"${asOf}" is not an instant`, 'Give one such as 2025-07-01T00:00:00Z.');
  const { versionId } = await getVersion(context.db, id);
  const input = {
    versionId,
    asOf: new Date(asOf).toISOString(),
    ...(table ? { table: await pinned(context.store, table) } : {}),
  };
  const audit = await context.db.transaction(async (tx) => {
    const begun = await startAuditedAction(
      tx,
      context.token,
      'version.evaluate',
      `following up ${versionId} as of ${input.asOf}`,
      context.clock(),
    );
    await append(
      tx,
      begun,
      { event: 'follow-up.started', subject: { kind: 'model-version', id: versionId } },
      context.clock(),
    );
    return begun;
  });
  const key = digestOf({ ...input, actionId: audit.actionId }).slice(0, 24);
  await context.temporal.startPostDeploymentEvaluation(key, { ...input, actionId: audit.actionId });
  return { versionId, key };
}
