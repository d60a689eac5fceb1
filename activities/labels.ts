import { getMatrix } from '../platform/db/stores/matrices';
import { recordLabelRevision, versionsTrainedOn } from '../platform/db/stores/labels';
import { labelChanges } from '../platform/matrices/label-revisions';
import type { MatrixRecipe } from '../platform/matrices/matrix-recipe';
import type { LifecycleActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { withHeartbeat } from './interceptors/heartbeat';

/**
 * Finds model versions that were trained on labels this matrix contradicts. Each revision becomes a row, a ledger
 * entry and a signed statement about every version concerned. A revision that is recorded already is left alone.
 */
export const labelActivities = (deps: ActivityDependencies): Pick<LifecycleActivities, 'recordLabelRevisions'> => ({
  recordLabelRevisions: ({ actionId, matrixId }) =>
    withHeartbeat(async () => {
      const { recipe } = await getMatrix<MatrixRecipe>(deps.db, matrixId);
      if (recipe.kind !== 'training') return { revised: 0 };
      const changes = await labelChanges(deps, matrixId, recipe);
      for (const change of changes) {
        const versions = await versionsTrainedOn(deps.db, change.labelSetId);
        const serviceToken = await deps.serviceToken();
        const statements = await Promise.all(
          versions.map(async ({ versionId, slot }) => ({
            versionId,
            envelope: await deps.notary.labelCorrection({ slot, versionId, ...change, serviceToken }),
          })),
        );
        await recordLabelRevision(deps.db, { actionId, change, statements, at: deps.clock() });
      }
      return { revised: changes.length };
    }),
});
