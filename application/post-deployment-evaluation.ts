import { toInstant } from '../domain/time/instant';
import { digestOf } from '../platform/artifacts/hash';
import { getVersion } from '../platform/db/stores/versions';
import { recordAction } from './audited-action';
import type { RequestContext } from './request-context';
import { storeTableInput, type TableInput } from './table-input';

export interface PostDeploymentOptions {
  readonly versionId: string;
  /** Instant, ISO 8601: outcomes as they were known then. */
  readonly asOf: string;
  /** Newer outcomes of a prepared table, for a version that was trained on one. */
  readonly table?: TableInput | undefined;
}

/**
 * Starts the evaluation of a frozen version on outcomes that became known after its training.
 * @returns the key that its progress is asked by
 * @throws UtplukkError InvalidInput for an asOf that is no instant, NotFound for no such version
 */
export async function startPostDeploymentEvaluation(
  context: RequestContext,
  { versionId: id, asOf, table }: PostDeploymentOptions,
): Promise<{ versionId: string; key: string }> {
  const known = toInstant(asOf, 'as of');
  const { versionId } = await getVersion(context.db, id);
  const input = {
    versionId,
    asOf: known,
    ...(table ? { table: await storeTableInput(context.store, table) } : {}),
  };
  const { actionId } = await recordAction(
    context,
    'version.evaluate',
    `evaluating ${versionId} on outcomes as of ${input.asOf}`,
    { event: 'post-deployment-evaluation.started', subject: { kind: 'model-version', id: versionId } },
  );
  const key = digestOf({ ...input, actionId }).slice(0, 24);
  await context.temporal.startPostDeploymentEvaluation(key, { ...input, actionId });
  return { versionId, key };
}
