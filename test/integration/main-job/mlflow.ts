import { slotName } from '../../../domain/rules/slots';
import { Mlflow } from '../../../platform/mlflow/client';
import { expectMlflowWatched } from '../../support/mlflow-watched';
import { SMALL_SLOT } from '../../support/small-register';
import { until } from '../../support/until';
import type { MainJob } from './journey';

export function mlflowTests(job: MainJob): void {
  test('MLflow mirrors run, version and alias, and changes made there by hand are found', async () => {
    const { t, run } = job;
    const mlflow = new Mlflow(t.env.MLFLOW_TRACKING_URI);
    await until('the mirror', async () => {
      const [open] = await t.db('ml.mirror_outbox').whereNull('done_at').count<{ count: number }[]>('* as count');
      return Number(open!.count) === 0 ? true : undefined;
    });
    const name = slotName(SMALL_SLOT);
    const alias = (await mlflow.call('GetModelVersionByAlias', { name, alias: 'champion' })).model_version!;
    expect(alias.tags?.find((tag) => tag.key === 'utplukk.id')?.value).toBe(run.versionId);
    await expectMlflowWatched(t, mlflow, { slot: SMALL_SLOT, runId: run.runId, versionId: run.versionId });
  });
}
