import { z } from 'zod';
import { experimentFromText } from '../../../application/experiments';
import { cancelRun, startRun } from '../../../application/training';
import { trainId } from '../../../domain/rules/workflow-ids';
import type { EvaluationDocument } from '../../../domain/schemas/evaluation';
import { evaluationDocumentOf, evaluationOf } from '../../../platform/db/stores/evaluation';
import { leakageReportOf } from '../../../platform/db/stores/leakage';
import { getRun, runPage } from '../../../platform/db/stores/runs';
import { foldResults } from '../../../platform/db/stores/training';
import { trialsOf } from '../../../platform/db/stores/tuning';
import type { Db } from '../../../platform/postgres/connection';
import { keyFrom, page, pageOf, pageQuery } from '../http/paging';
import { route } from '../http/route';
import { eventStream } from '../http/sse';
import { evaluation } from './evaluation-schema';
import { presentRuns } from './presenters';
import { evaluationRow, experimentText, runSummary } from './schemas';

const tag = 'Training';
const runParam = z.object({ runId: z.uuid() });

const listTrainingRuns = route(
  'listTrainingRuns',
  {
    method: 'GET',
    url: '/v1/training-runs',
    tag,
    summary: 'Training runs, newest first',
    query: pageQuery.extend({ state: z.enum(['running', 'finished', 'failed', 'cancelled']).optional() }),
    answer: pageOf(runSummary),
  },
  async ({ query: { cursor, limit, state } }, { db }) => {
    const before = keyFrom('time', cursor);
    const found = page(await runPage(db, { state, before, limit: limit + 1 }), limit, (last) => [
      last.startedAt.toISOString(),
      last.runId,
    ]);
    return { rows: await presentRuns(db, found.rows), next: found.next };
  },
);

const startTrainingRun = route(
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
  async ({ body, context }) => ({ runId: await startRun(context, { experiment: experimentFromText(body.text) }) }),
);

const run = runSummary.extend({
  experiment: z.record(z.string(), z.unknown()).describe('the experiment with all defaults filled in'),
  folds: z.array(
    z.object({
      fold: z.string(),
      family: z.string(),
      trainRows: z.int(),
      unlabeledRows: z.int().nullable().describe('unlabelled providers that were sampled into the fit'),
      testRows: z.int(),
      testPositives: z.int(),
      validationLoss: z.number(),
    }),
  ),
  trials: z
    .array(
      z.object({
        family: z.string(),
        trial: z.int(),
        settings: z.record(z.string(), z.unknown()),
        validationLoss: z.number(),
        averagePrecision: z.number(),
        rows: z.int(),
        findings: z.int(),
      }),
    )
    .describe('trials of the hyperparameter search, the best of each family first'),
  evaluation: z.array(evaluationRow),
  leakage: z
    .object({
      verdict: z.enum(['clean', 'needs-reason', 'refused']),
      tests: z.int(),
      reasons: z.int().describe('people who have explained a suspicion'),
      report: z.record(z.string(), z.unknown()),
    })
    .nullable(),
});

const getTrainingRun = route(
  'getTrainingRun',
  {
    method: 'GET',
    url: '/v1/training-runs/:runId',
    tag,
    summary: 'One run: experiment, folds, metrics, leakage report',
    params: runParam,
    answer: run,
  },
  async ({ params: { runId } }, { db }) => {
    const found = await getRun(db, runId);
    const [summary] = await presentRuns(db, [found]);
    return {
      ...summary!,
      experiment: { ...found.input.experiment },
      folds: await presentFolds(db, runId),
      trials: (await trialsOf(db, runId)).map(({ settings, result: { rows, findings }, ...trial }) => ({
        ...trial,
        settings: { ...settings },
        rows,
        findings,
      })),
      evaluation: await evaluationOf(db, runId),
      leakage: await presentLeakage(db, runId),
    };
  },
);

async function presentFolds(db: Db, runId: string) {
  return (await foldResults(db, runId)).map(({ fold, family, result }) => ({
    fold,
    family,
    trainRows: result.trainRows,
    unlabeledRows: result.unlabeledRows ?? null,
    testRows: result.testRows,
    testPositives: result.testPositives,
    validationLoss: result.validationLoss,
  }));
}

async function presentLeakage(db: Db, runId: string) {
  const found = await leakageReportOf(db, runId);
  if (!found) return null;
  const { verdict, tests, reasons, document } = found;
  return { verdict, tests, reasons, report: document as Record<string, unknown> };
}

const getEvaluation = route(
  'getEvaluation',
  {
    method: 'GET',
    url: '/v1/training-runs/:runId/evaluation',
    tag,
    summary:
      'Evaluation report: metrics per slice, curves, pairwise comparisons, calibration, fairness, caseworker effect, ' +
      'population estimates',
    params: runParam,
    answer: evaluation,
  },
  async ({ params: { runId } }, { db, store }) => {
    await getRun(db, runId);
    return store.getJson<EvaluationDocument>(await evaluationDocumentOf(db, runId));
  },
);

const watchTrainingRun = route(
  'watchTrainingRun',
  {
    method: 'GET',
    url: '/v1/training-runs/:runId/events',
    tag,
    summary: 'Progress of a run, as server-sent events until it ends',
    params: runParam,
    produces: ['text/event-stream'],
  },
  async ({ params: { runId }, request, reply }, { db, temporal }) => {
    await getRun(db, runId);
    return eventStream(request, reply, async () => {
      const [{ state, problem, versionId }, progress, folds] = await Promise.all([
        getRun(db, runId),
        temporal.progress(trainId(runId)),
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

const cancelTrainingRun = route(
  'cancelTrainingRun',
  {
    method: 'POST',
    url: '/v1/training-runs/:runId/cancellations',
    tag,
    summary: 'Cancel a run',
    params: runParam,
    status: 202,
    answer: z.object({ runId: z.uuid() }),
  },
  async ({ params: { runId }, context }) => {
    await cancelRun(context, runId);
    return { runId };
  },
);

export const trainingRunRoutes = [
  listTrainingRuns,
  startTrainingRun,
  getTrainingRun,
  getEvaluation,
  watchTrainingRun,
  cancelTrainingRun,
];
