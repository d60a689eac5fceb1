import fs from 'node:fs';
import type { ReproducibleKind } from '../../../domain/reproduction';
import { findDamaged } from '../../../application/integrity-check';
import type { VersionBundle } from '../../../platform/db/stores/versions';
import { auditContextFor } from '../../support/environment';
import type { MainJob, TrainedRun } from './journey';

export function reproductionTests(job: MainJob): void {
  let first: TrainedRun;
  const reproduce = async (kind: ReproducibleKind, id: string) => {
    const { actionId } = await auditContextFor(job.t, 'kari', 'model.reproduce');
    return job.t.temporal.reproduce(`test-${actionId}`, { actionId, kind, id });
  };

  test('the same recipe gives the same version, and everything is reproduced to the same bytes', async () => {
    first = await job.train();
    const again = await job.train();
    expect(again.runId).not.toBe(first.runId);
    expect(again.versionId).toBe(first.versionId);
    const stages = ['snapshot', 'matrix', 'model', 'matrix', 'scoring-run', 'list'];
    const whole = await reproduce('list', job.listId);
    expect(whole.stages.map(({ stage }) => stage)).toEqual(stages);
    expect(whole).toMatchObject({ same: true, stages: stages.map((stage) => ({ stage, same: true })) });
    expect(await reproduce('evaluation', first.runId)).toMatchObject({ same: true });
    expect((await reproduce('live', '')).stages.map(({ stage }) => stage)).toEqual(['snapshot', 'matrix', 'model']);
  });

  test('one changed byte of a stored object is named by reproduction and by the integrity check', async () => {
    const { db, store } = job.t;
    const { weights } = store.getJson<VersionBundle>(first.versionId);
    const { file_sha256: matrixFile } = await db('ml.matrix')
      .where({ matrix_id: first.matrixId })
      .first<{ file_sha256: string }>();
    for (const [sha, of] of [
      [weights, /version/],
      [matrixFile, /matrix/],
    ] as const) {
      const bytes = fs.readFileSync(store.path(sha));
      const changed = Buffer.from(bytes);
      changed[changed.length >> 1]! ^= 1;
      fs.chmodSync(store.path(sha), 0o644);
      fs.writeFileSync(store.path(sha), changed);
      const { problems } = await findDamaged(db, store);
      expect(problems).toEqual([
        { sha, of: expect.stringMatching(of) as string, problem: expect.stringContaining(sha) as string },
      ]);
      if (sha === matrixFile)
        expect(await reproduce('model', first.versionId)).toMatchObject({ same: false, firstDifference: 'matrix' });
      fs.writeFileSync(store.path(sha), bytes);
    }
    expect((await findDamaged(db, store)).problems).toEqual([]);
  });
}
