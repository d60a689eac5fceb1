import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { conflict } from '../../../domain/errors';
import { trainId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { leakageReportOf } from '../../../platform/db/stores/leakage';
import { evaluationOf, foldResults, getRun, runPage } from '../../../platform/db/stores/runs';
import { trialsOf } from '../../../platform/db/stores/tuning';
import { diagnose, experimentFromText, shippedExperiments } from '../../../application/experiments';
import { cancelRun, startRun } from '../../../application/training';
import type { ApiDeps } from '../deps';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { eventStream } from '../http/sse';
import { route } from '../http/route';
import { evaluation } from './evaluation-schema';
import { runsInWords } from './presenters';
import { evaluationRow, runSummary } from './schemas';

const runParam = z.object({ runId: z.uuid() });
const experimentText = z.object({ text: z.string().min(1).max(100_000).describe('an experiment, YAML') });

const run = runSummary.extend({
  /** The experiment as it was given, all defaults filled in. */
  experiment: z.record(z.string(), z.unknown()),
  folds: z.array(
    z.object({
      fold: z.string(),
      family: z.string(),
      trainRows: z.int(),
      unlabeledRows: z.int().nullable().describe('never controlled providers that were fitted beside them'),
      testRows: z.int(),
      testPositives: z.int(),
      validationLoss: z.number(),
    }),
  ),
  /** Settings that a search tried, the best of each family first. */
  trials: z.array(
    z.object({
      family: z.string(),
      trial: z.int(),
      settings: z.record(z.string(), z.unknown()),
      validationLoss: z.number(),
      averagePrecision: z.number(),
      rows: z.int(),
      findings: z.int(),
    }),
  ),
  evaluation: z.array(evaluationRow),
  leakage: z
    .object({
      verdict: z.enum(['clean', 'needs-reason', 'refused']),
      tests: z.int(),
      reasons: z.int(),
      certificate: z.record(z.string(), z.unknown()),
    })
    .nullable(),
});

const diagnosis = z.object({
  valid: z.boolean(),
  problems: z.array(z.object({ path: z.string(), line: z.int(), column: z.int(), message: z.string() })),
});

export function trainingRoutes(app: FastifyInstance, deps: ApiDeps): void {
  const { db } = deps;
  const tag = 'Training';

  route(
    app,
    deps,
    'listExperiments',
    {
      method: 'GET',
      url: '/v1/experiments',
      tag,
      summary: 'Experiments that come with the product',
      answer: z.array(z.object({ name: z.string(), text: z.string() })),
    },
    () => Promise.resolve(shippedExperiments()),
  );

  route(
    app,
    deps,
    'validateExperiment',
    {
      method: 'POST',
      url: '/v1/experiments/validations',
      tag,
      summary: 'What is wrong with an experiment, line by line',
      body: experimentText,
      answer: diagnosis,
    },
    ({ body }) => {
      const { experiment, problems } = diagnose(body.text);
      return Promise.resolve({
        valid: experiment !== undefined,
        problems: problems.map((problem) => ({ ...problem })),
      });
    },
  );

  const query = pageQuery.extend({ state: z.enum(['running', 'finished', 'failed', 'cancelled']).optional() });
  route(
    app,
    deps,
    'listTrainingRuns',
    {
      method: 'GET',
      url: '/v1/training-runs',
      tag,
      summary: 'Training runs, newest first',
      query,
      answer: pageOf(runSummary),
    },
    async ({ query: { cursor, limit, state } }) => {
      const cut = page(
        await runPage(db, { state, before: keyFrom('time', cursor), limit: limit + 1 }),
        limit,
        (last) => [last.startedAt.toISOString(), last.runId],
      );
      return { rows: await runsInWords(db, cut.rows), next: cut.next };
    },
  );

  route(
    app,
    deps,
    'startTrainingRun',
    {
      method: 'POST',
      url: '/v1/training-runs',
      tag,
      summary: 'Start a training run on the register',
      body: experimentText,
      status: 201,
      answer: z.object({ runId: z.uuid() }),
    },
    async ({ body, command }) => ({
      runId: await startRun(command, { experiment: experimentFromText(body.text) }),
    }),
  );

  route(
    app,
    deps,
    'getTrainingRun',
    {
      method: 'GET',
      url: '/v1/training-runs/:runId',
      tag,
      summary: 'One run: experiment, folds, figures, leakage report',
      params: runParam,
      answer: run,
    },
    async ({ params: { runId } }) => {
      const found = await getRun(db, runId);
      const [summary] = await runsInWords(db, [found]);
      const leakage = await leakageReportOf(db, runId);
      return {
        ...summary!,
        experiment: { ...found.input.experiment },
        folds: (await foldResults(db, runId)).map(
          ({ fold, family, result: { trainRows, unlabeledRows, testRows, testPositives, validationLoss } }) => ({
            fold,
            family,
            trainRows,
            unlabeledRows: unlabeledRows ?? null,
            testRows,
            testPositives,
            validationLoss,
          }),
        ),
        trials: (await trialsOf(db, runId)).map(({ settings, result: { rows, findings }, ...trial }) => ({
          ...trial,
          settings: { ...settings },
          rows,
          findings,
        })),
        evaluation: await evaluationOf(db, runId),
        leakage: leakage
          ? {
              verdict: leakage.verdict,
              tests: leakage.tests,
              reasons: leakage.reasons,
              certificate: leakage.document as Record<string, unknown>,
            }
          : null,
      };
    },
  );

  route(
    app,
    deps,
    'getEvaluation',
    {
      method: 'GET',
      url: '/v1/training-runs/:runId/evaluation',
      tag,
      summary: 'Evaluation: slices, curves, pairs, calibration, fairness, who looked, lists drawn from everybody',
      params: runParam,
      answer: evaluation,
    },
    async ({ params: { runId } }) => {
      await getRun(db, runId);
      const row = await db('ml.training_run')
        .where({ run_id: runId })
        .first<{ evaluation_sha256: string | null }>('evaluation_sha256');
      if (!row.evaluation_sha256)
        throw conflict(`run ${runId} has not been evaluated`, 'It failed, was stopped, or still runs.');
      return deps.store.getJson<EvaluationDocument>(row.evaluation_sha256);
    },
  );

  route(
    app,
    deps,
    'watchTrainingRun',
    {
      method: 'GET',
      url: '/v1/training-runs/:runId/events',
      tag,
      summary: 'Progress of a run, as server-sent events until it ends',
      params: runParam,
      produces: ['text/event-stream'],
    },
    async ({ params: { runId }, request, reply }) => {
      await getRun(db, runId);
      return eventStream(request, reply, async () => {
        const [{ state, problem, versionId }, progress, folds] = await Promise.all([
          getRun(db, runId),
          deps.temporal.progress(trainId(runId)),
          foldResults(db, runId),
        ]);
        const data = {
          state,
          step: progress?.step ?? null,
          done: progress?.done ?? 0,
          total: progress?.total ?? 0,
          folds: folds.map(({ fold, family }) => ({ fold, family })),
          problem: problem ?? null,
          versionId: versionId ?? null,
        };
        return { event: 'progress', data, last: state !== 'running' };
      });
    },
  );

  route(
    app,
    deps,
    'cancelTrainingRun',
    {
      method: 'POST',
      url: '/v1/training-runs/:runId/cancellations',
      tag,
      summary: 'Stop a run',
      params: runParam,
      status: 202,
      answer: z.object({ runId: z.uuid() }),
    },
    async ({ params: { runId }, command }) => {
      await cancelRun(command, runId);
      return { runId };
    },
  );
}
