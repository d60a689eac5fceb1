import type { ActorReasons } from '../domain/schemas/reasons';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { getList } from '../platform/services/lists';
import type { VersionBundle } from '../platform/db/stores/versions';
import { spawnJob } from './compute/spawn-job';
import type { Deps } from './deps';

/**
 * Reasons of actors of a scored population, made anew from what the list was made of: every scored actor can be asked for,
 * and nothing of it is stored.
 */
export async function reasonsOf(
  { db, store }: Pick<Deps, 'db' | 'store'>,
  listId: string,
  entities: readonly string[],
): Promise<readonly ActorReasons[]> {
  const list = await getList(db, listId);
  const scoring = await db('sel.scoring_run as s')
    .join('ml.matrix as m', 'm.matrix_id', 's.matrix_id')
    .where({ scoring_id: list.scoringId })
    .first<{ file_sha256: string; meta: MatrixMeta }>('m.file_sha256', 'm.meta');
  const [end] = await db('sel.line').where({ list_id: list.listId, selected: true }).min<{ min: number | null }[]>('score');
  const bundle = store.getJson<VersionBundle>(list.versionId);
  const { result } = await spawnJob<'explain'>({
    kind: 'explain',
    matrix: { file: store.existing(scoring.file_sha256), meta: scoring.meta, use: bundle.use },
    modelSha256: bundle.model,
    weightsSha256: bundle.weights,
    entities,
    cut: end?.min ?? Number.NEGATIVE_INFINITY,
    storeRoot: store.root,
  });
  return result;
}
