import { setWorkflowOptions } from '@temporalio/workflow';
import { mirroring } from './activity-proxies';

/** Tells MLflow what it has not heard yet; waits as long as MLflow is away. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, mirrorMlflow);
export async function mirrorMlflow(): Promise<{ mirrored: number }> {
  let mirrored = 0;
  for (;;) {
    const round = await mirroring.drainMlflowOutbox();
    mirrored += round.mirrored;
    if (round.left === 0 || round.mirrored === 0) return { mirrored };
  }
}
