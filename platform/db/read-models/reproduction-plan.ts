import { notFound } from '../../../domain/errors';
import type { ReproducibleKind, ReproductionStage } from '../../../domain/reproduction';
import type { ArtifactStore } from '../../artifacts/store';
import type { Db } from '../../postgres/connection';
import { liveVersions } from '../stores/champions';
import { getMatrix } from '../stores/matrices';
import { fullId } from '../stores/reproduction';
import { getRun } from '../stores/runs';
import { getScoringRun } from '../stores/scoring';
import { draftedList } from '../stores/selection';
import { getVersion, type VersionBundle } from '../stores/versions';

interface Sources {
  readonly db: Db;
  readonly store: ArtifactStore;
}
type Planner = (sources: Sources, id: string) => Promise<ReproductionStage[]>;

const ofMatrix: Planner = async ({ db }, id) => {
  const { matrixId, snapshotId } = await getMatrix(db, await fullId(db, 'matrix', id));
  return [...(snapshotId ? [{ stage: 'snapshot' as const, id: snapshotId }] : []), { stage: 'matrix', id: matrixId }];
};

const ofVersion: Planner = async (sources, id) => {
  const { versionId, matrixId } = await getVersion(sources.db, id);
  const { puBagging, pretrained, rankNormalizer } = sources.store.getJson<VersionBundle>(versionId).recipe;
  const population = puBagging ?? pretrained ?? rankNormalizer;
  return [
    ...(await ofMatrix(sources, matrixId)),
    ...(population ? await ofMatrix(sources, population.matrixId) : []),
    { stage: 'model', id: versionId },
  ];
};

const ofScoring: Planner = async (sources, id) => {
  const run = await getScoringRun(sources.db, await fullId(sources.db, 'scoring-run', id));
  return [
    ...(await ofVersion(sources, run.versionId)),
    ...(await ofMatrix(sources, run.matrixId)),
    { stage: 'scoring-run', id: run.scoringId },
  ];
};

const PLANNERS: Readonly<Record<Exclude<ReproducibleKind, 'live'>, Planner>> = {
  snapshot: async ({ db }, id) => [{ stage: 'snapshot', id: await fullId(db, 'snapshot', id) }],
  matrix: ofMatrix,
  model: ofVersion,
  evaluation: async (sources, id) => {
    const { runId, matrixId } = await getRun(sources.db, await fullId(sources.db, 'training-run', id));
    if (!matrixId) throw notFound(`run ${runId} was not evaluated`);
    return [...(await ofMatrix(sources, matrixId)), { stage: 'folds', id: runId }, { stage: 'evaluation', id: runId }];
  },
  'scoring-run': ofScoring,
  list: async (sources, id) => {
    const list = (await draftedList(sources.db, await fullId(sources.db, 'list', id)))!;
    return [...(await ofScoring(sources, list.scoringId)), { stage: 'list', id: list.listId }];
  },
};

/**
 * What a thing was made of, stage by stage from its origin, each stage once.
 * @param id or at least six leading characters of it; ignored for `live`
 * @throws UtplukkError NotFound
 */
export async function reproductionPlan(
  sources: Sources,
  kind: ReproducibleKind,
  id: string,
): Promise<ReproductionStage[]> {
  const ids = kind === 'live' ? await liveVersions(sources.db) : [id];
  const plan = PLANNERS[kind === 'live' ? 'model' : kind];
  const stages = new Map<string, ReproductionStage>();
  for (const one of ids)
    for (const stage of await plan(sources, one)) {
      const key = `${stage.stage} ${stage.id}`;
      if (!stages.has(key)) stages.set(key, stage);
    }
  return [...stages.values()];
}
