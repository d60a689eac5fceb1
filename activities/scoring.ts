import { scoreJob } from '../compute/score-inputs';
import { spawnJob } from '../compute/spawn-job';
import type { ShardScores } from '../compute/jobs';
import { conflict } from '../domain/errors';
import { mergeShards } from '../models/selection/selection-list';
import { canonical } from '../platform/artifacts/hash';
import { recordScoringRun } from '../platform/db/stores/scoring';
import type { VersionBundle } from '../platform/db/stores/versions';
import { verifiedChampion } from '../platform/db/verified-champion';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** The live version and the record of what it scored. */
export function scoringActivities(
  deps: ActivityDependencies,
): Pick<LifecycleActivities, 'findChampion' | 'recordScoring'> {
  const { db, store, clock } = deps;
  const live = (slot: string) => verifiedChampion({ db, store, trust: deps.trust() }, slot, clock());
  return {
    findChampion: async ({ slot }) => ({ versionId: (await live(slot)).versionId }),

    /** Equal scores have an equal id, so a second run adds nothing. */
    async recordScoring({ actionId, slot, versionId, matrixId, asOf, shards }) {
      if ((await live(slot)).versionId !== versionId)
        throw conflict(
          `version ${versionId.slice(0, 12)} was replaced while it scored ${slot}`,
          'Rescore: the new champion scores.',
        );
      const { calibrator } = store.getJson<VersionBundle>(versionId);
      const scores = mergeShards(
        calibrator,
        shards.map((sha256) => store.getJson<ShardScores>(sha256)),
      );
      const rows = scores.rows.length;
      const scoresSha256 = store.put(canonical(scores));
      const run = { actionId, slot, versionId, matrixId, asOf, scoresSha256, rows, at: clock() };
      return { scoringId: await recordScoringRun(db, run), rows };
    },
  };
}

/** One shard of the population, scored in a child process. */
export const shardActivities = (deps: ActivityDependencies): Pick<TrainingActivities, 'scoreShard'> => ({
  scoreShard: (task) =>
    withHeartbeat(async (signal) => {
      const { result } = await spawnJob<'score'>(await scoreJob(deps, task), signal);
      return { scoresSha256: result.scoresSha256 };
    }),
});
