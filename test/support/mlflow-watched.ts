import { slotName } from '../../domain/rules/slots';
import { verifyLedger } from '../../platform/ledger/verify';
import type { Mlflow } from '../../platform/mlflow/client';
import { MlflowMirror } from '../../platform/mlflow/mirror';
import { listDeviations, MlflowReconciler } from '../../platform/mlflow/reconcile';
import { auditContextFor, type TestDatabase } from './environment';

/** Changes alias, version and run in MLflow by hand: each is detected, recorded and mirrored again. */
export async function expectMlflowWatched(
  t: Pick<TestDatabase, 'env' | 'db' | 'store'>,
  mlflow: Mlflow,
  { slot, runId, versionId }: { slot: string; runId: string; versionId: string },
): Promise<void> {
  const mirror = new MlflowMirror(mlflow, t.db, t.store);
  const watch = new MlflowReconciler(mirror, t.db);
  const look = async () => {
    const found = await watch.reconcile(() => auditContextFor(t, 'kari', 'rescore.start'), new Date());
    await mirror.drain();
    return found;
  };
  const link = async (kind: string, subject: string) =>
    (await t.db('ml.mirror_link').where({ kind, subject_id: subject }).first<{ mlflow_id: string }>()).mlflow_id;
  const name = slotName(slot);
  expect(await look()).toEqual([]);
  await mlflow.call('DeleteRegisteredModelAlias', { name, alias: 'champion' });
  expect(await look()).toMatchObject([{ kind: 'champion', subjectId: slot, expected: versionId, found: 'nothing' }]);
  await mlflow.call('SetModelVersionTag', {
    name,
    version: await link('version', versionId),
    key: 'utplukk.id',
    value: 'another',
  });
  expect((await look()).map(({ kind }) => kind)).toEqual(['champion', 'version']);
  await mlflow.call('LogBatch', {
    run_id: await link('run', runId),
    metrics: [{ key: 'logistic.average-precision', value: 1, timestamp: Date.now(), step: 9 }],
  });
  expect(await look()).toMatchObject([
    { kind: 'run', subjectId: runId, what: 'metric logistic.average-precision', found: '1' },
  ]);
  await mlflow.call('UpdateRun', { run_id: await link('run', runId), status: 'FAILED' });
  expect(await look()).toMatchObject([{ kind: 'run', what: 'status', expected: 'FINISHED', found: 'FAILED' }]);
  expect(await look()).toEqual([]);
  expect(await listDeviations(t.db)).toHaveLength(5);
  expect((await verifyLedger(t.db)).problems).toEqual([]);
}
