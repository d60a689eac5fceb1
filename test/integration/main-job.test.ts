import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ChildProcess } from 'node:child_process';
import { spawnJob } from '../../compute/spawn-job';
import { slotName } from '../../domain/rules/slots';
import { familySchema } from '../../domain/families';
import { lineageOf } from '../../platform/db/read-models/lineage';
import { getVersion } from '../../platform/db/stores/versions';
import { championOf } from '../../platform/db/stores/champions';
import { reasonsOf } from '../../application/explanation';
import type { EvaluationDocument } from '../../domain/schemas/evaluation';
import { evaluationOf, overall } from '../../platform/db/stores/evaluation';
import type { VersionBundle } from '../../platform/db/stores/versions';
import { getRequest } from '../../platform/db/stores/promotions';
import { gatesOf } from '../../platform/db/stores/gates';
import { verifyLedger } from '../../platform/ledger/verify';
import { Mlflow } from '../../platform/mlflow/client';
import type { ReproducibleKind } from '../../activities/contracts';
import { findDamaged } from '../../application/integrity-check';
import { findGarbage } from '../../application/garbage-collection';
import { loadExperiment } from '../../application/experiments';
import { applySchedule } from '../../application/schedules';
import { startRescore } from '../../application/scoring';
import { getList, listLines, signOffList } from '../../application/selection';
import { answerIntervention, rollBack } from '../../application/interventions';
import { decide, requestPromotion } from '../../application/promotion';
import { cancelRun, startRun } from '../../application/training';
import { readMatrix } from '../../platform/matrices/read-matrix';
import { auditContextFor, testProduct, type TestProduct } from '../support/environment';
import { expectMlflowWatched } from '../support/mlflow-watched';
import { SMALL_EXPERIMENT as EXPERIMENT, SMALL_SLOT as SLOT, loadSmallRegister } from '../support/small-register';
import { until } from '../support/until';
import { draftedList } from '../../apps/cli/commands/lists';

let t: TestProduct;
let dir: string;
let training: ChildProcess;
let lifecycle: ChildProcess;
beforeAll(async () => {
  t = await testProduct();
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'main-job-'));
  [lifecycle, training] = await Promise.all([t.startWorker('lifecycle'), t.startWorker('training')]);
  await loadSmallRegister(t, dir);
});
afterAll(async () => {
  await t.close();
  fs.rmSync(dir, { recursive: true, force: true });
});

const withFeatures = (features: string) =>
  EXPERIMENT.replace(/features:[\s\S]*?families:/, `features: ${features}\nfamilies:`);
const experiment = (text = EXPERIMENT) => {
  const file = path.join(dir, 'experiment.yaml');
  fs.writeFileSync(file, text);
  return loadExperiment(file);
};
const train = async (text?: string) => {
  const context = await t.as('kari');
  const runId = await startRun(context, experiment(text));
  return { runId, ...(await t.temporal.trainingResult(runId)) };
};

test('from bills to a approved list: trained, judged, approved by a second person, live, rescored', async () => {
  const run = await train();
  const rows = await evaluationOf(t.db, run.runId);
  expect([...new Set(rows.map((row) => row.family))]).toEqual([
    'current-practice',
    'logistic',
    'logistic-nok',
    'mlp',
    'mlp-nok',
    'nok-at-risk',
    'peer-deviation',
    'random',
    'rule-hits',
    'size',
  ]);
  expect(rows.filter((row) => row.slice.startsWith('group:')).length).toBeGreaterThan(0);
  for (const row of overall(rows)) {
    expect(row.lo).toBeLessThanOrEqual(row.value + 1e-9);
    expect(row.hi).toBeGreaterThanOrEqual(row.value - 1e-9);
    expect(row.n).toBeGreaterThan(20);
    expect(row.method).toMatch(/naive on controlled providers|cross-fitted/);
  }
  // The card is frozen with the version: what it says is what was stored.
  const { card } = t.store.getJson<VersionBundle>(run.versionId);
  expect(t.store.get(card!.markdown).toString()).toMatch(
    /## Quality beside the baselines[\s\S]*peer-deviation[\s\S]*## Leak certificate/,
  );
  expect(t.store.getJson<EvaluationDocument>(card!.evaluation).rows).toHaveLength(rows.length);

  // Promotion: gates, then a person who is neither the one who asked nor the one who trained.
  const kari = await t.as('kari');
  const ola = await t.as('ola');
  const { requestId } = await requestPromotion(kari, run.versionId, { openDays: 14, purpose: 'test' });
  await until('the gates', async () => ((await gatesOf(t.db, requestId)).length > 0 ? true : undefined));
  const both = { ...kari, token: { ...kari.token, roles: ['approver', 'data-scientist'] } };
  const gates = await gatesOf(t.db, requestId);
  if (gates.every((gate) => gate.passed)) {
    await expect(decide(both, requestId, 'approved', 'I trust myself')).rejects.toThrow(/four eyes/);
    expect(await decide(ola, requestId, 'approved', 'looked at the figures')).toMatchObject({ verdict: 'approved' });
    await expect(decide(ola, requestId, 'approved', 'again')).rejects.toThrow(/already approved/);
  } else {
    throw new Error(`the small register's model did not pass its gates: ${JSON.stringify(gates)}`);
  }
  expect((await championOf(t.db, SLOT))?.versionId).toBe(run.versionId);

  // Rescoring and the round: a draft that two different control leaders seal.
  const per = await t.as('per');
  const { workflowId } = await startRescore(per, {
    slot: SLOT,
    asOf: '2025-01-01T00:00:00Z',
    capacity: 5,
    seed: 1,
    openDays: 14,
    shards: 3,
  });
  const scored = await t.temporal.rescoreResult(workflowId);
  const draft = await draftedList(t.db, scored.scoringId);
  expect(draft).toMatchObject({ state: 'draft', capacity: 5, versionId: run.versionId });
  const lines = await listLines(t.db, draft.listId, { selectedOnly: false, count: 5000 });
  expect(lines).toHaveLength(draft.candidates);
  expect(lines.filter((line) => line.selected).map((line) => line.rank)).toEqual([1, 2, 3, 4, 5]);
  // Every line says what a control is expected to find and whether the model has seen anything like it; few are unlike.
  for (const { probability, expectedOre } of lines) expect(expectedOre! > 0 === probability > 0).toBe(true);
  expect(lines.filter(({ outOfDistribution }) => outOfDistribution!).length).toBeLessThan(0.25 * lines.length);
  expect(lines.map((line) => line.probability)).toEqual(
    [...lines.map((line) => line.probability)].sort((a, b) => b - a),
  );
  const [first, second] = await reasonsOf(
    t,
    draft.listId,
    lines.slice(0, 2).map(({ entity }) => entity),
  );
  expect([first!.entity, second!.entity]).toEqual(lines.slice(0, 2).map((line) => line.entity));
  expect(first!.reasons[0]!.peers).toBeGreaterThanOrEqual(10);
  expect(Math.abs(first!.gap)).toBeLessThan(1e-6); // the logistic model's reasons are exact
  await expect(reasonsOf(t, draft.listId, ['P999999'])).rejects.toThrow(/P999999 was not scored/);
  expect(await signOffList(per, draft.listId, 'approved', 'read')).toMatchObject({ state: 'draft', signOffs: 1 });
  await expect(signOffList(per, draft.listId, 'approved', 'twice')).rejects.toThrow(/2 different people/);
  expect(await signOffList(await t.as('siri'), draft.listId, 'approved', 'read too')).toMatchObject({
    state: 'approved',
    signOffs: 2,
  });
  await expect(signOffList(per, draft.listId, 'refused', 'late')).rejects.toThrow(/is sealed/);
  await expect(t.db.raw('update sel.line set selected = true')).rejects.toThrow(/append-only/);
  expect((await getList(t.db, draft.listId)).state).toBe('approved');

  // From a line back to the snapshot, each step with its ledger entries; and the ledger holds.
  const steps = await lineageOf(t.db, `${draft.listId}#1`);
  expect(steps.map((step) => step.kind)).toEqual([
    'line',
    'list',
    'scoring-run',
    'matrix',
    'snapshot',
    'model-version',
    'decision',
    'training-run',
    'matrix',
    'snapshot',
  ]);
  expect(steps.slice(1).every((step) => step.ledger.length > 0)).toBe(true);
  expect((await verifyLedger(t.db)).problems).toEqual([]);

  // No personal data and no bill in any entry or in what Temporal keeps of the run.
  const entries = await t.db('aud.entry').select<{ text: string }[]>(t.db.raw("convert_from(bytes, 'UTF8') as text"));
  const history = JSON.stringify(await t.temporal.client.workflow.getHandle(workflowId).fetchHistory());
  for (const text of [...entries.map((entry) => entry.text), history])
    expect(text).not.toMatch(/\b\d{11}\b|kari|ola@|looked at the figures/);

  // MLflow mirrors run, version and alias.
  const mlflow = new Mlflow(t.env.MLFLOW_TRACKING_URI);
  await until('the mirror', async () =>
    Number((await t.db('ml.mirror_outbox').whereNull('done_at').count<{ count: number }[]>('* as count'))[0]!.count) ===
    0
      ? true
      : undefined,
  );
  const alias = (await mlflow.call('GetModelVersionByAlias', { name: slotName(SLOT), alias: 'champion' }))
    .model_version!;
  expect(alias.tags?.find((tag) => tag.key === 'utplukk.id')?.value).toBe(run.versionId);

  await expectMlflowWatched(t, mlflow, { slot: SLOT, runId: run.runId, versionId: run.versionId });

  // Everything that is named is there.
  expect((await findGarbage(t.db, t.store)).missing).toEqual([]);
  await expect(rollBack(ola, SLOT, 'nothing before')).rejects.toThrow(/never had another champion/);
});

test('the same recipe gives the same version, and reproduce rebuilds it to the same bytes', async () => {
  const first = await train();
  const again = await train();
  expect(again.runId).not.toBe(first.runId);
  expect(again.versionId).toBe(first.versionId);
  const reproduce = async (kind: ReproducibleKind, id: string) => {
    const audit = await auditContextFor(t, 'kari', 'model.reproduce');
    return t.temporal.reproduce(`test-${audit.actionId}`, { actionId: audit.actionId, kind, id });
  };
  const list = await t.db('sel.list').orderBy('drafted_at').first<{ list_id: string }>('list_id');
  const stages = ['snapshot', 'matrix', 'model', 'matrix', 'scoring-run', 'list'];
  const whole = await reproduce('list', list.list_id);
  expect(whole.stages.map(({ stage }) => stage)).toEqual(stages);
  expect(whole).toMatchObject({ same: true, stages: stages.map((stage) => ({ stage, same: true })) });
  expect(await reproduce('evaluation', first.runId)).toMatchObject({ same: true });
  expect((await reproduce('live', '')).stages.map(({ stage }) => stage)).toEqual(['snapshot', 'matrix', 'model']);

  // One byte of one object, and both the rebuild and the sweep name it.
  const { weights } = t.store.getJson<VersionBundle>(first.versionId);
  const { file_sha256: matrixFile } = await t
    .db('ml.matrix')
    .where({ matrix_id: first.matrixId })
    .first<{ file_sha256: string }>();
  for (const [sha, of] of [
    [weights, /version/],
    [matrixFile, /matrix/],
  ] as const) {
    const bytes = fs.readFileSync(t.store.path(sha));
    const changed = Buffer.from(bytes);
    changed[changed.length >> 1]! ^= 1;
    fs.chmodSync(t.store.path(sha), 0o644);
    fs.writeFileSync(t.store.path(sha), changed);
    const { problems } = await findDamaged(t.db, t.store);
    expect(problems).toEqual([
      { sha, of: expect.stringMatching(of) as string, problem: expect.stringContaining(sha) as string },
    ]);
    if (sha === matrixFile)
      expect(await reproduce('model', first.versionId)).toMatchObject({ same: false, firstDifference: 'matrix' });
    fs.writeFileSync(t.store.path(sha), bytes);
  }
  expect((await findDamaged(t.db, t.store)).problems).toEqual([]);
});

test('two processes fit the same bytes, and shards score what the whole does', async () => {
  const { matrixId } = await getVersion(t.db, (await train()).versionId);
  const row = await t
    .db('ml.matrix')
    .where({ matrix_id: matrixId })
    .first<{ file_sha256: string; meta: Parameters<typeof spawnJob<'final'>>[0]['matrix']['meta'] }>();
  const use = row.meta.columns.filter((column) => column.role === 'feature').map((column) => column.name);
  const matrix = { file: t.store.path(row.file_sha256), meta: row.meta, use };
  const family = familySchema.parse({
    family: 'mlp' as const,
    hidden: [6],
    learningRate: 0.005,
    weightDecay: 0.01,
    maxEpochs: 8,
    patience: 3,
    batchSize: 32,
    members: 2,
  });
  const jobs = await Promise.all(
    [1, 2].map(() => spawnJob<'final'>({ kind: 'final', matrix, family, seed: 11, storeRoot: t.store.root })),
  );
  expect(jobs[0]!.result).toEqual(jobs[1]!.result);
  expect(jobs[0]!.engine).toMatchObject({ backend: 'tensorflow', threads: '1', isa: 'AVX2' });
  process.env['UTPLUKK_TFJS_BACKEND'] = 'wasm'; // where the native addon cannot be built
  const fallback = await spawnJob<'final'>({ kind: 'final', matrix, family, seed: 11, storeRoot: t.store.root });
  delete process.env['UTPLUKK_TFJS_BACKEND'];
  expect(fallback.engine['backend']).toBe('wasm'); // said in the record
  expect(fallback.result.validationLoss).toBeCloseTo(jobs[0]!.result.validationLoss, 4);
  const whole = await readMatrix(matrix.file, [], t.store.temporary());
  const parts = await Promise.all(
    [0, 1, 2].map((index) => readMatrix(matrix.file, [], t.store.temporary(), { index, of: 3 })),
  );
  expect(parts.flatMap((part) => part.rowId).sort()).toEqual([...whole.rowId].sort());
});

test('a worker killed in the middle of a fit and of an extraction ends in the same hashes', async () => {
  const undisturbed = await train(EXPERIMENT.replace('seed: 3', 'seed: 4'));
  const text = EXPERIMENT.replace('seed: 3', 'seed: 4')
    .replace('small-register', 'small-killed')
    .replace('asOf: 2025-01-01T00:00:00Z', 'asOf: 2025-01-01T00:00:00.000Z');
  await t.db('ml.partition').delete(); // so that extraction has its work to do again
  const runId = await startRun(await t.as('kari'), experiment(text));
  const reached = (step: string) =>
    until(`the step ${step}`, async () =>
      (await t.temporal.progress(`train-${runId}`))?.step === step ? true : undefined,
    );
  await reached('extraction');
  lifecycle.kill('SIGKILL');
  lifecycle = await t.startWorker('lifecycle');
  await reached('training');
  training.kill('SIGKILL');
  training = await t.startWorker('training');
  const result = await t.temporal.trainingResult(runId);
  expect(result.matrixId).toBe(undisturbed.matrixId);
  // The experiment's name is no part of a version, so equal content has one name.
  expect(result.versionId).toBe(undisturbed.versionId);
  expect((await verifyLedger(t.db)).problems).toEqual([]);
});

test('an experiment that asks for too much fails with a sentence and loses nothing', async () => {
  const context = await t.as('kari');
  const early = EXPERIMENT.replace('firstTest: 2023-03-01', 'firstTest: 2021-08-01');
  const runId = await startRun(context, experiment(early));
  await expect(t.temporal.trainingResult(runId)).rejects.toThrow();
  const row = await t.db('ml.training_run').where({ run_id: runId }).first<{ state: string; problem: string }>();
  expect(row).toMatchObject({
    state: 'failed',
    problem: expect.stringMatching(/NoLabels: fold fold-\d .* has \d+ training rows/) as string,
  });
  const unknown = await startRun(context, experiment(withFeatures('{ exclude: [no_such_feature] }')));
  await expect(t.temporal.trainingResult(unknown)).rejects.toThrow();
  expect((await t.db('ml.training_run').where({ run_id: unknown }).first<{ problem: string }>()).problem).toMatch(
    /unknown feature no_such_feature; the source has: practice_type/,
  );
});

test('a model that knows who looked may be studied, and its request is refused by the gates', async () => {
  const nuisance = await train(withFeatures('{ nuisance: include }'));
  const { requestId } = await requestPromotion(await t.as('kari'), nuisance.versionId, { openDays: 1, purpose: 'test' });
  expect(await t.temporal.promotionResult(requestId)).toEqual({ verdict: 'refused' });
  expect((await gatesOf(t.db, requestId)).find((gate) => gate.gate === 'no-nuisance')).toMatchObject({ passed: false });
  expect((await getRequest(t.db, requestId)).state).toBe('refused');
});

test('a schedule scores its nominal time, as a service account', async () => {
  const per = await t.as('per');
  const { versionId } = (await championOf(t.db, SLOT))!;
  const spec = { slot: SLOT, cron: '0 0 1 * *', capacity: 4, seed: 2, openDays: 14, shards: 2 };
  expect(await applySchedule(per, spec)).toBe('created');
  expect(await applySchedule(per, { ...spec, capacity: 3 })).toBe('updated');
  const schedule = t.temporal.client.schedule.getHandle(`rescore-${slotName(SLOT)}`);
  const nominal = Date.parse('2024-11-30T23:00:00Z'); // midnight in Norway on the first of December
  await schedule.backfill({ start: new Date(nominal - 1000), end: new Date(nominal), overlap: 'ALLOW_ALL' });
  const scoring = await until('the scheduled scoring', () =>
    t
      .db('sel.scoring_run')
      .where({ as_of: new Date(nominal) })
      .first<{ scoring_id: string; version_id: string; action_id: string } | undefined>(),
  );
  expect(scoring.version_id).toBe(versionId);
  const action = await t
    .db('aud.action')
    .join('aud.principal', 'aud.principal.principal_id', 'aud.action.principal_id')
    .where({ action_id: scoring.action_id })
    .first<{ subject: string; kind: string }>();
  expect(action).toMatchObject({ subject: 'service-schedule', kind: 'service' });
  expect((await draftedList(t.db, scoring.scoring_id)).capacity).toBe(3);
  const described = await schedule.describe();
  expect(described.policies.catchupWindow).toBe(3_600_000);
});

test('a run can be cancelled, and a champion be rolled back to the one before', async () => {
  const context = await t.as('kari');
  const runId = await startRun(context, experiment(EXPERIMENT.replace('seed: 3', 'seed: 77')));
  await until('the training step', async () =>
    (await t.temporal.progress(`train-${runId}`))?.step === 'training' ? true : undefined,
  );
  await cancelRun(context, runId);
  await expect(t.temporal.trainingResult(runId)).rejects.toThrow();
  expect(await t.db('ml.training_run').where({ run_id: runId }).first<{ state: string }>()).toMatchObject({
    state: 'cancelled',
  });
  await expect(cancelRun(context, runId)).rejects.toThrow(/is cancelled already/);

  const before = (await championOf(t.db, SLOT))!.versionId;
  const next = await train(EXPERIMENT.replace('l2: [0.1, 1]', 'l2: [0.1001, 1.001]'));
  expect(next.versionId).not.toBe(before);
  const { requestId } = await requestPromotion(context, next.versionId, { openDays: 1, purpose: 'test' });
  const gates = await until('the gates', async () =>
    ((found) => (found.length > 0 ? found : undefined))(await gatesOf(t.db, requestId)),
  );
  expect(gates.filter((gate) => !gate.passed)).toEqual([]);
  expect(gates.map((gate) => gate.gate)).toContain('not-worse-than-champion');
  const ola = await t.as('ola');
  await decide(ola, requestId, 'approved', 'as good');
  const returned = await rollBack(ola, SLOT, 'prefer the first');
  expect(returned).toMatchObject({ from: next.versionId, to: before });
  await expect(answerIntervention(ola, returned.interventionId, 'me again')).rejects.toThrow(/four eyes/);
  expect(await answerIntervention(await t.as('ingrid'), returned.interventionId, 'looked too')).toMatchObject({
    settled: true,
  });
  expect((await championOf(t.db, SLOT))?.versionId).toBe(before);
});
