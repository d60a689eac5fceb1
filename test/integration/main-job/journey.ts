import type { ChildProcess } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadExperiment } from '../../../application/experiments';
import { startRun } from '../../../application/training';
import { gatesOf } from '../../../platform/db/stores/gates';
import { testProduct, type TestProduct } from '../../support/environment';
import { smallRegister, SMALL_EXPERIMENT } from '../../support/small-register';
import { until } from '../../support/until';

export interface TrainedRun {
  readonly runId: string;
  readonly matrixId: string;
  readonly versionId: string;
}

/** The small experiment with another `features` section. */
export const withFeatures = (features: string): string =>
  SMALL_EXPERIMENT.replace(/features:[\s\S]*?families:/, `features: ${features}\nfamilies:`);

/** A product with the small register and workers: the tests follow each other on it, from bills to an approved list. */
export class MainJob {
  t!: TestProduct;
  dir!: string;
  lifecycle!: ChildProcess;
  training!: ChildProcess;
  /** The first run; its version becomes the champion. */
  run!: TrainedRun;
  /** Workflow of the first scoring, and the list drafted from it. */
  workflowId!: string;
  listId!: string;

  async open(): Promise<void> {
    this.t = await testProduct(await smallRegister());
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'main-job-'));
    [this.lifecycle, this.training] = await Promise.all([
      this.t.startWorker('lifecycle'),
      this.t.startWorker('training'),
    ]);
  }

  async close(): Promise<void> {
    await this.t.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  experiment(text = SMALL_EXPERIMENT) {
    const file = path.join(this.dir, 'experiment.yaml');
    fs.writeFileSync(file, text);
    return loadExperiment(file);
  }

  async train(text?: string): Promise<TrainedRun> {
    const runId = await startRun(await this.t.as('kari'), this.experiment(text));
    return { runId, ...(await this.t.temporal.trainingResult(runId)) };
  }

  /** Waits until the workflow of a training run reports this step. */
  reached(runId: string, step: string): Promise<true> {
    return until(`the step ${step}`, async () =>
      (await this.t.temporal.progress(`train-${runId}`))?.step === step ? true : undefined,
    );
  }

  /** Waits for the gate results of a promotion request. */
  gates(requestId: string) {
    return until('the gates', async () =>
      ((found) => (found.length > 0 ? found : undefined))(await gatesOf(this.t.db, requestId)),
    );
  }
}
