import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { getRun } from '../../platform/db/stores/runs';
import { loadExperiment } from '../../application/experiments';
import { startRun } from '../../application/training';
import { explainError } from '../../apps/cli/session';
import { testProduct, type TestProduct } from '../support/environment';
import { type Gate, gateTo } from '../support/gate';
import { writeSmallTable } from '../support/small-table';
import { until } from '../support/until';

let product: TestProduct;
let gate: Gate;
let dir: string;
beforeAll(async () => {
  product = await testProduct();
  const url = new URL(product.env.DATABASE_URL);
  gate = await gateTo(Number(url.port));
  url.port = String(gate.port);
  await Promise.all([
    product.startWorker('lifecycle', { DATABASE_URL: url.href }),
    product.startWorker('training', { DATABASE_URL: url.href }),
  ]);
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'outage-'));
});
afterAll(async () => {
  await product.close();
  await gate.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

interface OutageRow {
  readonly activity: string;
  readonly workflow_id: string;
  readonly failures: number;
  readonly first_failed_at: Date;
  readonly answered_at: Date;
}

test('a run waits while the register is down, then ends with the same result; the outage is recorded', async () => {
  const outages = () => product.db('ops.source_outage').orderBy('first_failed_at').select<OutageRow[]>();
  const experiment = loadExperiment(writeSmallTable(dir));
  gate.shut();
  const runId = await startRun(await product.as('kari'), experiment);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect((await getRun(product.db, runId)).state).toBe('running');
  expect(await outages()).toEqual([]);
  gate.open();
  // Away a second time, in the middle of the work.
  await until('the first folds', async () =>
    (await getRun(product.db, runId)).state === 'running' && (await outages()).length > 0 ? true : undefined,
  );
  gate.shut();
  await new Promise((resolve) => setTimeout(resolve, 1500));
  gate.open();
  const { versionId } = await product.temporal.trainingResult(runId);

  const rows = await outages();
  expect(rows[0]).toMatchObject({ activity: 'planRun', workflow_id: `train-${runId}` });
  expect(rows[0]!.failures).toBeGreaterThanOrEqual(2);
  expect(rows[0]!.answered_at.getTime() - rows[0]!.first_failed_at.getTime()).toBeGreaterThan(1500);
  const again = await startRun(await product.as('kari'), experiment);
  expect((await product.temporal.trainingResult(again)).versionId).toBe(versionId);
}, 120_000);

test('an error that no retry mends ends the run by name, for whoever waits and for whoever looks later', async () => {
  const owner = new pg.Client({ connectionString: product.ownerUrl });
  await owner.connect();
  await owner.query('alter table ml.matrix rename to matrix_away');
  try {
    const runId = await startRun(await product.as('kari'), loadExperiment(writeSmallTable(dir)));
    const error: unknown = await product.temporal.trainingResult(runId).catch((thrown: unknown) => thrown);
    expect(explainError(error)).toMatchObject({
      type: 'Unexpected',
      code: 1,
      text: expect.stringMatching(/^5 times .*relation "ml.matrix" does not exist/) as string,
    });
    expect(await getRun(product.db, runId)).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^Unexpected: 5 times .*"ml.matrix" does not exist/) as string,
    });
  } finally {
    await owner.query('alter table ml.matrix_away rename to matrix');
    await owner.end();
  }
}, 120_000);
