import { setWorkflowOptions } from '@temporalio/workflow';
import { mlflowProbe, mlflowSync } from './activity-proxies';

/** Tells MLflow what it has not heard yet; waits as long as MLflow is away. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, mirrorMlflow);
export async function mirrorMlflow(): Promise<{ mirrored: number }> {
  let mirrored = 0;
  for (;;) {
    const round = await mlflowSync.drainMlflowOutbox();
    mirrored += round.mirrored;
    if (round.left === 0 || round.mirrored === 0) return { mirrored };
  }
}

/** One look at whether somebody changed MLflow by hand, and the mending of it; a schedule starts it twice a minute. */
setWorkflowOptions({ versioningBehavior: 'AUTO_UPGRADE' }, watchMlflow);
export async function watchMlflow(): Promise<{ deviations: number }> {
  const deviations = await look();
  if (deviations > 0) await mirrorMlflow();
  return { deviations };
}

async function look(): Promise<number> {
  try {
    return (await mlflowProbe.watchMlflow()).deviations;
  } catch {
    return 0; // MLflow is away: the next look tells
  }
}
