import { actOf } from '../platform/auth/acts';
import { canonical, digestOf } from '../platform/artifacts/hash';
import { getVersion, type VersionBundle } from '../platform/db/stores/versions';
import { append } from '../platform/ledger/ledger';
import { redactedParts } from '../platform/snapshots/manifests';
import { type MatrixRecipe, rebuildRegisterMatrix } from '../platform/snapshots/matrix';
import { rebuildTableMatrix } from '../platform/snapshots/table-matrix';
import { heartbeating } from './boundary';
import type { LifecycleActivities, ReproduceVerdict } from './contracts';
import type { Deps } from './deps';

type ReproductionActivities = Pick<LifecycleActivities, 'rebuildMatrix' | 'compareRebuild'>;

export function reproductionActivities(deps: Deps): ReproductionActivities {
  const { db, store } = deps;
  return {
    /** Builds the matrix anew from its recipe, beside the stored one, and says both names. */
    rebuildMatrix: ({ versionId }) =>
      heartbeating(async () => {
        const { matrixId } = await getVersion(db, versionId);
        // A version is trained on cases or a table; populations are only scored.
        const row = await db('ml.matrix')
          .where({ matrix_id: matrixId })
          .first<{ recipe: Exclude<MatrixRecipe, { kind: 'table-population' }> }>();
        const found =
          row.recipe.kind === 'table'
            ? await rebuildTableMatrix(store, row.recipe)
            : await rebuildRegisterMatrix(deps, row.recipe);
        const redacted =
          found !== matrixId && row.recipe.kind !== 'table'
            ? await redactedParts(db, store, row.recipe.snapshotId)
            : [];
        return { expected: matrixId, found, matrixId, ...(redacted.length > 0 ? { redacted } : {}) };
      }),

    async compareRebuild({ actId, versionId, final }) {
      const bundle = store.getJson<VersionBundle>(versionId);
      const sameEngine = canonical(store.getJson(final.engineSha256)) === canonical(bundle.engine);
      const firstDifference =
        bundle.model !== final.modelSha256
          ? ('model' as const)
          : bundle.weights !== final.weightsSha256
            ? ('weights' as const)
            : undefined;
      const verdict: ReproduceVerdict = { same: firstDifference === undefined, sameEngine, firstDifference };
      await db.transaction(async (tx) => {
        const act = verdict.same ? 'model-version.reproduced' : 'model-version.not-reproduced';
        const done = await tx('aud.entry').where({ act, act_id: actId }).first<object | undefined>();
        if (!done)
          await append(
            tx,
            await actOf(tx, actId),
            { act, subject: { kind: 'model-version', id: versionId }, before: versionId, after: digestOf(verdict) },
            deps.clock(),
          );
      });
      return verdict;
    },
  };
}
