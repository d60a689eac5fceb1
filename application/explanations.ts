import type { ProviderReasons } from '../domain/schemas/reasons';
import type { MatrixMeta } from '../domain/schemas/matrix';
import { calibrated } from '../models/calibration/calibrator';
import { getList } from './selection';
import type { VersionBundle } from '../platform/db/stores/versions';
import { spawnJob } from '../compute/spawn-job';
import type { ActivityDependencies } from '../activities/deps';
import type { Scores } from '../activities/selection';

/**
 * Reasons of providers of a scored population, made anew from what the list was made of: every scored provider can be asked for,
 * and nothing of it is stored.
 */
export async function reasonsOf(
  { db, store }: Pick<ActivityDependencies, 'db' | 'store'>,
  listId: string,
  entities: readonly string[],
): Promise<readonly ProviderReasons[]> {
  const list = await getList(db, listId);
  const scoring = await db('sel.scoring_run as s')
    .join('ml.matrix as m', 'm.matrix_id', 's.matrix_id')
    .where({ scoring_id: list.scoringId })
    .first<{ file_sha256: string; meta: MatrixMeta; scores_sha256: string }>(
      'm.file_sha256',
      'm.meta',
      's.scores_sha256',
    );
  const bundle = store.getJson<VersionBundle>(list.versionId);
  const { result } = await spawnJob<'explain'>({
    kind: 'explain',
    matrix: { file: store.existing(scoring.file_sha256), meta: scoring.meta, use: bundle.use },
    modelSha256: bundle.model,
    weightsSha256: bundle.weights,
    entities,
    cuts: await cutsOf({ db, store }, scoring.scores_sha256, bundle, list.listId, entities),
    storeRoot: store.root,
  });
  return result;
}

/**
 * Score at which each provider would leave the list. Where lists are ordered by expected kroner that is another one for each:
 * the score whose probability, times what a finding is worth at this provider, is the last line's.
 */
async function cutsOf(
  { db, store }: Pick<ActivityDependencies, 'db' | 'store'>,
  scoresSha256: string,
  bundle: VersionBundle,
  listId: string,
  entities: readonly string[],
): Promise<number[]> {
  const [end] = await db('sel.line')
    .where({ list_id: listId, selected: true })
    .min<{ score: number | null; ore: number | null }[]>({ score: 'score', ore: 'expected_ore' });
  if (!bundle.ranking) return entities.map(() => end?.score ?? Number.NEGATIVE_INFINITY);
  const scores = store.getJson<Scores>(scoresSha256);
  const amountNok = new Map(scores.rows.map((row) => [row.entity, row.amountNok ?? 0]));
  return entities.map((entity) => scoreFor(scores, (end?.ore ?? 0) / 100 / (amountNok.get(entity) ?? 0)));
}

/** Logits beyond these are certainties. */
const FURTHEST = 40;

/** Least score with at least this probability: calibrators never fall, so halving finds it. */
function scoreFor({ calibrator }: Scores, probability: number): number {
  let [low, high] = [-FURTHEST, FURTHEST];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (calibrated(calibrator, middle) >= probability) high = middle;
    else low = middle;
  }
  return high;
}
