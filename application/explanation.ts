import type { Scores } from '../models/selection/selection-list';
import { spawnJob } from '../compute/spawn-job';
import type { MatrixMeta } from '../domain/schemas/matrix';
import type { ProviderReasons } from '../domain/schemas/explanation';
import { calibrated } from '../models/calibration/calibrator';
import type { ArtifactStore } from '../platform/artifacts/store';
import type { VersionBundle } from '../platform/db/stores/versions';
import type { Db } from '../platform/postgres/connection';
import { getList, type ListSummary } from './selection';

interface Stores {
  readonly db: Db;
  readonly store: ArtifactStore;
}

/**
 * Computes why providers of a scored population score as they do, from the matrix and the version that the list was
 * made with. Every scored provider can be asked for, also one that was not selected; nothing is stored.
 * @param entities surrogates such as P12, in the order of the answer
 * @param signal ends the compute process
 * @throws UtplukkError NotFound for an entity that was not scored
 */
export async function reasonsOf(
  stores: Stores,
  listId: string,
  entities: readonly string[],
  signal?: AbortSignal,
): Promise<readonly ProviderReasons[]> {
  const { db, store } = stores;
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
  const { result } = await spawnJob<'explain'>(
    {
      kind: 'explain',
      matrix: { file: store.existing(scoring.file_sha256), meta: scoring.meta, use: bundle.use },
      modelSha256: bundle.model,
      weightsSha256: bundle.weights,
      entities,
      selectionThresholds: await selectionThresholds(stores, scoring.scores_sha256, bundle, list, entities),
      storeRoot: store.root,
    },
    signal,
  );
  return result;
}

/**
 * The score below which each provider would not have been selected. Where lists are ordered by expected amount it
 * differs between providers: the score whose probability, times the provider's amount, is that of the last line.
 */
async function selectionThresholds(
  { db, store }: Stores,
  scoresSha256: string,
  bundle: VersionBundle,
  { listId }: Pick<ListSummary, 'listId'>,
  entities: readonly string[],
): Promise<number[]> {
  const [last] = await db('sel.line')
    .where({ list_id: listId, selected: true })
    .min<{ score: number | null; ore: number | null }[]>({ score: 'score', ore: 'expected_ore' });
  if (!bundle.ranking) return entities.map(() => last?.score ?? Number.NEGATIVE_INFINITY);
  const scores = store.getJson<Scores>(scoresSha256);
  const amountNok = new Map(scores.rows.map((row) => [row.entity, row.amountNok ?? 0]));
  const lastNok = (last?.ore ?? 0) / 100;
  return entities.map((entity) => scoreOf(scores, lastNok / (amountNok.get(entity) ?? 0)));
}

/** Scores are logits; beyond these bounds a probability is 0 or 1 in double precision. */
const LOGIT_BOUND = 40;
const BISECTIONS = 60;

/** Lowest score with at least this probability. Calibrators never decrease, so bisection finds it. */
function scoreOf({ calibrator }: Scores, probability: number): number {
  let [low, high] = [-LOGIT_BOUND, LOGIT_BOUND];
  for (let i = 0; i < BISECTIONS; i++) {
    const middle = (low + high) / 2;
    if (calibrated(calibrator, middle) >= probability) high = middle;
    else low = middle;
  }
  return high;
}
