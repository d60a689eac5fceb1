import type { DuckDBConnection } from '@duckdb/node-api';
import { getRun } from '../platform/db/stores/runs';
import { withDuckDb } from '../platform/duckdb/duckdb';
import { computeFeatures } from '../platform/features/compute-features';
import { buildRollups } from '../platform/features/monthly-rollups';
import { isLarge, planFeatures } from '../platform/matrices/plan-features';
import { checkBills } from '../platform/matrices/register-matrix';
import type { Manifest } from '../platform/snapshots/datasets';
import { readManifest } from '../platform/snapshots/manifests';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/** Divides the work on features into batches. */
export const featurePlanActivities = ({
  db,
  store,
}: ActivityDependencies): Pick<LifecycleActivities, 'planFeatures'> => ({
  planFeatures: ({ runId, snapshotId }) =>
    withHeartbeat(async () => {
      const { experiment } = (await getRun(db, runId)).input;
      const manifest = await readManifest(db, store, snapshotId);
      checkBills(manifest);
      return withDuckDb(store.temporary(), (duck) =>
        planFeatures(duck, store, manifest, experiment.label.minAmountNok * 100),
      );
    }),
});

/** Batches of a large snapshot run one at a time in a process: each may take a gigabyte. More workers take more. */
let largeBatch: Promise<unknown> = Promise.resolve();
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = largeBatch.then(work);
  largeBatch = mine.catch(() => undefined);
  return mine;
}

/** Rollups and features in batches that workers share. A batch that was computed before is found by content. */
export function featureActivities({
  db,
  store,
}: ActivityDependencies): Pick<TrainingActivities, 'computeMonthlyRollups' | 'computeFeatures'> {
  type Work = (duck: DuckDBConnection, manifest: Manifest) => Promise<unknown>;
  const onSnapshot = (snapshotId: string, work: Work) =>
    withHeartbeat(async () => {
      const manifest = await readManifest(db, store, snapshotId);
      const run = (threads: number) => withDuckDb(store.temporary(), (duck) => work(duck, manifest), { threads });
      // Small batches spend their time in planning, which is single-threaded: two at once with one thread each take
      // half as long.
      await (isLarge(manifest) ? oneAtATime(() => run(2)) : run(1));
    });
  return {
    computeMonthlyRollups: ({ snapshotId, months }) =>
      onSnapshot(snapshotId, (duck, manifest) =>
        buildRollups(duck, store, manifest, (month) => months.includes(month)),
      ),
    computeFeatures: ({ snapshotId, dates }) =>
      onSnapshot(snapshotId, async (duck, manifest) => {
        const { rollups } = await buildRollups(duck, store, manifest);
        await computeFeatures(duck, store, manifest, rollups, dates);
      }),
  };
}
