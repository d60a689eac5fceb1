import type { DuckDBConnection } from '@duckdb/node-api';
import { getRun } from '../platform/db/stores/runs';
import { buildRollups } from '../platform/features/monthly-rollups';
import type { Manifest } from '../platform/snapshots/datasets';
import { withDuckDb } from '../platform/duckdb/duckdb';
import { readManifest } from '../platform/snapshots/manifests';
import { computeFeatures } from '../platform/features/compute-features';
import { isLarge, planFeatures } from '../platform/matrices/plan-features';
import { checkBills } from '../platform/matrices/register-matrix';
import { withHeartbeat } from './interceptors';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';

/** Lots of a large snapshot wait for each other within a process: each may take a gigabyte. More workers take more. */
let largeWork: Promise<unknown> = Promise.resolve();
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = largeWork.then(work);
  largeWork = mine.catch(() => undefined);
  return mine;
}

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

/** Features in lots, so that workers share them. What a lot makes is found by its content: twice is once. */
export function featureActivities({
  db,
  store,
}: ActivityDependencies): Pick<TrainingActivities, 'deriveMonths' | 'computeFeatures'> {
  type Work = (duck: DuckDBConnection, manifest: Manifest) => Promise<unknown>;
  const onSnapshot = (snapshotId: string, work: Work) =>
    withHeartbeat(async () => {
      const manifest = await readManifest(db, store, snapshotId);
      const run = (threads: number) => withDuckDb(store.temporary(), (duck) => work(duck, manifest), { threads });
      // Small lots spend their time in planning, which has one thread: two side by side, each with one, take half as long.
      await (isLarge(manifest) ? oneAtATime(() => run(2)) : run(1));
    });
  return {
    deriveMonths: ({ snapshotId, months }) =>
      onSnapshot(snapshotId, (duck, manifest) => buildRollups(duck, store, manifest, (month) => months.includes(month))),
    computeFeatures: ({ snapshotId, dates }) =>
      onSnapshot(snapshotId, async (duck, manifest) => {
        const { parts } = await buildRollups(duck, store, manifest);
        await computeFeatures(duck, store, manifest, parts, dates);
      }),
  };
}
