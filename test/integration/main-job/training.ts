import { hasValue } from '../../../domain/schemas/evaluation';
import { cancelRun, startRun } from '../../../application/training';
import { spawnJob } from '../../../compute/spawn-job';
import { familySchema } from '../../../domain/families';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { evaluationOf, overall } from '../../../platform/db/stores/evaluation';
import { getVersion, type VersionBundle } from '../../../platform/db/stores/versions';
import { verifyLedger } from '../../../platform/ledger/verify';
import { readMatrix } from '../../../platform/matrices/read-matrix';
import { SMALL_EXPERIMENT } from '../../support/small-register';
import { type MainJob, withFeatures } from './journey';

/** The run whose version goes live: its metrics, and the card that is frozen with it. */
export function trainingTests(job: MainJob): void {
  test('a run trains families and evaluates them against the baselines', async () => {
    const run = (job.run = await job.train());
    const rows = await evaluationOf(job.t.db, run.runId);
    expect([...new Set(rows.map((row) => row.family))]).toEqual([
      'current-practice',
      'logistic',
      'logistic+amount',
      'mlp',
      'mlp+amount',
      'nok-at-risk',
      'peer-deviation',
      'random',
      'rule-hits',
      'size',
    ]);
    expect(rows.filter((row) => row.slice.startsWith('group:')).length).toBeGreaterThan(0);
    for (const row of overall(rows).filter(hasValue)) {
      expect(row.lo).toBeLessThanOrEqual(row.value + 1e-9);
      expect(row.hi).toBeGreaterThanOrEqual(row.value - 1e-9);
      expect(row.n).toBeGreaterThan(20);
      expect(row.method).toMatch(/naive on labelled providers|cross-fitted/);
    }
    // The card is frozen with the version: it says what was stored.
    const { card } = job.t.store.getJson<VersionBundle>(run.versionId);
    expect(job.t.store.get(card!.markdown).toString()).toMatch(
      /## Quality compared with the baselines[\s\S]*peer-deviation[\s\S]*## Target-leakage report/,
    );
    expect(job.t.store.getJson<EvaluationDocument>(card!.evaluation).rows).toHaveLength(rows.length);
  });
}

const SMALL_NETWORK = {
  family: 'mlp' as const,
  hidden: [6],
  learningRate: 0.005,
  weightDecay: 0.01,
  maxEpochs: 8,
  patience: 3,
  batchSize: 32,
  members: 2,
};

export function determinismTests(job: MainJob): void {
  test('two processes fit the same bytes, and shards score what the whole does', async () => {
    const { t } = job;
    const { matrixId } = await getVersion(t.db, (await job.train()).versionId);
    const row = await t
      .db('ml.matrix')
      .where({ matrix_id: matrixId })
      .first<{ file_sha256: string; meta: Parameters<typeof spawnJob<'final'>>[0]['matrix']['meta'] }>();
    const use = row.meta.columns.filter((column) => column.role === 'feature').map((column) => column.name);
    const matrix = { file: t.store.path(row.file_sha256), meta: row.meta, use };
    const family = familySchema.parse(SMALL_NETWORK);
    const fit = () => spawnJob<'final'>({ kind: 'final', matrix, family, seed: 11, storeRoot: t.store.root });
    const jobs = await Promise.all([fit(), fit()]);
    expect(jobs[0].result).toEqual(jobs[1].result);
    expect(jobs[0].runtime).toMatchObject({ backend: 'tensorflow', threads: '1', isa: 'AVX2' });
    process.env['UTPLUKK_TFJS_BACKEND'] = 'wasm'; // where the native addon cannot be built
    const fallback = await fit();
    delete process.env['UTPLUKK_TFJS_BACKEND'];
    expect(fallback.runtime['backend']).toBe('wasm'); // on record
    expect(fallback.result.validationLoss).toBeCloseTo(jobs[0].result.validationLoss, 4);
    const whole = await readMatrix(matrix.file, [], t.store.temporary());
    const shards = await Promise.all(
      [0, 1, 2].map((index) => readMatrix(matrix.file, [], t.store.temporary(), { index, of: 3 })),
    );
    expect(shards.flatMap((shard) => shard.rowId).sort()).toEqual([...whole.rowId].sort());
  });
}

export function failureTests(job: MainJob): void {
  test('a worker killed in the middle of a fit and of an extraction ends in the same hashes', async () => {
    const { t } = job;
    const undisturbed = await job.train(SMALL_EXPERIMENT.replace('seed: 3', 'seed: 4'));
    const text = SMALL_EXPERIMENT.replace('seed: 3', 'seed: 4')
      .replace('small-register', 'small-killed')
      .replace('asOf: 2025-01-01T00:00:00Z', 'asOf: 2025-01-01T00:00:00.000Z');
    await t.db('ml.partition').delete(); // so that extraction has its work to do again
    const runId = await startRun(await t.as('kari'), job.experiment(text));
    await job.reached(runId, 'extraction');
    job.lifecycle.kill('SIGKILL');
    job.lifecycle = await t.startWorker('lifecycle');
    await job.reached(runId, 'training');
    job.training.kill('SIGKILL');
    job.training = await t.startWorker('training');
    const result = await t.temporal.trainingResult(runId);
    expect(result.matrixId).toBe(undisturbed.matrixId);
    // The experiment's name is no part of a version, so equal content has one name.
    expect(result.versionId).toBe(undisturbed.versionId);
    expect((await verifyLedger(t.db)).problems).toEqual([]);
  });

  test('an experiment that asks for too much fails with a sentence and loses nothing', async () => {
    const { t } = job;
    const context = await t.as('kari');
    const early = SMALL_EXPERIMENT.replace('firstTest: 2023-03-01', 'firstTest: 2021-08-01');
    const runId = await startRun(context, job.experiment(early));
    await expect(t.temporal.trainingResult(runId)).rejects.toThrow();
    const row = await t.db('ml.training_run').where({ run_id: runId }).first<{ state: string; problem: string }>();
    expect(row).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/NoLabels: fold fold-\d .* has \d+ training rows/) as string,
    });
    const unknown = await startRun(context, job.experiment(withFeatures('{ exclude: [no_such_feature] }')));
    await expect(t.temporal.trainingResult(unknown)).rejects.toThrow();
    expect((await t.db('ml.training_run').where({ run_id: unknown }).first<{ problem: string }>()).problem).toMatch(
      /unknown feature no_such_feature; the source has: practice_type/,
    );
  });
}

export function cancellationTests(job: MainJob): void {
  test('a run can be cancelled, once', async () => {
    const { t } = job;
    const context = await t.as('kari');
    const runId = await startRun(context, job.experiment(SMALL_EXPERIMENT.replace('seed: 3', 'seed: 77')));
    await job.reached(runId, 'training');
    await cancelRun(context, runId);
    await expect(t.temporal.trainingResult(runId)).rejects.toThrow();
    expect(await t.db('ml.training_run').where({ run_id: runId }).first<{ state: string }>()).toMatchObject({
      state: 'cancelled',
    });
    await expect(cancelRun(context, runId)).rejects.toThrow(/is cancelled already/);
  });
}
