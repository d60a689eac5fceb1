import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { draftedList } from '../../apps/cli/wait-for';
import { gatesOf } from '../../platform/db/stores/gates';
import { evaluationOf } from '../../platform/db/stores/evaluation';
import { startAuditedAction } from '../../platform/auth/audit-context';
import { giveReason, leakageReportOf } from '../../platform/db/stores/leakage';
import { getVersion } from '../../platform/db/stores/versions';
import { loadExperiment } from '../../application/experiments';
import { startRescore } from '../../application/scoring';
import { listLines } from '../../application/selection';
import { decide, requestPromotion } from '../../application/promotion';
import { startRun } from '../../application/training';
import { testProduct, type TestProduct } from '../support/environment';
import { writeSmallTable } from '../support/small-table';
import { until } from '../support/until';

const SLOT = 'post-payment-control/all';
let other: TestProduct;
let dir: string;
beforeAll(async () => {
  other = await testProduct();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'table-job-'));
});
afterAll(async () => {
  await other.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

test('a prepared table goes all the way to a list while MLflow is away, and MLflow catches up', async () => {
  const [away] = await Promise.all([
    other.startWorker('lifecycle', { MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' }),
    other.startWorker('training'),
  ]);
  const experiment = writeSmallTable(dir);
  const file = path.join(dir, 'table.csv');
  const runId = await startRun(await other.as('kari'), loadExperiment(experiment));
  const { versionId } = await other.temporal.trainingResult(runId);
  expect((await getVersion(other.db, versionId)).family).toBe('logistic');
  expect(
    Number(
      (await other.db('ml.mirror_outbox').whereNull('done_at').count<{ count: number }[]>('* as count'))[0]!.count,
    ),
  ).toBeGreaterThan(0);
  expect(
    (await evaluationOf(other.db, runId)).find(
      (row) => row.family === 'logistic' && row.metric === 'average-precision',
    )!.value,
  ).toBeGreaterThan(0.9);
  // One number settles the outcome here: the target-leakage check asks why, and two different people have to answer.
  expect(await leakageReportOf(other.db, runId)).toMatchObject({ verdict: 'needs-reason', reasons: 0 });
  const explain = async (user: string) => {
    const { db, token, clock } = await other.as(user);
    return db.transaction(async (tx) =>
      giveReason(tx, await startAuditedAction(tx, token, 'leakage.reason', 'test', clock()), runId, 'made so', clock()),
    );
  };
  expect(await explain('kari')).toBe(1);
  await expect(explain('kari')).rejects.toThrow(/you have given a reason/);
  expect(await explain('ola')).toBe(2);
  // The table's own way to a list: its version goes live in its slot and scores the rows from a day on, one an entity.
  const { requestId } = await requestPromotion(await other.as('kari'), versionId, { openDays: 1, purpose: 'test' });
  await until('the gates', async () => ((await gatesOf(other.db, requestId)).length > 0 ? true : undefined));
  expect(await decide(await other.as('ola'), requestId, 'approved', 'good')).toMatchObject({ verdict: 'approved' });
  const mapping = loadExperiment(experiment).table!.mapping;
  const options = {
    slot: SLOT,
    asOf: '2023-01-01T00:00:00Z',
    capacity: 10,
    seed: 1,
    openDays: 1,
    shards: 2,
    table: { file, mapping },
  };
  const { workflowId } = await startRescore(await other.as('kari'), options);
  const list = await draftedList(other.db, (await other.temporal.rescoreResult(workflowId)).scoringId);
  const scored = await listLines(other.db, list.listId);
  expect(list.candidates).toBe(100); // the rows of 2023
  expect(scored.every((found) => (Number(found.entity) * 37) % 11 > 5)).toBe(true); // the ten places hold findings

  away.kill('SIGKILL');
  await other.startWorker('lifecycle');
  const waiting = async () =>
    Number(
      (await other.db('ml.mirror_outbox').whereNull('done_at').count<{ count: number }[]>('* as count'))[0]!.count,
    );
  // The mirror tries again after a minute at most.
  await until('the mirror', async () => ((await waiting()) === 0 ? true : undefined));
});
