import { toInstant } from '../domain/time/instant';
import { notFound } from '../domain/errors';
import { digestOf } from '../platform/artifacts/hash';
import { championOf } from '../platform/db/stores/champions';
import { recordAction } from './audited-action';
import type { RequestContext } from './request-context';
import { storeTableInput, type TableInput } from './table-input';

export interface RescoreOptions {
  readonly slot: string;
  /** Instant, ISO 8601: what was known then is scored. */
  readonly asOf: string;
  /** Providers to select. */
  readonly capacity: number;
  /** Seed of the order among equal scores. */
  readonly seed: number;
  /** Days until an unsigned draft expires. */
  readonly openDays: number;
  /** Parts that are scored in parallel. */
  readonly shards: number;
  /** Score a prepared table instead of the register. */
  readonly table?: TableInput;
}

/**
 * Scores a population on demand with the version that is live. The workflow's id is derived from the options and the
 * champion, so a second start while one runs joins it.
 * @throws UtplukkError InvalidInput for an asOf that is no instant, NotFound where no version is live
 */
export async function startRescore(context: RequestContext, options: RescoreOptions): Promise<{ workflowId: string }> {
  const asOf = toInstant(options.asOf, 'as of');
  const champion = await championOf(context.db, options.slot);
  if (!champion)
    throw notFound(
      `no version is live for ${options.slot}`,
      'Have one promoted first: `utplukk promotion request <version>`.',
    );
  const { table, ...rest } = options;
  const input = { ...rest, asOf, ...(table ? { table: await storeTableInput(context.store, table) } : {}) };
  const key = digestOf({ ...input, champion: champion.versionId }).slice(0, 24);
  const { actionId } = await recordAction(context, 'rescore.start', `rescoring ${options.slot} as of ${asOf}`, {
    event: 'rescoring.started',
    subject: { kind: 'slot', id: options.slot },
    after: champion.versionId,
  });
  return { workflowId: await context.temporal.startRescore(key, { ...input, actionId }) };
}
