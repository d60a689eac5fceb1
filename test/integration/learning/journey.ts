import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { loadExperiment } from '../../../application/experiments';
import { startRun } from '../../../application/training';
import { importRegister } from '../../../platform/import/import-register';
import { Vault } from '../../../platform/import/vault';
import { readMatrix } from '../../../platform/matrices/read-matrix';
import { auditContextFor, testProduct, type TestProduct } from '../../support/environment';
import { edited, smallRegister, SMALL_EXPERIMENT } from '../../support/small-register';

export interface TrainedRun {
  readonly runId: string;
  readonly matrixId: string;
  readonly versionId: string;
}

const NAMED = edited(SMALL_EXPERIMENT, 'name: small-register', 'name: searching');
/** One family, nothing optional. */
export const PLAIN = edited(NAMED, / {2}- \{ family: mlp.*\n/, '');
/** Two families with a hyperparameter search, PU bagging, pretraining, caseworker effect and population estimates. */
export const SEARCHING = `${edited(
  edited(NAMED, 'selectFamily: logistic', 'selectFamily: mlp'),
  ', caseworkerEffect: [], population: false',
  '',
)}tuning: { trials: 2 }
puBagging: { unlabeledPerPositive: 1, bags: 2 }
pretrain: rule-hits
`;

/** A product with the small register and workers; one run with everything optional serves all tests of the file. */
export class LearningJourney {
  t!: TestProduct;
  dir!: string;
  /** The run of `SEARCHING`, once it has been trained. */
  run!: TrainedRun;

  async open(): Promise<void> {
    this.t = await testProduct(await smallRegister());
    this.dir = fs.mkdtempSync(path.join(os.tmpdir(), 'learning-'));
    await Promise.all([this.t.startWorker('lifecycle'), this.t.startWorker('training')]);
  }

  async close(): Promise<void> {
    await this.t.close();
    fs.rmSync(this.dir, { recursive: true, force: true });
  }

  /** Imports events of control cases. */
  async importCases(name: string, events: readonly object[]) {
    const file = path.join(this.dir, name);
    fs.writeFileSync(file, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    const audit = await auditContextFor(this.t, 'kari', 'register.import');
    const [report] = await importRegister(this.t.db, audit, new Vault(this.t.db, Buffer.alloc(32, 1)), file);
    return report!;
  }

  /** Starts a run of this experiment text. */
  async start(text: string): Promise<string> {
    const file = path.join(this.dir, 'experiment.yaml');
    fs.writeFileSync(file, text);
    return startRun(await this.t.as('kari'), loadExperiment(file));
  }

  async train(text: string): Promise<TrainedRun> {
    const runId = await this.start(text);
    return { runId, ...(await this.t.temporal.trainingResult(runId)) };
  }

  /** Keys and labels of a stored matrix, without its features. */
  async readMatrix(matrixId: string) {
    const { file_sha256: sha } = await this.t
      .db('ml.matrix')
      .where({ matrix_id: matrixId })
      .first<{ file_sha256: string }>('file_sha256');
    return readMatrix(this.t.store.existing(sha), [], this.t.store.temporary());
  }
}
