import { invalid } from '../domain/errors';
import { getMatrix } from '../platform/db/stores/matrices';
import { getVersion, type VersionBundle } from '../platform/db/stores/versions';
import type { ComputeJob } from './jobs';
import type { JobSources } from './job-inputs';

/**
 * Scores of a frozen version for the rows of a matrix, or for one shard of them.
 * @throws UtplukkError InvalidInput if the matrix lacks columns that the version needs
 */
export async function scoreJob(
  { db, store }: JobSources,
  { versionId, matrixId, shard = 0, of = 1 }: { versionId: string; matrixId: string; shard?: number; of?: number },
): Promise<Extract<ComputeJob, { kind: 'score' }>> {
  await getVersion(db, versionId);
  const bundle = store.getJson<VersionBundle>(versionId); // checks the bytes against the version's id
  const { fileSha256, meta } = await getMatrix(db, matrixId);
  const missing = bundle.use.filter((name) => !meta.columns.some((column) => column.name === name));
  if (missing.length > 0)
    throw invalid(
      `the population lacks the columns ${missing.join(', ')} that version ${versionId.slice(0, 12)} needs`,
      'A version trained on a prepared table scores tables only; rescoring the register needs one trained on it.',
    );
  return {
    kind: 'score',
    matrix: { file: store.existing(fileSha256), meta, use: bundle.use },
    modelSha256: bundle.model,
    weightsSha256: bundle.weights,
    shard: { index: shard, of },
    storeRoot: store.root,
  };
}
