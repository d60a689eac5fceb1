import type { FamilySpec } from '../domain/families';
import type { TrialResult } from '../models/tuning/rolling-origin-cv';
import { digestOf } from '../platform/artifacts/hash';
import { auditContextOf } from '../platform/ledger/record';
import { evaluationRoot } from '../platform/ledger/verify-bulk-rows';
import { append } from '../platform/ledger/append';
import { getRun } from '../platform/db/stores/runs';
import { withHeartbeat } from './interceptors';
import type { FoldOutcome } from '../compute/jobs';
import { spawnJob } from '../compute/spawn-job';
import type { TrainingActivities } from './contracts';
import type { ActivityDependencies } from './deps';
import { checkRun } from './leakage';
import { evaluateJob, finalJob, foldJob, settingsOf, trialJob } from '../compute/job-inputs';

/** Fits and judgements, each in a child process. Run twice they give the same bytes, and rows are written once. */
export function trainingActivities(
  deps: ActivityDependencies,
): Pick<TrainingActivities, 'checkLeakage' | 'runTrial' | 'trainFold' | 'evaluateRun' | 'trainFinal'> {
  const { db, store } = deps;
  return {
    checkLeakage: (input) => withHeartbeat((signal) => checkRun(deps, input, signal)),

    runTrial: ({ runId, matrixId, family, trial, populationId }) =>
      withHeartbeat(async (signal) => {
        const key = { run_id: runId, family, trial };
        const done = await db('ml.trial').where(key).first<{ validation_loss: number } | undefined>();
        if (done) return { validationLoss: done.validation_loss };
        const run = await getRun(db, runId);
        const job = await trialJob(deps, run, { matrixId, family, trial, populationId });
        const { result } = await spawnJob<'trial'>(job, signal);
        await writeTrial(deps, run.actionId, { runId, family, trial, settings: job.family, result });
        return { validationLoss: result.validationLoss };
      }),

    trainFold: ({ runId, matrixId, fold: foldId, family, populationId }) =>
      withHeartbeat(async (signal) => {
        const done = await db('ml.fold_result')
          .where({ run_id: runId, fold: foldId, family })
          .first<{ content_sha256: string } | undefined>();
        if (done) return { fold: foldId, family, contentSha256: done.content_sha256 };
        const run = await getRun(db, runId);
        const job = await foldJob(deps, run, { matrixId, fold: foldId, family, populationId });
        const { result: computed } = await spawnJob<'fold'>(job, signal);
        const result = { ...computed, ...(populationId === undefined ? {} : { populationMatrixId: populationId }) };
        const contentSha256 = digestOf(result);
        await writeFold(deps, run.actionId, { runId, fold: foldId, family, contentSha256, result });
        return { fold: foldId, family, contentSha256 };
      }),

    evaluateRun: ({ runId, matrixId }) =>
      withHeartbeat(async (signal) => {
        const run = await getRun(db, runId);
        const { result } = await spawnJob<'evaluate'>(await evaluateJob(deps, run, matrixId), signal);
        const evaluationSha = result.documentSha256;
        await db.transaction(async (tx) => {
          let written = 0;
          for (const row of result.rows) {
            const inserted = await tx.raw<{ rowCount: number }>(
              'insert into ml.evaluation (run_id, family, slice, metric, k, value, lo, hi, n, method) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
              [runId, row.family, row.slice, row.metric, row.k, row.value, row.lo, row.hi, row.n, row.method],
            );
            written += inserted.rowCount;
          }
          if (written === 0) return;
          await tx('ml.training_run')
            .where({ run_id: runId })
            .update({
              matrix_id: matrixId,
              calibrators: JSON.stringify(result.calibrators),
              evaluation_sha256: evaluationSha,
            });
          await append(
            tx,
            await auditContextOf(tx, run.actionId),
            {
              event: 'evaluation.recorded',
              subject: { kind: 'training-run', id: runId },
              after: evaluationSha,
              rows: await evaluationRoot(tx, runId),
            },
            deps.clock(),
          );
        });
        return { metrics: result.rows.length };
      }),

    trainFinal: ({ runId, matrixId, family }) =>
      withHeartbeat(async (signal) => {
        const run = await getRun(db, runId);
        const job = await finalJob(deps, run, matrixId, await settingsOf(deps, run, family), run.input.experiment.seed);
        const { result, engine } = await spawnJob<'final'>(job, signal);
        return {
          modelSha256: result.modelSha256,
          weightsSha256: result.weightsSha256,
          engineSha256: store.put(JSON.stringify(engine)),
        };
      }),
  };
}

async function writeTrial(
  deps: ActivityDependencies,
  actionId: string,
  {
    runId,
    family,
    trial,
    settings,
    result,
  }: { runId: string; family: string; trial: number; settings: FamilySpec; result: TrialResult },
): Promise<void> {
  const { validationLoss, averagePrecision, ...rest } = result;
  await deps.db.transaction(async (tx) => {
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.trial (run_id, family, trial, settings, validation_loss, average_precision, result, tried_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing',
      [
        runId,
        family,
        trial,
        JSON.stringify(settings),
        validationLoss,
        averagePrecision,
        JSON.stringify(rest),
        deps.clock(),
      ],
    );
    if (inserted.rowCount === 0) return;
    await append(
      tx,
      await auditContextOf(tx, actionId),
      {
        event: 'trial.fitted',
        subject: { kind: 'trial', id: `${runId}/${family}/${trial}` },
        after: digestOf({ settings, result }),
      },
      deps.clock(),
    );
  });
}

async function writeFold(
  deps: ActivityDependencies,
  actionId: string,
  row: { runId: string; fold: string; family: string; contentSha256: string; result: FoldOutcome },
): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const inserted = await tx.raw<{ rowCount: number }>(
      'insert into ml.fold_result (run_id, fold, family, content_sha256, result) values (?, ?, ?, ?, ?) on conflict do nothing',
      [row.runId, row.fold, row.family, row.contentSha256, JSON.stringify(row.result)],
    );
    if (inserted.rowCount === 0) return;
    await append(
      tx,
      await auditContextOf(tx, actionId),
      {
        event: 'fold.trained',
        subject: { kind: 'fold', id: `${row.runId}/${row.fold}/${row.family}` },
        after: row.contentSha256,
      },
      deps.clock(),
    );
  });
}
