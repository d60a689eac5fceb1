import { getRun } from '../platform/db/stores/runs';
import { deriveParts } from '../platform/snapshots/derived-parts';
import { withDuck } from '../platform/snapshots/duck';
import { readManifest } from '../platform/snapshots/extract';
import { featureParts } from '../platform/snapshots/feature-parts';
import { isLarge, planFeatures } from '../platform/snapshots/feature-plan';
import { checkBills } from '../platform/snapshots/matrix';
import { heartbeating } from './boundary';
import type { LifecycleActivities, TrainingActivities } from './contracts';
import type { Deps } from './deps';

/** Lots of a large snapshot wait for each other within a process: each may take a gigabyte. More workers take more. */
let largeWork: Promise<unknown> = Promise.resolve();
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = largeWork.then(work);
  largeWork = mine.catch(() => undefined);
  return mine;
}

export const featurePlanActivities = ({ db, store }: Deps): Pick<LifecycleActivities, 'planFeatures'> => ({
  planFeatures: ({ runId, snapshotId }) =>
    heartbeating(async () => {
      const { experiment } = (await getRun(db, runId)).input;
      const manifest = await readManifest(db, store, snapshotId);
      checkBills(manifest);
      return withDuck(store.temporary(), (duck) => planFeatures(duck, store, manifest, experiment.label.minAmountNok * 100));
    }),
});

/** Features in lots, so that workers share them. What a lot makes is found by its content: twice is once. */
export function featureActivities({ db, store }: Deps): Pick<TrainingActivities, 'deriveMonths' | 'computeFeatures'> {
  const onSnapshot = (snapshotId: string, work: (manifest: Awaited<ReturnType<typeof readManifest>>) => Promise<void>) =>
    heartbeating(async () => {
      const manifest = await readManifest(db, store, snapshotId);
      return isLarge(manifest) ? oneAtATime(() => work(manifest)) : work(manifest);
    });
  return {
    deriveMonths: ({ snapshotId, months }) =>
      onSnapshot(snapshotId, (manifest) =>
        withDuck(store.temporary(), async (duck) => {
          await deriveParts(duck, store, manifest, (month) => months.includes(month));
        }),
      ),
    computeFeatures: ({ snapshotId, dates }) =>
      onSnapshot(snapshotId, (manifest) =>
        withDuck(store.temporary(), async (duck) => {
          const { parts } = await deriveParts(duck, store, manifest);
          await featureParts(duck, store, manifest, parts, dates);
        }),
      ),
  };
}
