import { digestOf } from '../platform/artifacts/hash';
import { actOf } from '../platform/auth/acts';
import { evaluationRoot } from '../platform/ledger/bulk';
import { append } from '../platform/ledger/ledger';
import { foldResults, getRun } from '../platform/db/stores/runs';
import { heartbeating } from './boundary';
import type { FoldOutcome } from './compute/jobs';
import { spawnJob } from './compute/spawn-job';
import type { TrainingActivities } from './contracts';
import type { Deps } from './deps';
import { checkRun } from './leaks';
import { familyOf, finalTrainFrom, matrixFile, runAndFold } from './training-input';

/** Fits and judgements, each in a child process. Run twice they give the same bytes, and rows are written once. */
export function trainingActivities(deps: Deps): Pick<TrainingActivities, 'checkLeaks' | 'trainFold' | 'evaluateRun' | 'trainFinal'> {
  const { db, store } = deps;
  const storeRoot = store.root;
  return {
    checkLeaks: (input) => heartbeating((signal) => checkRun(deps, input, signal)),

    trainFold: ({ runId, matrixId, fold: foldId, family }) =>
      heartbeating(async (signal) => {
        const done = await db('ml.fold_result')
          .where({ run_id: runId, fold: foldId, family })
          .first<{ content_sha256: string } | undefined>();
        if (done) return { fold: foldId, family, contentSha256: done.content_sha256 };
        const { run, fold } = await runAndFold(deps, runId, foldId);
        const { experiment } = run.input;
        const matrix = await matrixFile(deps, matrixId, experiment);
        const computed = await spawnJob<'fold'>(
          { kind: 'fold', matrix, fold, family: familyOf(experiment, family), seed: experiment.seed, storeRoot },
          signal,
        );
        const contentSha256 = digestOf(computed.result);
        await writeFold(deps, run.actId, { runId, fold: foldId, family, contentSha256, result: computed.result });
        return { fold: foldId, family, contentSha256 };
      }),

    evaluateRun: ({ runId, matrixId }) =>
      heartbeating(async (signal) => {
        const run = await getRun(db, runId);
        const { experiment } = run.input;
        const folds = await foldResults(db, runId);
        const matrix = await matrixFile(deps, matrixId, experiment);
        const predictions = folds.map((row) => ({ family: row.family, sha256: row.result.predictionsSha256 }));
        const { result } = await spawnJob<'evaluate'>(
          {
            kind: 'evaluate',
            matrix,
            predictions,
            ks: experiment.evaluation.k,
            bootstrap: experiment.evaluation.bootstrap,
            seed: experiment.seed,
            storeRoot,
          },
          signal,
        );
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
            .update({ matrix_id: matrixId, calibrators: JSON.stringify(result.calibrators), evaluation_sha256: evaluationSha });
          await append(
            tx,
            await actOf(tx, run.actId),
            {
              act: 'evaluation.recorded',
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
      heartbeating(async (signal) => {
        const { experiment } = (await getRun(db, runId)).input;
        const matrix = await matrixFile(deps, matrixId, experiment);
        const { result, engine } = await spawnJob<'final'>(
          {
            kind: 'final',
            trainFrom: finalTrainFrom(experiment),
            matrix,
            family: familyOf(experiment, family),
            seed: experiment.seed,
            storeRoot,
          },
          signal,
        );
        return { modelSha256: result.modelSha256, weightsSha256: result.weightsSha256, engineSha256: store.put(JSON.stringify(engine)) };
      }),
  };
}

async function writeFold(
  deps: Deps,
  actId: string,
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
      await actOf(tx, actId),
      { act: 'fold.trained', subject: { kind: 'fold', id: `${row.runId}/${row.fold}/${row.family}` }, after: row.contentSha256 },
      deps.clock(),
    );
  });
}
